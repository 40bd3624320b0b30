"""Numbered events of a run: a batch of them, and a buffer that holds the newest. No torch."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from engine.training.events import Event

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
