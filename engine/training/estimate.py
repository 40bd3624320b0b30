"""Estimates how long a training takes, from measured costs and the speed of earlier runs on this machine."""

from collections.abc import Iterable
from statistics import median

from engine.network.load import FORWARD, overhead_seconds, picture_seconds, update_seconds
from engine.network.spec import Plan
from engine.training.config import TrainConfig

TEST_IMAGES = 10_000


def estimate_seconds(plan: Plan, config: TrainConfig, speed: float = 1.0) -> float:
    """Estimate the whole run with its evaluations, on a machine `speed` times as fast as the one measured."""
    read = config.epochs * config.validation_images + TEST_IMAGES
    return (config.epochs * _epoch_seconds(plan, config) + FORWARD * read * picture_seconds(plan)) / speed


def measure_speed(runs: Iterable[tuple[Plan, TrainConfig, float]]) -> float:
    """Measure this machine's speed from runs with their pictures per second: the median of their speeds; 1 without
    any."""
    measured = [rate * _epoch_seconds(plan, config) / config.train_images for plan, config, rate in runs]
    return median(measured) if measured else 1.0


def _epoch_seconds(plan: Plan, config: TrainConfig) -> float:
    a_step = overhead_seconds(plan) + update_seconds(plan)
    return config.steps_per_epoch * a_step + config.train_images * picture_seconds(plan)
