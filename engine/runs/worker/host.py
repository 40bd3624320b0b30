"""A host: trains many runs in one process. Used as a dask actor, works without dask, too. Imports torch when made."""

import asyncio
import contextlib
import logging
import os
import platform
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar

import psutil

from engine.kind import Action
from engine.runs.event_log import EventBatch, ReplayLog
from engine.runs.info import Status, Value
from engine.runs.store.checkpoints import Checkpoints
from engine.runs.worker.outbox import Outbox
from engine.runs.worker.reports import Heartbeat
from engine.text import Text

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
HEAVY = "heavy"  # the resource of a worker that is for runs with long steps
WRITE_SECONDS = 1.0  # between two looks at checkpoints that wait
UNWRITTEN = Text("Checkpoints cannot be written at the moment: a run whose process is lost goes on from further back.")
UNREAD = Text("A checkpoint could not be read: its run began anew.")
_here: list[Any] = []  # the trainer of this process: there is one at a time


class RunHost:
    """Call its coroutines from one event loop. A thread of its own trains, and alone touches the runs: a call waits
    until the current step is done, so weights are never read in the middle of an update."""

    def __init__(self, checkpoints: str | None = None) -> None:
        from engine.runs.worker.training_thread import (
            TrainingThread,  # here: the scheduler, too, imports this module, and needs no torch
        )

        while _here:  # an earlier host of this process, which its server has lost
            _here.pop().stop()
        self._lock = threading.Lock()
        self._outbox = Outbox()
        self._checkpoints = Checkpoints(checkpoints) if checkpoints else None
        self._writing: set[asyncio.Task[None]] = set()
        self._trouble: Text | None = None
        self._reader: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._is_heavy = _is_heavy()
        self._thread = TrainingThread(self._outbox, self._tell, self._is_heavy)
        _here.append(self._thread)

    async def start(
        self,
        run_id: str,
        job: Any,
        paused: bool = False,
        source: bytes | None = None,
        replay: ReplayLog | None = None,
        status: Status = "starting",
        checkpoint: bytes | None = None,
        orders: tuple[tuple[Action, Value], ...] = (),
        seq: int = 0,
    ) -> None:
        """Begin a run, or let it go on. What is wrong with it becomes the run's events.

        `job` is its JSON form, `source` the weights of the run that it builds on. A run that was begun elsewhere has a
        `replay` log and a `status`, and goes on from `checkpoint`, by default the newest one that is stored. `seq`
        numbers its last event so far, and `orders` were given meanwhile.
        """
        from engine.runs.worker.training import Training

        if replay is not None and checkpoint is None:
            checkpoint = await self._read_checkpoint(run_id)

        def begin() -> Training:
            run = Training(run_id, job, paused, source, replay, status, checkpoint)
            for action, value in orders:
                run.control(action, value)
            return run

        def start() -> None:  # in the order in which it is asked, also after a `forget` of the same run
            self._outbox.open(run_id, seq + 1)
            self._thread.start(run_id, begin)

        await self._ask(start)

    async def control(self, run_id: str, action: Action, value: Value = None) -> int:
        """Do `action` between two steps; returns the number of the newest event then. Raises KeyError for an unknown
        run."""

        def control() -> int:
            self._thread.control(run_id, action, value)
            return self._outbox.last(run_id)

        return await self._ask(control)

    async def share(self, shares: Mapping[str, float], alone_threads: int) -> None:
        """Set how the runs share this host's time, and how many threads a run gets that is alone on the machine."""
        self._thread.ask(lambda: self._thread.share(shares, alone_threads))

    async def weights(self, run_id: str) -> bytes:
        """Read the weights between two steps, as safetensors. Raises KeyError for an unknown run."""
        return await self._ask(lambda: self._thread.weights(run_id))

    async def release(self, run_id: str) -> tuple[int, bytes | None]:
        """Stop a run for its migration; returns the number of its last event here, and the checkpoint to go on from, or
        None if the run has to stay. Raises KeyError for an unknown run."""

        def release() -> tuple[int, bytes | None]:
            checkpoint = self._thread.release(run_id)
            return self._outbox.last(run_id), checkpoint

        return await self._ask(release)

    async def forget(self, run_id: str) -> None:
        """End and drop a run with all its events. Does nothing for an unknown run."""

        def forget() -> None:
            self._outbox.close(run_id)
            self._thread.forget(run_id)

        await self._ask(forget)
        await asyncio.gather(*self._writing, return_exceptions=True)

    async def stat(self) -> dict[str, Any]:
        """Say what this host is, and how many runs are here and train; answers only once the host is warm."""
        return {"process": os.getpid(), "heavy": self._is_heavy, **await self._ask(self._thread.counts)}

    async def heartbeat(self) -> Heartbeat:
        """Answer at once, whatever the training thread does."""
        from engine.network.build import best_device

        self._thread.heard = time.monotonic()
        process, memory = psutil.Process(), psutil.virtual_memory().total
        used = process.cpu_times()
        with process.oneshot():
            return Heartbeat(
                platform.node(),
                process.pid,
                str(best_device()),
                self._thread.threads,
                self._thread.memory(),
                used.user + used.system,
                *self._thread.current(),
                self._thread.stats(),
                self._trouble,
                os.cpu_count() or 1,
                memory,
            )

    async def poll(
        self, received: Mapping[str, int], stored: Mapping[str, int], timeout: float
    ) -> tuple[EventBatch, ...]:
        """Get the events of every run after the numbers in `received`, at once or as soon as there are any.

        `received` acknowledges events, which are then dropped; a batch that was lost on the way is sent again by the
        next call. Writes checkpoints once the events before them are `stored`.
        """
        self._thread.heard = time.monotonic()
        self._write(stored)
        if self._outbox.has_checkpoints:
            timeout = min(timeout, WRITE_SECONDS)
        deadline = time.monotonic() + timeout
        while True:
            with self._lock:
                self._news.clear()
                batches = self._outbox.collect(received)
                self._reader = None if batches else asyncio.get_running_loop()
            if batches:
                return batches
            try:
                await asyncio.wait_for(self._news.wait(), deadline - time.monotonic())
            except TimeoutError:
                return ()

    async def close(self) -> None:
        """End the training thread after the current step."""
        await asyncio.to_thread(self._thread.close)

    def _tell(self) -> None:
        """Wake whoever waits for events; called in the training thread."""
        with self._lock:
            reader, self._reader = self._reader, None
        if reader:
            with contextlib.suppress(RuntimeError):  # the loop has just closed
                reader.call_soon_threadsafe(self._news.set)

    def _write(self, stored: Mapping[str, int]) -> None:
        for run_id, content in self._outbox.take_safe_checkpoints(stored).items():
            if self._checkpoints:
                task = asyncio.create_task(self._write_checkpoint(self._checkpoints, run_id, content))
                self._writing.add(task)
                task.add_done_callback(self._writing.discard)

    async def _write_checkpoint(self, checkpoints: Checkpoints, run_id: str, content: bytes) -> None:
        try:
            await asyncio.to_thread(checkpoints.put, run_id, content)
            self._trouble = None
        except (OSError, ValueError) as error:
            if self._trouble is not UNWRITTEN:
                log.warning("A checkpoint cannot be written: %s", error)
            self._trouble = UNWRITTEN

    async def _read_checkpoint(self, run_id: str) -> bytes | None:
        try:
            return await asyncio.to_thread(self._checkpoints.get, run_id) if self._checkpoints else None
        except (OSError, ValueError) as error:  # it then goes on from its beginning
            log.warning("A checkpoint cannot be read: %s", error)
            self._trouble = UNREAD
            return None

    async def _ask(self, work: Callable[[], Answer]) -> Answer:
        """Have the training thread do `work` before its next step."""
        answer: Future[Answer] = Future()

        def answer_it() -> None:
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(work())
                except Exception as error:
                    answer.set_exception(error)

        self._thread.ask(answer_it)
        return await asyncio.wrap_future(answer)


def _is_heavy() -> bool:
    """Whether the dask worker that this is in is for runs with long steps."""
    from distributed import get_worker

    try:
        return HEAVY in get_worker().state.total_resources
    except ValueError:  # in no worker at all
        return False
