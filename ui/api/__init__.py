"""The playground's own addresses."""
