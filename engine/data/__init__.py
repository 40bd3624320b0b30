"""Data sets as memory-mapped tensors."""
