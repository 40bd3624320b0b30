"""Pure Python and PyTorch: networks, training, digits and runs; knows no browser and no web server."""
