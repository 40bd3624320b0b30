"""The 2-D playground."""
