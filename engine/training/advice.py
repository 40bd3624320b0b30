"""Which learning rate to advise for a network that does not learn. No torch."""

from engine.catalogue.optimizers import OPTIMIZERS
from engine.training.config import TrainConfig

TRIED: dict[str, float] = {"SGD": 0.01}
"""Rates at which every preset learned, where that is not the default of the optimizer's row."""
SMALLER = 10


def tried_rate(optimizer: str) -> float:
    """A learning rate at which every preset learned with this optimizer."""
    return TRIED.get(optimizer, float(OPTIMIZERS[optimizer].params["lr"].default))


def advise_lr(config: TrainConfig, lr: float) -> float:
    """The learning rate to try after `lr`: the one at which every preset learned with this optimizer; a tenth of `lr`
    where that was tried, or less was. A rate so small that hardly anything moves gets the tried one, too."""
    tried = tried_rate(config.optimizer.kind)
    return tried if lr > tried or lr < tried / SMALLER else lr / SMALLER
