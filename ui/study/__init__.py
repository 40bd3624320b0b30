"""Studies of a GAN."""
