"""Pure Python and PyTorch: networks, training, digits and runs; knows no browser and no web server."""

from engine.memory import keep_memory

keep_memory()
