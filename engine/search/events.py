"""Events of a search for settings: one frozen dataclass each. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.kind import Sort


@dataclass(frozen=True, slots=True)
class SearchStarted:
    """First event: how many trials of how many epochs there will be, and the settings that they vary."""

    trials: int
    epochs: int
    varied: tuple[str, ...]
    device: str


@dataclass(frozen=True, slots=True)
class SearchWent:
    """The progress: `step` of `steps` of trial number `trial`, all from 1."""

    trial: int
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class TrialDone:
    """One trial: its values by the name of the setting, and the share of the validation pictures that it read at the
    end of its last epoch. `ended` says why that was the last: "done", "pruned" behind the others, "diverged"."""

    trial: int
    values: Mapping[str, Any]
    accuracy: float
    epoch: int
    ended: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SearchFinished:
    """Last event. `best` is the number of the best trial, 0 without any; `importances` are the shares, together 1, of
    the settings in what the trials differ by (fANOVA, Hutter 2014), empty where there are too few trials. `seconds` is
    busy time."""

    trials: int
    best: int
    accuracy: float
    importances: Mapping[str, float]
    seconds: float
    stopped: bool


SEARCH_EVENTS: Mapping[type[Any], Sort] = {
    SearchStarted: "note",
    SearchWent: "newest",
    TrialDone: "milestone",
    SearchFinished: "result",
}
SearchEvent = SearchStarted | SearchWent | TrialDone | SearchFinished
