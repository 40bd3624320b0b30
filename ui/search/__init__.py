"""Searches for settings, on the page "Runs"."""
