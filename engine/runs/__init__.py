"""Runs: trained in host processes, watched by pages, kept in a store."""
