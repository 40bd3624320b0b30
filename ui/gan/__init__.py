"""The GAN page."""
