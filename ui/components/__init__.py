"""Our own browser components; the JavaScript lives in assets/web."""
