"""What the Draw page has of its own: teaching a network the visitor's digits."""
