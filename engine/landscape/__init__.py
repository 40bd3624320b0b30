"""The loss around the weights of a trained network, in two random directions."""
