"""All that faces the browser and is not a page."""
