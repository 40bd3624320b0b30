"""Advice: what a network, its settings or a run show, why that matters, and what to try. Rules over plain data, no
torch."""
