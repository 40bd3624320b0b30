"""`Kind`, the row that describes one kind of run to hosts, log, store, socket and pages. No torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from engine.catalogue.codec import Codec
from engine.catalogue.params import Param, SpecError, real
from engine.network.load import Load
from engine.network.spec import plan
from engine.text import Text

Action = str
ALWAYS: tuple[Action, ...] = ("pause", "resume", "stop")
SET: Action = "set"
PACE = "pace"
PACES: Param = real(
    0.0, 0.0, 100.0, Text("Pace"), Text("Steps a second at most, so that one can follow them; 0 is full speed.")
)
"""A live setting of every kind that has steps. It changes nothing but the time between two steps, so it is no part of a
job: the host keeps it (engine/runs/worker/training.py)."""

SLOW_MOTION = 0.2
"""The pace, in steps a second, at which and below which every step is taken by the order `slowly` of its kind."""

Sort = Literal["note", "opening", "step", "milestone", "newest", "change", "order", "frame", "result", "failure"]
"""What an event is. `note`: one of many kinds of news, kept. `opening`: the first, with more to see before the first
step. `step`: one step, sent in columns. `milestone`: no step, but a run can go on from there. `newest`: only the newest
counts. `change`: a setting changed, with `name` and `value`. `order`: how
the next step was done by hand. `frame`: a picture of the film, with its content. `result`:
the end of a run that trained, with `stopped`. `failure`: its end without a result."""


@dataclass(frozen=True, slots=True)
class Result:
    """How the networks that a run trained are sent as bytes and saved as a file. The functions import torch when they
    are called; those that read raise SpecError for what does not fit."""

    to_bytes: Callable[[Any], bytes]  # networks
    from_bytes: Callable[[Any, bytes], Any]  # job, bytes -> networks in evaluation mode
    save: Callable[[Path, Any, Any, Mapping[str, Any]], None]  # path, job, networks, facts as JSON
    load: Callable[[Path], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of run. A job is what one such run is about: a frozen dataclass, read and written by `codec`.
    Where it has a `network`, its size and its name are the run's.

    `begin(job, source, resume)` builds what the job needs, in a training process: `source` are the weights of the run
    that `needs(job)` names, if it names one, `resume` is a state to go on from. `by_hand` are the orders for a single
    step, `slowly` the one of them for every step at the slowest pace, `until` those to train until an event has come,
    `live` the settings that may be changed on the way, by `change(job, name, value)`. `may(job, owner)` raises
    SpecError where a job is not for this owner. `example` is the recorded run that ships with the playground: its id,
    and its file in assets.
    """

    name: str
    codec: Codec[Any]
    check: Callable[[Any], None]
    load: Callable[[Any], Load]
    events: Mapping[type[Any], Sort]
    begin: Callable[[Any, bytes | None, Any], Any]  # job, source, State -> BuiltJob; see engine/training/streams.py
    parameters: Callable[[Any], int] = lambda job: plan(job.network).parameters
    title: Callable[[Any], Text | str] = lambda job: str(job.network.name)
    by_hand: tuple[Action, ...] = ("step",)
    slowly: Action = ""
    until: Mapping[Action, type[Any]] = field(default_factory=dict)
    live: Mapping[str, Param] = field(default_factory=dict)
    change: Callable[[Any, str, float], Any] | None = None
    result: Result | None = None
    needs: Callable[[Any], str | None] = lambda _job: None
    example: tuple[str, str] | None = None
    may: Callable[[Any, str], None] = lambda _job, _owner: None

    @property
    def actions(self) -> tuple[Action, ...]:
        """The actions that a visitor may take while such a run goes on."""
        return (*ALWAYS, *self.by_hand, *self.until, *((SET,) if self.live or self.has_pace else ()))

    @property
    def has_pace(self) -> bool:
        return "step" in self.events.values()

    def apply_change(self, job: Any, name: str, value: float) -> Any:
        """Change a live setting of `job`; checks the setting, not the whole job. A pace is checked and leaves the job
        as it is. Raises SpecError."""
        if name == PACE and self.has_pace:
            PACES.check(value, self.title(job) or self.name)
            return job
        if self.change is None or name not in self.live:
            what = Text("{name} cannot be changed while it trains.", name=repr(name[:40]))
            names = ", ".join(self.live)
            another = Text("Start another run with it.")
            raise SpecError(what, Text("Choose from {names}.", names=names) if names else another)
        return self.change(job, name, self.live[name].check(value, self.title(job) or self.name))  # type: ignore[arg-type]
