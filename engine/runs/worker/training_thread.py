"""The training thread of a host: gives each run a slice of time in turn. No other thread touches the runs."""

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

import torch

from engine.kind import Action
from engine.kinds import job_to_json
from engine.limits import limits
from engine.memory import give_back
from engine.runs.info import Value
from engine.runs.worker.outbox import Outbox
from engine.runs.worker.reports import LARGE_BYTES, CrashMarker, RunStats, own_memory
from engine.runs.worker.training import Training
from engine.runs.worker.turns import SLICE_SECONDS, Turns
from engine.training.kind import Classification
from engine.training.presets import PRESETS

WARM_UP_EVENTS = 4
NICE, HEAVY_NICE = 5, 10  # the server and the browser come first
RELEASE_SECONDS = 1.0
SERVER_GONE_SECONDS = 15.0  # without a call: the server is gone, or this machine is cut off
LOOK_SECONDS = 1.0


class TrainingThread:
    """Starts its thread at once. Other threads call `ask(work)`: `work` runs between two steps, and may call the
    methods that start, control, read, release and forget runs. The thread calls `tell` when the outbox has something
    new, and stands still while the server was not `heard` for long."""

    def __init__(self, outbox: Outbox, tell: Callable[[], None], is_heavy: bool = False) -> None:
        self.runs: dict[str, Training] = {}
        self.threads = 1
        self.heard = time.monotonic()
        self._outbox, self._tell = outbox, tell
        self._nice = HEAVY_NICE if is_heavy else NICE
        self._turns = Turns()
        self._alone_threads = 1
        self._asked: deque[Callable[[], None]] = deque()
        self._catching_up: deque[str] = deque()
        self._wake = threading.Event()
        self._closing = False
        self._idle_memory = own_memory()
        self._current: tuple[str, float] = ("", 0.0)
        self._marker = CrashMarker()
        self._thread = threading.Thread(target=self._train, name="training", daemon=True)
        self._thread.start()

    def ask(self, work: Callable[[], None]) -> None:
        self.heard = time.monotonic()
        self._asked.append(work)
        self._wake.set()

    def stop(self) -> None:
        """End after the current step; does not wait for it."""
        self._closing = True
        self._wake.set()

    def close(self) -> None:
        self.stop()
        self._thread.join()

    def stats(self) -> dict[str, RunStats]:
        """The stats of every run here. For any thread."""
        return {run_id: run.stats for run_id, run in tuple(self.runs.items())}

    def current(self) -> tuple[str, float]:
        """The run whose turn it is, and for how many seconds its step or its beginning has taken. For any thread."""
        run_id, since = self._current
        return run_id, time.monotonic() - since if run_id else 0.0

    def memory(self) -> int:
        """The bytes that the runs here take. For any thread."""
        taken = own_memory() - self._idle_memory
        if taken > (limits().host_memory if self.runs else LARGE_BYTES):
            give_back()
            taken = own_memory() - self._idle_memory
        return max(taken, 0)

    # From here on: in the training thread.

    def counts(self) -> dict[str, int]:
        return {"runs": len(self.runs), "training": len(self._turns)}

    def start(self, run_id: str, begin: Callable[[], Training]) -> None:
        """Take in the run that `begin` makes."""
        self._set_current(run_id)
        run = self.runs[run_id] = begin()
        self._set_current("")
        if run.is_repeating:
            self._catching_up.append(run_id)
        self._settle(run)

    def share(self, shares: Mapping[str, float], alone_threads: int) -> None:
        """Set the runs' time shares, and the threads of a run that is alone and wants them."""
        self._turns.share(shares)
        self._alone_threads = alone_threads

    def control(self, run_id: str, action: Action, value: Value) -> None:
        run = self.runs[run_id]
        run.control(action, value)
        if run.is_repeating:
            self._catching_up.append(run_id)
        self._settle(run)

    def weights(self, run_id: str) -> bytes:
        work = self.runs[run_id].built
        if work is None or work.weights is None:
            raise KeyError(run_id)
        return work.weights()

    def release(self, run_id: str) -> bytes | None:
        """Let a run go to another host: the checkpoint to go on from there; None where it cannot be released now."""
        run, until = self.runs[run_id], time.monotonic() + RELEASE_SECONDS
        if run.orders:
            return None
        self._set_current(run_id)
        while run.wants_to_train and not run.is_at_step and time.monotonic() < until:
            run.advance()
            self._settle(run)
        content = run.checkpoint() if run.is_at_step else None
        if content is not None:
            run.leave()
            self._turns.leave(run_id)
        return content

    def forget(self, run_id: str) -> None:
        self._turns.leave(run_id)
        run = self.runs.get(run_id)
        if run:
            run.leave()  # it may be the one whose turn it is
            if own_memory() - self._idle_memory > LARGE_BYTES:
                give_back()
            del self.runs[run_id]  # last: a heartbeat without runs tells what is left when they have gone

    def _train(self) -> None:
        torch.set_num_threads(1)
        _warm_up()
        self._idle_memory = own_memory()
        if sys.platform == "linux":  # where it holds for this thread alone: the others must answer quickly
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._nice)
        while not self._closing:
            self._wake.clear()
            self._answer()
            rest = self._end_rests()
            behind = self._next_behind()
            run_id = behind or self._turns.next()
            is_server_gone = time.monotonic() - self.heard > SERVER_GONE_SECONDS
            if run_id is None or is_server_gone:
                self._set_current("")
                self._wake.wait(LOOK_SECONDS if is_server_gone and run_id else rest)
                continue
            worked = time.thread_time()  # not the clock, which includes what other programs take of the core
            self._train_slice(self.runs[run_id], time.perf_counter() + SLICE_SECONDS)
            if not behind:
                self._turns.charge(run_id, time.thread_time() - worked)

    def _end_rests(self) -> float | None:
        """Let the runs join that rested long enough; the seconds until the next one does, None without one."""
        left = None
        for run in self.runs.values():
            if not (run.rests_until and run.wants_to_train):
                continue
            rest = run.rests_until - time.monotonic()
            if rest <= 0:
                self._turns.join(run.run_id)
            else:
                left = min(rest, left or rest)
        return left

    def _next_behind(self) -> str | None:
        """The next run that still repeats steps from before its host was lost. It comes first: somebody may wait."""
        while self._catching_up:
            run = self.runs.get(self._catching_up[0])
            if run and run.is_repeating:
                return self._catching_up[0]
            self._catching_up.popleft()
        return None

    def _train_slice(self, run: Training, until: float) -> None:
        self._use_threads(run)
        while run.wants_to_train and not run.is_resting and not self._closing:
            self._set_current(run.run_id)
            run.advance()
            if not run.is_at_step:  # steps are published together
                self._settle(run)
            self._take_checkpoint(run)
            self._answer()
            if time.perf_counter() >= until:
                break
        if self.runs.get(run.run_id) is run:  # it was not forgotten meanwhile
            self._settle(run)
        run.last_turn = time.monotonic()

    def _take_checkpoint(self, run: Training) -> None:
        if not (run.is_checkpoint_due and self._outbox.wants_checkpoint(run.run_id)):
            return
        self._settle(run)
        began = time.perf_counter()
        content = run.checkpoint()
        if content:
            self._outbox.put_checkpoint(run.run_id, content)
            if len(content) > LARGE_BYTES:
                give_back()
        run.put_off_checkpoint(time.perf_counter() - began)

    def _answer(self) -> None:
        while self._asked:
            self._asked.popleft()()

    def _settle(self, run: Training) -> None:
        """Publish a run's new events, and add it to the turns or take it out."""
        if not run.wants_to_train:
            self._turns.leave(run.run_id)
        elif run.is_resting:
            self._turns.rest(run.run_id)
        else:
            self._turns.join(run.run_id)
        if run.events:
            self._outbox.put(run.run_id, run.events)
            run.events.clear()
            self._tell()
            if not run.wants_to_train and run.is_at_step and run.step > run.checkpoint_step:
                content = run.checkpoint()  # it stands still here, perhaps after a step by hand
                if content:
                    self._outbox.put_checkpoint(run.run_id, content)

    def _set_current(self, run_id: str) -> None:
        if run_id != self._current[0]:
            self._marker.put(run_id)
        self._current = (run_id, time.monotonic())

    def _use_threads(self, run: Training) -> None:
        """Use all cores for a run that is alone and asked for them, one otherwise."""
        threads = self._alone_threads if len(self._turns) == 1 and run.built and run.built.uses_all_cores else 1
        if threads != self.threads:
            torch.set_num_threads(threads)
            self.threads = threads


def _warm_up() -> None:
    """Do one real training step, which pays for what torch does only once, so that no visitor waits for it."""
    quick = PRESETS["quick"]
    run = Training("", job_to_json(Classification(quick.network, quick.config)), paused=False)
    for _ in range(WARM_UP_EVENTS):
        if run.wants_to_train:
            run.advance()
