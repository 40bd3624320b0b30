"""The public facts of a run, and the check of what a visitor asks of it."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from engine.catalogue.params import SpecError
from engine.kind import PACE, SET, Action
from engine.kinds import change_job, kind_of
from engine.text import Text

Status = Literal["starting", "running", "paused", "finished", "stopped", "diverged", "failed", "interrupted"]
UNFINISHED: tuple[Status, ...] = ("starting", "running", "paused")
Value = tuple[str, float] | None
Changed = tuple[str, int, float]
"""A setting that was changed while a run trained: its name, how often, and its newest value."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run as pages see it. `created` is in seconds since 1970; `seq` numbers its newest event; `finished` is
    that event as JSON once there is one; `step` is the newest step, `changed` what was changed on the way.
    `own_name` is what its owner calls it, empty where `name` is that of its network; `starred` tells of its star,
    `tags` are words by which its owner finds it, `removed` is when its owner deleted it (s since 1970), 0 for one that
    is there, `is_testing` that it trains no more and its last figures are worked out."""

    id: str
    owner: str
    created: float
    name: Text | str
    job: Any
    status: Status
    seq: int
    finished: dict[str, Any] | None
    parameters: int
    step: int = 0
    changed: tuple[Changed, ...] = ()
    own_name: str = ""
    starred: bool = False
    tags: str = ""
    removed: float = 0.0
    is_testing: bool = False

    @property
    def is_over(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def is_resumable(self) -> bool:
        """Whether its server ended first, so that it can go on from its newest checkpoint."""
        return self.status == "interrupted"

    @property
    def pace(self) -> float:
        """Steps a second at most, as the visitor set it last; 0 is full speed."""
        return next((value for name, _, value in self.changed if name == PACE), 0.0)

    @property
    def kind(self) -> str:
        """The name of its kind."""
        return kind_of(self.job).name


def check_value(job: Any, action: Action, value: Any) -> Value:
    """Check the value of `action` for a run whose job is now `job`: returns a live setting's name and number for "set",
    None for other actions. Raises SpecError, and ValueError for an action that such a run does not know."""
    if action not in kind_of(job).actions:
        raise ValueError(f"unknown action {action!r}")
    if action != SET:
        return None
    match value:
        case (str(name), int() | float() as number) if not isinstance(number, bool) and math.isfinite(number):
            change_job(job, name, number)
            return name, number
    raise SpecError(Text("This is no setting with a number."), Text("Give its name and its new value."))
