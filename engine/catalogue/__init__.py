"""The catalogue: what can be chosen, a row each. No torch."""
