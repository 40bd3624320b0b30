"""The catalogue of regularisation: settings that keep a network from learning its pictures by heart. No torch.

Each is off at its default. Weight decay stands with the optimizers, label smoothing with the loss, dropout with the
layers.
"""

from engine.catalogue.params import Param, integer, real
from engine.text import Text

REGULARISATION: dict[str, Param] = {
    "l2": real(
        0.0,
        0.0,
        0.1,
        Text("L2 penalty"),
        Text(
            "Adds this times the sum of w * w over all weights but the biases to what is minimised: large weights "
            "become smaller. The curves show the loss without it; 0 is off."
        ),
        log=True,
        advanced=True,
    ),
    "l1": real(
        0.0,
        0.0,
        0.1,
        Text("L1 penalty"),
        Text(
            "Adds this times the sum of |w|: weights that do little go to 0. The curves show the loss without it; "
            "0 is off."
        ),
        log=True,
        advanced=True,
    ),
    "clip_norm": real(
        0.0,
        0.0,
        100.0,
        Text("Gradient clipping"),
        Text(
            "Makes the gradient of all weights together as long as this where it is longer, so that no single batch "
            "throws the network off. After each epoch the run says how often; 0 is off."
        ),
        log=True,
        advanced=True,
    ),
    "clip_value": real(
        0.0,
        0.0,
        10.0,
        Text("Clipping by value"),
        Text("Cuts off every number of the gradient beyond this, up or down, each by itself; 0 is off."),
        log=True,
        advanced=True,
    ),
    "max_norm": real(
        0.0,
        0.0,
        100.0,
        Text("Max-norm"),
        Text(
            "After each step, the weights that come into a unit are scaled down where they are longer than this, so "
            "that no unit outgrows the others; 3 is usual with Dropout (Srivastava 2014). 0 is off."
        ),
        advanced=True,
    ),
    "input_noise": real(
        0.0,
        0.0,
        3.0,
        Text("Input noise"),
        Text(
            "Adds Gaussian noise with this standard deviation to the pixels of every training picture, new each time; "
            "the pixels themselves have 1. 0 is off."
        ),
        advanced=True,
    ),
    "mixup": real(
        0.0,
        0.0,
        2.0,
        Text("Mixup"),
        Text(
            "Lays two pictures of a batch over one another, and asks for both classes in the same shares (Zhang 2018). "
            "The share comes from a beta distribution with this on both sides: 0.2 mixes most of them a little, with "
            "1 every share is as likely. 0 is off."
        ),
        advanced=True,
    ),
    "label_noise": real(
        0.0,
        0.0,
        90.0,
        Text("Label noise"),
        Text(
            "Gives this part of the training pictures a wrong digit, the same ones in every run, to see a network "
            "learn mistakes by heart. Validation and test stay right; 0 is off."
        ),
        Text("%"),
        advanced=True,
    ),
    "imbalance": real(
        0.0,
        0.0,
        100.0,
        Text("Class imbalance"),
        Text(
            "How many times as many pictures the first class has as the last, the others in between (Cui 2019); 1 "
            "gives every class as many. The pictures to validate with are shared out likewise, the test set stays as "
            "it is. 0 takes the pictures as they come."
        ),
        advanced=True,
    ),
    "patience": integer(
        0,
        0,
        50,
        Text("Early stopping"),
        Text(
            "Ends the training after so many epochs without a lower validation loss. The weights of the best epoch "
            "come back at the end; 0 is off."
        ),
        Text("epochs"),
        advanced=True,
    ),
    "target": real(
        0.0,
        0.0,
        100.0,
        Text("Stop at accuracy"),
        Text("Ends the training after the first epoch whose validation accuracy is this high; 0 is off."),
        Text("%"),
        advanced=True,
    ),
    "ema": real(
        0.0,
        0.0,
        0.9999,
        Text("Average of the weights"),
        Text(
            "Validates, tests and keeps a running mean of the weights: mean = ema * mean + (1 - ema) * weights after "
            "each step, faster at the beginning. 0.99 and 0.999 are usual; 0 is off."
        ),
        advanced=True,
    ),
}
