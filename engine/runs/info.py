"""What is known about a run from outside, and what a visitor may ask of it."""

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

from engine.config import TrainConfig
from engine.network import NetworkSpec
from engine.params import SpecError

Status = Literal["starting", "running", "paused", "finished", "stopped", "diverged", "failed"]
Action = Literal["pause", "resume", "step", "epoch", "stop", "lr"]
ACTIONS: tuple[str, ...] = get_args(Action)
UNFINISHED: tuple[Status, ...] = ("starting", "running", "paused")
MAX_UNFINISHED_RUNS = 16
MAX_LR = 100.0


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run as its pages see it. `created` is in seconds since 1970; `seq` numbers its newest event; `finished` is
    that event as JSON once there is one."""

    id: str
    owner: str
    created: float
    name: str
    network: NetworkSpec
    config: TrainConfig
    status: Status
    seq: int
    finished: dict[str, Any] | None
    parameters: int

    @property
    def is_over(self) -> bool:
        return self.status not in UNFINISHED


def checked_action(action: str, value: object) -> float | None:
    """The value that goes with `action`: a learning rate for "lr", None otherwise. Raises SpecError, ValueError."""
    if action not in ACTIONS:
        raise ValueError(f"unknown action {action!r}")
    if action != "lr":
        return None
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    if not usable or not math.isfinite(value) or not 0 < value <= MAX_LR:  # type: ignore[arg-type,operator]
        raise SpecError(f"The learning rate {str(value)[:40]} cannot be used.", f"Use a number from 0 to {MAX_LR:g}.")
    return float(value)  # type: ignore[arg-type]
