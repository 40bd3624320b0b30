"""Training a classifier: its settings, its stream of events, and what every stream shares."""
