"""From strokes or a picture to the 28 x 28 digit that a network reads."""
