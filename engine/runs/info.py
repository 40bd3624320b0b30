"""What is known about a run from outside, and what a visitor may ask of it."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from engine.catalogue.params import SpecError
from engine.kinds import Action, Classification, Job, Kind, actions_of, kind_of, with_change
from engine.network.spec import NetworkSpec
from engine.training.config import TrainConfig

__all__ = ["Action", "RunInfo", "Status", "Value", "checked_value"]

Status = Literal["starting", "running", "paused", "finished", "stopped", "diverged", "failed", "interrupted"]
UNFINISHED: tuple[Status, ...] = ("starting", "running", "paused")
MAX_LR = 100.0
Value = float | tuple[str, float] | None


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run as its pages see it. `created` is in seconds since 1970; `seq` numbers its newest event; `finished` is
    that event as JSON once there is one."""

    id: str
    owner: str
    created: float
    name: str
    job: Job
    status: Status
    seq: int
    finished: dict[str, Any] | None
    parameters: int

    @property
    def is_over(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def is_resumable(self) -> bool:
        """Cut off with its server, and able to go on from its newest checkpoint."""
        return self.status == "interrupted"

    @property
    def kind(self) -> Kind:
        return kind_of(self.job)

    @property
    def network(self) -> NetworkSpec:
        """Of a classifier's run alone."""
        return self._classification.network

    @property
    def config(self) -> TrainConfig:
        """Of a classifier's run alone."""
        return self._classification.config

    @property
    def _classification(self) -> Classification:
        if not isinstance(self.job, Classification):
            raise TypeError(f"a run of kind {self.kind} is no classifier's")
        return self.job


def checked_value(job: Job, action: str, value: Any) -> Value:
    """The value that goes with `action` for a run of `job` as it is now: a rate for "lr", a live setting's name
    and number for "set", None otherwise. Raises SpecError, and ValueError for an action that such a job does not know.
    """
    if action not in actions_of(job):
        raise ValueError(f"unknown action {action!r}")
    match action, value:
        case "lr", _ if _is_number(value) and 0 < value <= MAX_LR:
            return float(value)
        case "lr", _:
            raise SpecError(
                f"The learning rate {str(value)[:40]} cannot be used.", f"Use a number from 0 to {MAX_LR:g}."
            )
        case "set", (str(name), _) if _is_number(value[1]):
            with_change(job, name, value[1])
            return name, value[1]
        case "set", _:
            raise SpecError("This is no setting with a number.", "Give its name and its new value.")
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
