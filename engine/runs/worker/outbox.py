"""What a host hands over: events until they have arrived, checkpoints until they may be written. For any thread."""

import threading
from collections.abc import Mapping, Sequence

from engine.runs.event_log import EventBatch, EventBuffer
from engine.training.events import Event


class Outbox:
    """Keeps a checkpoint until all events before it are in the store: a run can then go on from the checkpoint, after
    any loss, without a gap in its events."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: dict[str, EventBuffer] = {}
        self._checkpoints: dict[str, list[tuple[int, bytes]]] = {}  # each with the number of the last event before it

    def open(self, run_id: str, first: int = 1) -> None:
        """Take in a run whose next event is number `first`."""
        with self._lock:
            self._events[run_id], self._checkpoints[run_id] = EventBuffer(first, keep=0), []

    def close(self, run_id: str) -> None:
        with self._lock:
            self._events.pop(run_id, None)
            self._checkpoints.pop(run_id, None)

    def put(self, run_id: str, events: Sequence[Event]) -> None:
        with self._lock:
            if run_id in self._events:
                self._events[run_id].append(events)

    def last(self, run_id: str) -> int:
        """The number of the newest event of a run. Raises KeyError."""
        with self._lock:
            return self._events[run_id].seq

    def collect(self, received: Mapping[str, int]) -> tuple[EventBatch, ...]:
        """The events after the numbers in `received`; drops those up to there."""
        batches = []
        with self._lock:
            for run_id, buffer in self._events.items():
                buffer.trim(received.get(run_id, 0))
                first, events = buffer.since(0)
                if events:
                    batches.append(EventBatch(run_id, first, tuple(events)))
        return tuple(batches)

    def wants_checkpoint(self, run_id: str) -> bool:
        """False while one waits to be written."""
        with self._lock:
            return self._checkpoints.get(run_id) == []

    def put_checkpoint(self, run_id: str, content: bytes) -> None:
        """Keep it beside the oldest that waits."""
        with self._lock:
            if run_id in self._events:
                waiting = self._checkpoints[run_id]
                waiting[1:] = [(self._events[run_id].seq, content)]

    def take_safe_checkpoints(self, stored: Mapping[str, int]) -> dict[str, bytes]:
        """The newest checkpoint of each run that may be written, now that events up to the numbers in `stored` are."""
        safe = {}
        with self._lock:
            for run_id, seq in stored.items():
                waiting = self._checkpoints.get(run_id)
                while waiting and waiting[0][0] <= seq:
                    safe[run_id] = waiting.pop(0)[1]
        return safe

    @property
    def has_checkpoints(self) -> bool:
        with self._lock:
            return any(self._checkpoints.values())
