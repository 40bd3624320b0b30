"""GANs in the plane: the same game with points."""
