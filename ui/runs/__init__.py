"""The page of a run, for every kind."""
