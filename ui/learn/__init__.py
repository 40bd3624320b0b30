"""The page "Learn": lessons, and how far the visitor is in each."""
