"""A host: many runs in one process. Made to be a dask actor, works without one too. Imports torch only when made."""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from engine.events import Event
from engine.jobs import Action
from engine.runs.info import Value

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class News:
    """Consecutive events of one run, numbered `first_seq` to `last_seq`; a run's events count from 1."""

    run_id: str
    first_seq: int
    last_seq: int
    events: tuple[Event, ...]


@dataclass(slots=True)
class _Outbox:
    """Events of one run that nobody has acknowledged yet, the first of them being number `first`."""

    first: int = 1
    events: list[Event] = field(default_factory=list)

    @property
    def last(self) -> int:
        return self.first + len(self.events) - 1


class RunHost:
    """Call its coroutines from one event loop. Training has a thread of its own, which alone touches the runs: what is
    asked of a run waits until the step at hand is done, so weights are never read in the middle of an update."""

    def __init__(self) -> None:
        from engine.runs.trainer import Trainer  # here: the scheduler, too, imports this module, and needs no torch

        self._lock = threading.Lock()
        self._outboxes: dict[str, _Outbox] = {}
        self._reader: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._trainer = Trainer(self._publish)

    async def start(
        self, run_id: str, job: Any, owner: str, paused: bool = False, material: bytes | None = None
    ) -> None:
        """Begin a run from the JSON form of its job and, for a study, the weights of the GAN it is about. What is wrong
        with them becomes the run's events."""
        with self._lock:
            self._outboxes[run_id] = _Outbox()
        await self._ask(lambda: self._trainer.start(run_id, job, paused, material))

    async def control(self, run_id: str, action: Action, value: Value = None) -> int:
        """Do `action` between two steps; the number of the newest event then. Raises KeyError for an unknown run."""

        def controlled() -> int:
            self._trainer.control(run_id, action, value)
            return self._outboxes[run_id].last

        return await self._ask(controlled)

    async def weights(self, run_id: str) -> bytes:
        """The weights as they are between two steps, as safetensors. Raises KeyError for an unknown run."""
        return await self._ask(lambda: self._trainer.weights(run_id))

    async def forget(self, run_id: str) -> None:
        """End and drop a run with all its events. An unknown run is none the worse."""

        def forgotten() -> None:
            self._trainer.forget(run_id)
            with self._lock:
                self._outboxes.pop(run_id, None)

        await self._ask(forgotten)

    async def stat(self) -> dict[str, int]:
        """How many runs are here and how many of them train; answered only once the host is warm."""
        return {"process": os.getpid(), **await self._ask(self._trainer.counts)}

    async def poll(self, after: Mapping[str, int], timeout: float) -> tuple[News, ...]:
        """What every run has reported beyond the numbers in `after`, at once or as soon as there is any.

        `after` acknowledges: up to there nothing is kept. A batch lost on the way is delivered again by the next call.
        """
        deadline = time.monotonic() + timeout
        while True:
            with self._lock:
                self._news.clear()
                news = self._collected(after)
                self._reader = None if news else asyncio.get_running_loop()
            if news:
                return news
            try:
                await asyncio.wait_for(self._news.wait(), deadline - time.monotonic())
            except TimeoutError:
                return ()

    async def close(self) -> None:
        """End the training thread after the step at hand."""
        await asyncio.to_thread(self._trainer.close)

    def _collected(self, after: Mapping[str, int]) -> tuple[News, ...]:
        for run_id, box in self._outboxes.items():
            arrived = after.get(run_id, 0) - box.first + 1
            if arrived > 0:
                del box.events[:arrived]
                box.first += arrived
        boxes = self._outboxes.items()
        return tuple(News(run_id, box.first, box.last, tuple(box.events)) for run_id, box in boxes if box.events)

    def _publish(self, run_id: str, events: Sequence[Event]) -> None:
        """In the training thread: keep events until they are acknowledged, and wake whoever waits for them."""
        with self._lock:
            self._outboxes[run_id].events += events
            reader, self._reader = self._reader, None
        if reader:
            with contextlib.suppress(RuntimeError):  # the loop has just closed
                reader.call_soon_threadsafe(self._news.set)

    async def _ask(self, work: Callable[[], Answer]) -> Answer:
        """Have the training thread do `work` before its next step."""
        answer: Future[Answer] = Future()

        def answered() -> None:
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(work())
                except Exception as error:
                    answer.set_exception(error)

        self._trainer.ask(answered)
        return await asyncio.wrap_future(answer)
