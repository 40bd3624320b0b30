"""GANs in the plane: points instead of pictures."""
