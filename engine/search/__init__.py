"""Search for settings: many short trainings, the next ones where the last ones were good."""
