"""The catalogue: one row for each layer, loss, optimizer and schedule. No torch."""
