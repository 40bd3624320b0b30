"""Events of a look at the loss around the weights: one frozen dataclass each. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.kind import Sort


@dataclass(frozen=True, slots=True)
class LandscapeStarted:
    """First event: the places along each direction, and how many pictures are read at each."""

    axis: tuple[float, ...]
    images: int
    device: str


@dataclass(frozen=True, slots=True)
class RowSeen:
    """The losses along one row; None where the loss is no usable number. `done` of `of` rows are seen."""

    row: int
    losses: tuple[float | None, ...]
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class LandscapeFinished:
    """Last event: the loss at the weights, and the mean of those as far away as the span; None where these are no
    usable numbers. `seconds` is busy time."""

    centre: float | None
    edge: float | None
    seconds: float
    stopped: bool


LANDSCAPE_EVENTS: Mapping[type[Any], Sort] = {
    LandscapeStarted: "note",
    RowSeen: "milestone",
    LandscapeFinished: "result",
}
LandscapeEvent = LandscapeStarted | RowSeen | LandscapeFinished
