"""Studies: do a GAN's pictures help a classifier?"""
