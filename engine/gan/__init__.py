"""GANs on digits: settings, rounds, quality, health and film."""
