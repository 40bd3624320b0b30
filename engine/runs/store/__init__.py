"""Runs on disk: what they are, what they reported, what they go on from."""
