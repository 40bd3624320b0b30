"""Runs on disk: their settings, their events, their checkpoints."""
