"""Runs: trainings carried by host processes, followed by watchers, kept in a store."""
