"""What one step of training may ask of a machine that others share. Imports no torch."""

import math

from engine.config import TrainConfig
from engine.network import Plan
from engine.params import SpecError

MAX_STEP_MULTIPLY_ADDS = 20_000_000_000  # forward; with the way back about two seconds on one core
MAX_STEP_ACTIVATIONS = 200_000_000  # 0.8 GB, and as much again on the way back
NORMALISATIONS = ("BatchNorm1d", "BatchNorm2d")


def check_training(plan: Plan, config: TrainConfig) -> None:
    """Raise SpecError when a step would take too long, too much memory, or fail on a batch of one picture."""
    batch_size = min(config.batch_size, config.train_images)
    most = min(MAX_STEP_MULTIPLY_ADDS // max(plan.multiply_adds, 1), MAX_STEP_ACTIVATIONS // max(plan.activations, 1))
    if batch_size > most:
        what = f"A batch of {batch_size:,} pictures is too much for a network of this size."
        raise SpecError(what, f"Use a batch size of at most {most:,}, or a smaller network.")
    if config.train_images % config.batch_size != 1 and config.batch_size > 1:
        return
    for p in plan.layers:
        if p.layer.kind in NORMALISATIONS and math.prod(p.in_shape[1:]) == 1:
            what = f"Layer {p.index + 1} ({p.layer.kind}): the last batch of an epoch would be a single picture, "
            raise SpecError(f"{what}which it cannot compare with others.", "Change the batch size.", layer=p.index)
