"""A host: many runs in one process, trained in turns by one thread. Made to be a dask actor, works without one too."""

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import torch

from engine.checkpoint import weights_bytes
from engine.config import config_to_json
from engine.events import Event
from engine.network import network_to_json
from engine.presets import PRESETS
from engine.runs.info import Action
from engine.runs.training import Training
from engine.runs.turns import SLICE_SECONDS, Turns

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
WARM_UP_EVENTS = 4


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

    first: int
    events: list[Event]


class RunHost:
    """Call its coroutines from one event loop. Training has a thread of its own, which alone touches the runs: what is
    asked of a run waits until the step at hand is done, so weights are never read in the middle of an update."""

    def __init__(self) -> None:
        self._runs: dict[str, Training] = {}
        self._turns = Turns()
        self._asked: deque[Callable[[], None]] = deque()
        self._wake = threading.Event()
        self._closing = False
        self._lock = threading.Lock()
        self._outboxes: dict[str, _Outbox] = {}
        self._reader: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._thread = threading.Thread(target=self._train, name="training", daemon=True)
        self._thread.start()

    async def start(self, run_id: str, network: Any, config: Any, owner: str, paused: bool = False) -> None:
        """Begin a run from the JSON forms of its network and settings. What is wrong with them becomes its events."""
        await self._ask(lambda: self._start(run_id, network, config, paused))

    async def control(self, run_id: str, action: Action, value: float | None = None) -> int:
        """Do `action` between two steps; the number of the newest event then. Raises KeyError for an unknown run."""
        return await self._ask(lambda: self._control(run_id, action, value))

    async def weights(self, run_id: str) -> bytes:
        """The weights as they are between two steps, as safetensors. Raises KeyError for an unknown run."""
        return await self._ask(lambda: self._weights(run_id))

    async def forget(self, run_id: str) -> None:
        """End and drop a run with all its events. An unknown run is none the worse."""
        await self._ask(lambda: self._forget(run_id))

    async def stat(self) -> dict[str, Any]:
        """How much there is to do here; answered only once the host is warm."""
        return await self._ask(lambda: {"process": os.getpid(), "runs": len(self._runs), "training": len(self._turns)})

    async def poll(self, after: Mapping[str, int], timeout: float) -> tuple[News, ...]:
        """What every run has reported beyond the numbers in `after`, at once or as soon as there is any.

        `after` acknowledges: up to there nothing is kept. A batch lost on the way is delivered again by the next call.
        """
        deadline = time.monotonic() + timeout
        while True:
            with self._lock:
                self._news.clear()
                news = tuple(self._collected(after))
                self._reader = None if news else asyncio.get_running_loop()
            if news:
                return news
            try:
                await asyncio.wait_for(self._news.wait(), deadline - time.monotonic())
            except TimeoutError:
                return ()

    async def close(self) -> None:
        """End the training thread after the step at hand."""
        self._closing = True
        self._wake.set()
        await asyncio.to_thread(self._thread.join)

    def _collected(self, after: Mapping[str, int]) -> list[News]:
        news = []
        for run_id, box in self._outboxes.items():
            arrived = after.get(run_id, 0) - box.first + 1
            if arrived > 0:
                del box.events[:arrived]
                box.first += arrived
            if box.events:
                news.append(News(run_id, box.first, box.first + len(box.events) - 1, tuple(box.events)))
        return news

    async def _ask(self, work: Callable[[], Answer]) -> Answer:
        """Have the training thread do `work` before its next step."""
        answer: Future[Answer] = Future()

        def answered() -> None:
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(work())
                except Exception as error:
                    answer.set_exception(error)

        self._asked.append(answered)
        self._wake.set()
        return await asyncio.wrap_future(answer)

    # From here on: the training thread.

    def _train(self) -> None:
        torch.set_num_threads(1)
        self._warm_up()
        while not self._closing:
            self._wake.clear()
            self._answer()
            run_id = self._turns.next()
            if run_id is None:
                self._wake.wait()
                continue
            began = time.perf_counter()
            self._slice(self._runs[run_id], began + SLICE_SECONDS)
            self._turns.charge(run_id, time.perf_counter() - began)

    def _slice(self, run: Training, until: float) -> None:
        while run.wants_to_train and not self._closing:
            run.advance()
            self._settle(run)
            self._answer()
            if time.perf_counter() >= until:
                return

    def _answer(self) -> None:
        while self._asked:
            self._asked.popleft()()

    def _start(self, run_id: str, network: Any, config: Any, paused: bool) -> None:
        run = Training(run_id, network, config, paused)
        self._runs[run_id] = run
        with self._lock:
            self._outboxes[run_id] = _Outbox(1, [])
        self._settle(run)

    def _control(self, run_id: str, action: Action, value: float | None) -> int:
        run = self._runs[run_id]
        run.control(action, value)
        self._settle(run)
        box = self._outboxes[run_id]
        return box.first + len(box.events) - 1

    def _weights(self, run_id: str) -> bytes:
        model = self._runs[run_id].model
        if model is None:
            raise KeyError(run_id)
        return weights_bytes(model)

    def _forget(self, run_id: str) -> None:
        self._turns.leave(run_id)
        run = self._runs.pop(run_id, None)
        if run:
            run.goal = "nothing"
        with self._lock:
            self._outboxes.pop(run_id, None)

    def _settle(self, run: Training) -> None:
        """Bring what a run has said to the outbox, wake whoever waits for it, and keep the list of turns in step."""
        if run.wants_to_train:
            self._turns.join(run.run_id)
        else:
            self._turns.leave(run.run_id)
        if not run.events:
            return
        with self._lock:
            self._outboxes[run.run_id].events += run.events
            reader, self._reader = self._reader, None
        run.events.clear()
        if reader:
            with contextlib.suppress(RuntimeError):  # the loop has just closed
                reader.call_soon_threadsafe(self._news.set)

    def _warm_up(self) -> None:
        """One real training step pays for what torch does only once, so that no visitor waits for it."""
        quick = PRESETS["quick"]
        run = Training("", network_to_json(quick.network), config_to_json(quick.config), paused=False)
        for _ in range(WARM_UP_EVENTS):
            if run.wants_to_train:
                run.advance()
