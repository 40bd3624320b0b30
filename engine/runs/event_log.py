"""Events of a run by their numbers: a batch of them, a buffer with the newest, and the replay log: those sent already,
which a run resumed on another host repeats silently. No torch."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.kind import Action
from engine.kinds import sort_of, sort_of_name, step_name
from engine.training.events import Event, name_of

KEEP_EVENTS = 2_000


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Consecutive events of one run, the first numbered `first_seq`. Numbers count from 1 over all its hosts."""

    run_id: str
    first_seq: int
    events: tuple[Event, ...]

    @property
    def last_seq(self) -> int:
        return self.first_seq + len(self.events) - 1


class EventBuffer:
    """The newest events of a run in order, numbered from `first`. `trim` may drop all but the last `keep`. For any
    thread."""

    def __init__(self, first: int = 1, keep: int = KEEP_EVENTS) -> None:
        self._lock = threading.Lock()
        self._first, self._keep = first, keep
        self._events: list[Event] = []

    @property
    def first(self) -> int:
        """The number of the oldest event that is still here."""
        with self._lock:
            return self._first

    @property
    def seq(self) -> int:
        """The number of the newest event."""
        with self._lock:
            return self._first + len(self._events) - 1

    def append(self, events: Sequence[Event]) -> None:
        with self._lock:
            self._events += events

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

    def trim(self, upto: int) -> None:
        """Drop events up to number `upto`, but for the newest that are kept; many at once, which is cheaper."""
        with self._lock:
            spare = min(len(self._events) - self._keep, upto - self._first + 1)
            if spare >= max(self._keep, 1):
                del self._events[:spare]
                self._first += spare


@dataclass(slots=True)
class ReplayLog:
    """`step` is the newest step sent. `newest` has, by the name of an event, the step of the newest one sent, or for
    events without a step their count. `frames` counts the frames of the film. `changes` are the settings changed so
    far, as (step, name, value). `orders` says how steps were done by hand: repeating them gives the same weights."""

    step: int = 0
    newest: dict[str, int] = field(default_factory=dict)
    frames: int = 0
    changes: list[tuple[int, str, float]] = field(default_factory=list)
    orders: dict[int, Action] = field(default_factory=dict)

    @property
    def changed(self) -> tuple[tuple[str, int, float], ...]:
        """Of each setting that was changed its name, how often, and its newest value."""
        values: dict[str, list[float]] = {}
        for _, name, value in tuple(self.changes):
            values.setdefault(name, []).append(value)
        return tuple((name, len(those), those[-1]) for name, those in values.items())

    def has(self, event: Event, count: int) -> bool:
        """Whether `event` was sent. `count` is the number of events of its class before it, for one without a step."""
        match sort_of(event):
            case "newest":  # sending it again does no harm
                return False
            case "change":
                return (event.step, event.name, event.value) in self.changes
        name, step = name_of(type(event)), _step_of(event)
        if step is None:
            return count < self.newest.get(name, 0)
        return name in self.newest and step <= self.newest[name]

    def take(self, events: Iterable[Event]) -> None:
        """Add events that were sent."""
        newest: dict[type[Event], Event] = {}
        for event in events:
            newest[type(event)] = event
            match sort_of(event):
                case "step":
                    self.step = event.step
                case "frame":
                    self.frames = event.frame
                case "change":
                    self.changes.append((event.step, event.name, event.value))
                case "order":
                    self.orders[event.step] = event.action
            if _step_of(event) is None:
                self.newest[name_of(type(event))] = self.newest.get(name_of(type(event)), 0) + 1
        self.newest |= {name_of(type(e)): step for e in newest.values() if (step := _step_of(e)) is not None}

    def take_message(self, message: dict[str, Any], kind: str) -> None:
        """Add the events in a stored message of a run of this kind."""
        steps = message.get("steps")
        if steps:
            self.step = self.newest[step_name(kind)] = steps["step"][-1]
        for event in message["events"]:
            name, step = event["event"], event.get("step")
            self.newest[name] = self.newest.get(name, 0) + 1 if step is None else step
            match sort_of_name(name):
                case "frame":
                    self.frames = event["frame"]
                case "change":
                    self.changes.append((step, event["name"], event["value"]))
                case "order":
                    self.orders[step] = event["action"]


def _step_of(event: Event) -> int | None:
    return getattr(event, "step", None)
