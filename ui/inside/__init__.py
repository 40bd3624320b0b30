"""What the Inside page has of its own."""
