"""A run while it lives in this server: its newest events, where it is carried, and who waits for more of it."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.kind import Action
from engine.kinds import kind_of, sort_of
from engine.runs.cluster.fairness import Origin
from engine.runs.cluster.host import Host
from engine.runs.event_log import EventBuffer, ReplayLog
from engine.runs.info import RunInfo, Status, Value
from engine.runs.stamp import stamp
from engine.runs.store.marks import Mark
from engine.training.events import Event, FrameDrawn, StatusChanged, as_json


@dataclass(frozen=True, slots=True, eq=False)
class Watcher:
    """Someone on an event loop of their own who waits until a run has new events. `looks` is true for a person, whose
    run then comes first."""

    looks: bool = False
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    has_news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed; its watcher is gone
            self.loop.call_soon_threadsafe(self.has_news.set)


@dataclass(slots=True, eq=False)
class Assignment:
    """Which host carries a run, and what another host must know. Only the service's event loop uses it."""

    host: Host | None = None
    is_begun: bool = False  # the host has it
    moves_to: Host | None = None
    is_redone: bool = False  # the run is over, and trains once more for the weights that were lost
    checkpoint: bytes | None = None  # from the host it was on
    orders: list[tuple[Action, Value]] = field(default_factory=list)  # given before the host had it
    unconfirmed: dict[str, tuple[Action, Value]] = field(default_factory=dict)  # orders that no event has confirmed
    strikes: int = 0  # hosts that it took down
    fruitless: int = 0  # hosts lost before it could do a step there
    began_at: int = 0  # its step when its host began with it
    stays_until: float = 0.0  # on the clock: it could not be moved, and is not asked again before


@dataclass(slots=True, eq=False)
class LiveRun:
    """A run that is not yet all in the store. The service's event loop changes it, other threads only read it."""

    id: str
    owner: str
    job: Any
    parameters: int
    paused: bool
    address: str = ""  # where its owner started it from; empty for this machine
    source: bytes | None = None  # weights of the run that this one builds on
    created: float = field(default_factory=stamp)
    status: Status = "starting"
    finished: dict[str, Any] | None = None
    mark: Mark = field(default_factory=Mark)
    events: EventBuffer = field(default_factory=EventBuffer)
    replay: ReplayLog = field(default_factory=ReplayLog)
    frames: dict[int, FrameDrawn] = field(default_factory=dict)  # those not stored yet, by their number
    watchers: set[Watcher] = field(default_factory=set)
    assignment: Assignment = field(default_factory=Assignment)
    is_heavy: bool = False
    memory: int = 0  # bytes on its host, estimated
    changed_job: Any = None
    is_over: bool = False
    is_settled: bool = False  # over, and its weights are where they belong
    is_listed: bool = False  # in the store's list of runs
    stored_seq: int = 0
    model: Any = None  # the newest networks that were read
    model_seq: int = 0
    model_time: float = 0.0
    model_lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def job_now(self) -> Any:
        """The job with all live changes."""
        return self.changed_job or self.job

    @property
    def origin(self) -> Origin:
        return Origin(self.owner, self.address)

    @property
    def is_watched(self) -> bool:
        return any(watcher.looks for watcher in tuple(self.watchers))

    @property
    def wants_to_train(self) -> bool:
        return self.status in ("starting", "running") and not self.is_over

    def add(self, first: int, events: Sequence[Event]) -> None:
        """Add events that begin at number `first`, and wake the watchers. A frame's content is there before its
        event."""
        new = events[max(0, self.events.seq + 1 - first) :]
        self.frames.update({event.frame: event for event in new if isinstance(event, FrameDrawn)})
        self.events.add(first, [_without_content(event) for event in events])
        self.replay.take(new)
        for event in new:
            if isinstance(event, StatusChanged):
                self.status = event.status  # type: ignore[assignment]
            sort = sort_of(event)
            if sort == "result":
                self.finished = json.loads(json.dumps(as_json(event)))  # lists for tuples, as from the store
            if sort in ("result", "failure"):
                self.is_over = True
        for watcher in tuple(self.watchers):
            watcher.tell()

    def say(self, *events: Event) -> None:
        """Add events that come from the server itself."""
        self.add(self.events.seq + 1, events)

    @property
    def is_testing(self) -> bool:
        """Whether it was stopped or has done all its steps, and its last figures are worked out."""
        planned = getattr(getattr(self.job, "config", self.job), "steps", 0)
        did_all = 0 < planned <= self.replay.step
        return self.status == "running" and not self.is_over and (did_all or "stop" in self.assignment.unconfirmed)

    def info(self) -> RunInfo:
        return RunInfo(
            self.id,
            self.owner,
            self.created,
            self.mark.name or kind_of(self.job).title(self.job),
            self.job,
            self.status,
            self.events.seq,
            self.finished,
            self.parameters,
            self.replay.step,
            self.replay.changed,
            self.mark.name,
            self.mark.starred,
            self.mark.tags,
            self.mark.removed,
            self.is_testing,
        )


def _without_content(event: Event) -> Event:
    return replace(event, content=b"") if isinstance(event, FrameDrawn) else event
