"""The learning rate range test (Smith 2015, https://arxiv.org/abs/1506.01186): a short run in which the rate grows at
every step, when it ends, and which rate it suggests. No torch."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.catalogue.optimizers import OPTIMIZERS
from engine.training.config import TRAIN_IMAGES, TrainConfig
from engine.training.facts import fact
from engine.training.presets import schedule

RANGE_TEST = "RangeTest"
STEPS = 100
ABOVE, SPAN = 1000.0, 1e6  # the highest rate over the usual one; over the lowest
MEMORY = 0.8  # of the running mean of the loss
RISEN = 4.0  # times its lowest, and the test is over
FELL = 0.95  # a loss that stays above this part of its start has not fallen
WINDOW = 2  # steps on either side, for the curve that is shown
SAFER = 10
LEAST = 1e-6  # rate in the catalogue


def is_range_test(config: TrainConfig) -> bool:
    return config.schedule.kind == RANGE_TEST


def range_test(config: TrainConfig, most: int = TRAIN_IMAGES) -> TrainConfig:
    """The training that finds a rate for `config`: about STEPS steps of the same size, all else the same. The data set
    has `most` pictures to train on."""
    usual = OPTIMIZERS[config.optimizer.kind].params["lr"]
    images = min(most, max(100, STEPS * config.step_images))
    return replace(
        config,
        optimizer=config.optimizer.but(lr=min(usual.high, float(usual.default) * ABOVE)),
        schedule=schedule(RANGE_TEST, span=SPAN),
        epochs=max(1, STEPS * config.step_images // images),
        images=images,
        validation_share=0.0,
        patience=0,
        target=0.0,
    )


class Watch:
    """Follows the loss of a range test, as a running mean."""

    def __init__(self) -> None:
        self.total = self.weight = 0.0
        self.lowest = math.inf
        self.is_over = False

    def take(self, loss: float) -> bool:
        """Add the loss of a step; returns whether the mean was never lower. Ends the test once it has exploded."""
        self.total = MEMORY * self.total + (1 - MEMORY) * loss
        self.weight = MEMORY * self.weight + 1 - MEMORY
        mean = self.total / self.weight
        self.is_over = not mean <= RISEN * min(self.lowest, 1e9)
        is_lowest = mean < self.lowest
        self.lowest = min(self.lowest, mean)
        return is_lowest

    def facts(self) -> dict[str, Any]:
        return {"total": self.total, "weight": self.weight, "lowest": self.lowest, "is_over": int(self.is_over)}

    def resume(self, facts: Mapping[str, Any]) -> None:
        """Restore what `facts()` returned. Raises SpecError."""
        self.total, self.weight, self.lowest = (fact(facts, name, float) for name in ("total", "weight", "lowest"))
        self.is_over = bool(fact(facts, "is_over", int))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The rate to take, and the one at which the loss was lowest; `losses` is the smooth curve over `rates`."""

    lr: float | None
    lowest_at: float
    rates: tuple[float, ...]
    losses: tuple[float, ...]


def suggest(rates: Sequence[float], losses: Sequence[float | None]) -> Suggestion | None:
    """Read a range test: a tenth of the rate with the lowest loss, or none where the loss never fell; None without
    steps."""
    pairs = [(rate, loss) for rate, loss in zip(rates, losses, strict=True) if loss is not None and math.isfinite(loss)]
    if not pairs:
        return None
    raw = [loss for _, loss in pairs]
    parts = [raw[max(0, i - WINDOW) : i + WINDOW + 1] for i in range(len(raw))]
    smooth = [sum(part) / len(part) for part in parts]
    place = min(range(len(smooth)), key=smooth.__getitem__)
    lowest_at = pairs[place][0]
    lr = max(LEAST, float(f"{lowest_at / SAFER:.1e}")) if smooth[place] < FELL * smooth[0] else None
    return Suggestion(lr, lowest_at, tuple(rate for rate, _ in pairs), tuple(smooth))
