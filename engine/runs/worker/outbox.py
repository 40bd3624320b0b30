"""What a host has to hand over: the events of its runs until they have arrived, their checkpoints until they may be
written. For any thread."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.training.events import Event


@dataclass(frozen=True, slots=True)
class News:
    """Consecutive events of one run, numbered `first_seq` to `last_seq`; they count from 1 over all its hosts."""

    run_id: str
    first_seq: int
    last_seq: int
    events: tuple[Event, ...]


@dataclass(slots=True)
class _Box:
    """Of one run: the events that nobody has acknowledged yet, the first of them being number `first`; and its newest
    checkpoints, each with the number of the last event before it."""

    first: int = 1
    events: list[Event] = field(default_factory=list)
    checkpoints: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def last(self) -> int:
        return self.first + len(self.events) - 1


class Outbox:
    """A checkpoint waits here until all that was told before it is in the store: a run can then go on from it, after
    whatever is lost, without a gap in what it has told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._boxes: dict[str, _Box] = {}

    def open(self, run_id: str, first: int = 1) -> None:
        """Take in a run whose next event is number `first`."""
        with self._lock:
            self._boxes[run_id] = _Box(first)

    def close(self, run_id: str) -> None:
        with self._lock:
            self._boxes.pop(run_id, None)

    def put(self, run_id: str, events: Sequence[Event]) -> None:
        with self._lock:
            if run_id in self._boxes:
                self._boxes[run_id].events += events

    def last(self, run_id: str) -> int:
        """The number of the newest event of a run. Raises KeyError."""
        with self._lock:
            return self._boxes[run_id].last

    def collected(self, received: Mapping[str, int]) -> tuple[News, ...]:
        """What came after the numbers in `received`; up to there nothing is kept any longer."""
        with self._lock:
            for run_id, box in self._boxes.items():
                arrived = received.get(run_id, 0) - box.first + 1
                if arrived > 0:
                    del box.events[:arrived]
                    box.first += arrived
            boxes = self._boxes.items()
            return tuple(News(run_id, box.first, box.last, tuple(box.events)) for run_id, box in boxes if box.events)

    def wants_checkpoint(self, run_id: str) -> bool:
        """False while one waits to be written."""
        with self._lock:
            return run_id in self._boxes and not self._boxes[run_id].checkpoints

    def put_checkpoint(self, run_id: str, content: bytes) -> None:
        """Keep it beside the oldest that waits."""
        with self._lock:
            if run_id in self._boxes:
                box = self._boxes[run_id]
                box.checkpoints = [*box.checkpoints[:1], (box.last, content)]

    def safe_checkpoints(self, stored: Mapping[str, int]) -> dict[str, bytes]:
        """The newest checkpoint of each run that may be written, now that events up to the numbers in `stored` are."""
        safe = {}
        with self._lock:
            for run_id, seq in stored.items():
                box = self._boxes.get(run_id)
                while box and box.checkpoints and box.checkpoints[0][0] <= seq:
                    safe[run_id] = box.checkpoints.pop(0)[1]
        return safe

    @property
    def has_checkpoints(self) -> bool:
        with self._lock:
            return any(box.checkpoints for box in self._boxes.values())
