"""The GAN in two dimensions."""
