"""Events of checks before a long run: one frozen dataclass each. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.kind import Sort
from engine.text import Text


@dataclass(frozen=True, slots=True)
class ChecksStarted:
    """First event: the names of the checks, in the order in which they are told."""

    checks: tuple[str, ...]
    device: str


@dataclass(frozen=True, slots=True)
class ChecksWent:
    """The progress: `done` of all `steps` of the short trainings."""

    done: int
    steps: int


@dataclass(frozen=True, slots=True)
class CheckDone:
    """One check: whether all is well, what was seen, and what to try where it is not."""

    check: str
    good: bool
    said: Text
    cure: Text | None


@dataclass(frozen=True, slots=True)
class ChecksFinished:
    """Last event: so many checks were `good`, of so many done. `seconds` is busy time."""

    good: int
    done: int
    seconds: float
    stopped: bool


CHECKS_EVENTS: Mapping[type[Any], Sort] = {
    ChecksStarted: "note",
    ChecksWent: "newest",
    CheckDone: "milestone",
    ChecksFinished: "result",
}
ChecksEvent = ChecksStarted | ChecksWent | CheckDone | ChecksFinished
