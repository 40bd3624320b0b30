"""A run of this server's life: its newest events in memory, and whoever waits for more of them."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.kind import Action
from engine.kinds import kind_of, sort_of
from engine.runs.cluster.workers import Host
from engine.runs.info import RunInfo, Status, Value
from engine.runs.replay import ReplayLog
from engine.training.events import Event, FrameDrawn, StatusChanged, as_json

KEEP_EVENTS = 2_000


class Tape:
    """The newest events of a run in order, numbered from `first`. Older ones may be dropped once they are stored."""

    def __init__(self, first: int = 1) -> None:
        self._lock = threading.Lock()
        self._first = first
        self._events: list[Event] = []

    @property
    def first(self) -> int:
        """The number of the oldest event that is still here."""
        with self._lock:
            return self._first

    @property
    def seq(self) -> int:
        with self._lock:
            return self._first + len(self._events) - 1

    def add(self, first: int, events: Sequence[Event]) -> Sequence[Event]:
        """Append what is new in `events`, which begin at number `first`; returns that part."""
        with self._lock:
            new = events[max(0, self._first + len(self._events) - first) :]
            self._events += new
            return new

    def since(self, after: int) -> tuple[int, list[Event]]:
        """The number of the first event kept here that comes after `after`, and all from there on."""
        with self._lock:
            first = max(after + 1, self._first)
            return first, self._events[first - self._first :]

    def trim(self, stored: int) -> None:
        """Keep the newest few thousand, and all after number `stored`."""
        with self._lock:
            spare = min(len(self._events) - KEEP_EVENTS, stored - self._first + 1)
            if spare >= KEEP_EVENTS:
                del self._events[:spare]
                self._first += spare


@dataclass(frozen=True, slots=True, eq=False)
class Watcher:
    """Someone on an event loop of their own who is told, without a queue, that there is something new. `looks` is true
    for a person, whose run then comes first."""

    looks: bool = False
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed; its watcher is gone
            self.loop.call_soon_threadsafe(self.news.set)


@dataclass(slots=True, eq=False)
class Seat:
    """Where a run is carried, as the service's event loop knows it."""

    host: Host | None = None
    is_begun: bool = False  # the host has it
    moves_to: Host | None = None
    is_redone: bool = False  # it is over, and trained once more for the weights that were lost
    checkpoint: bytes | None = None  # from the host it was on
    orders: list[tuple[Action, Value]] = field(default_factory=list)  # given before the host had it
    asked: dict[str, tuple[Action, Value]] = field(default_factory=dict)  # what the next host must be told, too
    strikes: int = 0  # hosts that it took down
    fruitless: int = 0  # hosts lost before it could do a step there
    began_at: int = 0  # its step when its host began with it
    stays_until: float = 0.0  # on the clock: it could not be moved, and is not asked again before


@dataclass(slots=True, eq=False)
class LiveRun:
    """A run that is not yet all in the store. The service's event loop changes it, other threads only look."""

    id: str
    owner: str
    job: Any
    parameters: int
    paused: bool
    material: bytes | None = None  # of another run, for its host
    created: float = field(default_factory=time.time)
    status: Status = "starting"
    finished: dict[str, Any] | None = None
    tape: Tape = field(default_factory=Tape)
    told: ReplayLog = field(default_factory=ReplayLog)
    frames: dict[int, FrameDrawn] = field(default_factory=dict)  # those not stored yet, by their number
    watchers: set[Watcher] = field(default_factory=set)
    seat: Seat = field(default_factory=Seat)
    is_heavy: bool = False
    memory: int = 0  # bytes on its host, estimated
    changed_job: Any = None
    is_over: bool = False
    is_settled: bool = False  # over, and its weights are where they belong
    is_listed: bool = False  # in the store's list of runs
    stored_seq: int = 0
    model: Any = None  # as `results.trained` reads it
    model_seq: int = 0
    model_time: float = 0.0
    model_lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def job_now(self) -> Any:
        """With all that was changed while it runs."""
        return self.changed_job or self.job

    @property
    def is_watched(self) -> bool:
        return any(watcher.looks for watcher in tuple(self.watchers))

    @property
    def wants_to_train(self) -> bool:
        return self.status in ("starting", "running") and not self.is_over

    def add(self, first: int, events: Sequence[Event]) -> None:
        """Take in events that begin at number `first`, and tell whoever watches. Frames are there before they are told
        of."""
        new = events[max(0, self.tape.seq + 1 - first) :]
        self.frames.update({event.frame: event for event in new if isinstance(event, FrameDrawn)})
        self.tape.add(first, [_without_content(event) for event in events])
        self.told.take(new)
        for event in new:
            if isinstance(event, StatusChanged):
                self.status = event.status  # type: ignore[assignment]
            sort = sort_of(event)
            if sort == "result":
                self.finished = as_json(event)
            if sort in ("result", "failure"):
                self.is_over = True
        for watcher in tuple(self.watchers):
            watcher.tell()

    def say(self, *events: Event) -> None:
        """Take in events that come from no host."""
        self.add(self.tape.seq + 1, events)

    def info(self) -> RunInfo:
        return RunInfo(
            self.id,
            self.owner,
            self.created,
            kind_of(self.job).title(self.job),
            self.job,
            self.status,
            self.tape.seq,
            self.finished,
            self.parameters,
            self.told.step,
            self.told.changed,
        )


def _without_content(event: Event) -> Event:
    return replace(event, content=b"") if isinstance(event, FrameDrawn) else event
