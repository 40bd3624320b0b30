"""One network at work on one digit: what every layer makes of it, down to one number."""
