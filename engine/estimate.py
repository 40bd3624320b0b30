"""About how long a training will take: measured costs of steps and pictures, corrected by runs of this machine."""

from collections.abc import Iterable
from statistics import median

from engine.config import TrainConfig
from engine.network import Plan

# Fitted to the presets at batch sizes from 32 to 512 on one core of a 2026 server; right within a third there.
LAYER_SECONDS = 150e-6  # of each layer in each step, whatever its size
ACTIVATION_SECONDS = 4e-9  # of each number that a picture leaves behind for the backward pass
MULTIPLY_ADD_SECONDS = 2e-11
EVALUATION = 1 / 3  # of the work of training: there is no backward pass
TEST_IMAGES = 10_000


def seconds(plan: Plan, config: TrainConfig, pace: float = 1.0) -> float:
    """Of the whole run with its evaluations, on a machine `pace` times as fast as the one measured."""
    read = config.epochs * config.validation_images + TEST_IMAGES
    return (config.epochs * _epoch_seconds(plan, config) + EVALUATION * read * _picture_seconds(plan)) / pace


def pace(runs: Iterable[tuple[Plan, TrainConfig, float]]) -> float:
    """How fast this machine is, from runs with their measured pictures per second: the median; 1 without any."""
    measured = [rate * _epoch_seconds(plan, config) / config.train_images for plan, config, rate in runs]
    return median(measured) if measured else 1.0


def _epoch_seconds(plan: Plan, config: TrainConfig) -> float:
    steps = config.steps_per_epoch * LAYER_SECONDS * (len(plan.layers) + 1)
    return steps + config.train_images * _picture_seconds(plan)


def _picture_seconds(plan: Plan) -> float:
    return ACTIVATION_SECONDS * plan.activations + MULTIPLY_ADD_SECONDS * plan.multiply_adds
