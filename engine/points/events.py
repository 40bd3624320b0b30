"""Events of a small network on points. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.kind import Sort


@dataclass(frozen=True, slots=True)
class PointsStarted:
    """First event. `places` has all points as x, y, x, y, ... in hundredths, `targets` their classes, or for regression
    their numbers in thousandths; the first `train` of them are trained on, the others test. `extent` is the half side
    of the square."""

    steps: int
    parameters: int
    classes: int
    train: int
    extent: float
    places: tuple[int, ...]
    targets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PointsStep:
    """One update of the weights; `loss` of the batch, or of the perceptron 1 where its point was wrong, else 0."""

    step: int
    loss: float


@dataclass(frozen=True, slots=True)
class PointsShown:
    """The weights after a step, by the order of `weight_names`; `next` is the point that a perceptron is shown next,
    -1 for a network that learns otherwise."""

    step: int
    weights: tuple[float, ...]
    next: int


@dataclass(frozen=True, slots=True)
class PointsMeasured:
    """Mean loss over all training and all test points, of a perceptron the share of its mistakes, and the share of each
    on the right side; None where there are no test points, or no classes."""

    step: int
    train_loss: float
    test_loss: float | None
    train_accuracy: float | None
    test_accuracy: float | None


@dataclass(frozen=True, slots=True)
class PointsFinished:
    """Last event of a run that trained, with its last figures. `seconds` is busy time; `flawless` when a perceptron
    went through all points without a mistake, which ends its training."""

    step: int
    seconds: float
    train_loss: float
    test_loss: float | None
    train_accuracy: float | None
    test_accuracy: float | None
    flawless: bool
    stopped: bool


POINTS_EVENTS: Mapping[type[Any], Sort] = {
    PointsStarted: "opening",
    PointsStep: "step",
    PointsShown: "newest",
    PointsMeasured: "note",
    PointsFinished: "result",
}
PointsEvent = PointsStarted | PointsStep | PointsShown | PointsMeasured | PointsFinished
