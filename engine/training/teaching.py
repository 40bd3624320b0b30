"""Teaching a network one's own digits: the settings of such a run, its pictures, and what came of it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.catalogue.names import clean
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import choose
from engine.network.spec import NetworkSpec
from engine.text import Text
from engine.training.config import Source, TrainConfig
from engine.training.kind import Classification
from engine.training.own_digits import OwnDigits

if TYPE_CHECKING:
    from torch import nn

REHEARSED, VALIDATION = 1_000, 500  # pictures of MNIST among the digits, and to validate on
EPOCHS, BATCH, RATE = 5, 64, 1e-3


def teach(network: NetworkSpec, source: Source, name: str, rehearse: bool) -> Classification:
    """The job in which the network of the run `source` learns `source.taught`, called `name`: each digit many times,
    a little changed each time, and where it is to `rehearse`, among pictures of MNIST, so that it does not forget
    these."""
    assert source.taught
    images = source.taught_images + REHEARSED * rehearse + VALIDATION
    config = TrainConfig(
        optimizer=choose(OPTIMIZERS, "Adam", {"lr": RATE}, Text("Optimizer")),
        images=images,
        validation_share=VALIDATION / images,
        epochs=EPOCHS,
        batch_size=BATCH,
        rotation_range=10.0,
        zoom_range=0.1,
        width_shift_range=0.05,
        height_shift_range=0.05,
    )
    return Classification(replace(network, name=clean(name)), config, source)


def read_right(model: "nn.Sequential", digits: OwnDigits) -> tuple[int, int]:
    """How many of the digits that are taught, and of those held back, a model reads right."""
    import torch

    from engine.training.predict import probabilities
    from engine.training.transfer import pictures_of

    right = probabilities(model, pictures_of(digits)).argmax(1) == torch.tensor(digits.labels)
    return int(right[list(digits.taught)].sum()), int(right[list(digits.held_back)].sum())
