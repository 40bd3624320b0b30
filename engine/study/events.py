"""Events of a study: one frozen dataclass each. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.kind import Sort


@dataclass(frozen=True, slots=True)
class StudyStarted:
    """First event. `trainings` come in pairs of `steps` updates each; `seen` real pictures were the GAN's own; `made`
    is a PNG strip of ten made digits, 280 x 28, as a data URL."""

    trainings: int
    steps: int
    per_digit: int
    added_per_digit: int
    seen: int
    device: str
    made: str


@dataclass(frozen=True, slots=True)
class StudyWent:
    """The progress: `step` counts the updates of training number `training`, both from 1."""

    training: int
    step: int


@dataclass(frozen=True, slots=True)
class StudyScored:
    """One training is done: the share of 10,000 test pictures read correctly, with or without made pictures."""

    seed: int
    with_made: bool
    test_accuracy: float


@dataclass(frozen=True, slots=True)
class StudyFinished:
    """Last event. Means and sample standard deviations over `pairs` seeds of the test accuracy without and with made
    pictures, and of the difference in pairs, all as shares; `agree` counts the pairs whose difference has the sign of
    the mean; `seconds` is busy time. Without a whole pair all figures are 0."""

    pairs: int
    real_mean: float
    real_spread: float
    mixed_mean: float
    mixed_spread: float
    difference: float
    difference_spread: float
    agree: int
    seconds: float
    stopped: bool


STUDY_EVENTS: Mapping[type[Any], Sort] = {
    StudyStarted: "note",
    StudyWent: "newest",
    StudyScored: "milestone",
    StudyFinished: "result",
}
StudyEvent = StudyStarted | StudyWent | StudyScored | StudyFinished
