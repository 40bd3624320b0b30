"""The pad and who reads it."""
