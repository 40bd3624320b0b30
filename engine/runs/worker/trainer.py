"""The training thread of a host: it alone touches the runs, and gives each a slice of time in turn."""

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch

from engine.kind import Action
from engine.kinds import job_to_json
from engine.limits import MB, limits
from engine.runs.info import Value
from engine.runs.worker.crash import Mark
from engine.runs.worker.heartbeat import Fare
from engine.runs.worker.memory import give_back, own_memory
from engine.runs.worker.outbox import Outbox
from engine.runs.worker.training import Training
from engine.runs.worker.turns import SLICE_SECONDS, Turns
from engine.training.kind import Classification
from engine.training.presets import PRESETS

WARM_UP_EVENTS = 4
NICE, HEAVY_NICE = 5, 10  # the server and the browser come first
CHECKPOINT_BUSY_SECONDS = 0.2
CHECKPOINT_SECONDS = 1.0
CHECKPOINT_SHARE = 0.02  # of a run's time at most
SURELY_HEAVY = 3  # long steps
LEAVE_SECONDS = 1.0
LEFT_SECONDS = 15.0  # without a question: the server is gone, or this machine cut off from it
LOOK_SECONDS = 1.0
LARGE_BYTES = 50 * MB  # of memory that is no longer needed: worth giving back


@dataclass(slots=True)
class Account:
    """A run and what it has had: busy `seconds`, the processor time of its latest step, how many were long; and when,
    by busy time and by the clock, its next checkpoint is due."""

    run: Training
    seconds: float = 0.0
    worked: float = 0.0  # since its latest step
    step_seconds: float = 0.0
    long_steps: int = 0
    left: float = field(default_factory=time.monotonic)
    due_seconds: float = CHECKPOINT_BUSY_SECONDS
    due: float = field(default_factory=lambda: time.monotonic() + CHECKPOINT_SECONDS)


class Trainer:
    """Begins at once. `ask` is for other threads; what is asked is done between two steps, and may use the methods that
    start, control, read, release and forget runs. `tell` is called when there is something new in the outbox. It stands
    still when nothing was `heard` of the server for a while."""

    def __init__(self, outbox: Outbox, tell: Callable[[], None], is_heavy: bool = False) -> None:
        self.seats: dict[str, Account] = {}
        self.threads = 1
        self.heard = time.monotonic()
        self._outbox, self._tell = outbox, tell
        self._long_seconds = limits().heavy_seconds
        self._nice = HEAVY_NICE if is_heavy else NICE
        self._turns = Turns()
        self._alone_threads = 1
        self._asked: deque[Callable[[], None]] = deque()
        self._catching_up: deque[str] = deque()
        self._wake = threading.Event()
        self._closing = False
        self._idle_memory = own_memory()
        self._at_hand: tuple[str, float] = ("", 0.0)
        self._mark = Mark()
        self._thread = threading.Thread(target=self._train, name="training", daemon=True)
        self._thread.start()

    def ask(self, work: Callable[[], None]) -> None:
        self.heard = time.monotonic()
        self._asked.append(work)
        self._wake.set()

    def stop(self) -> None:
        """End after the step at hand; does not wait for it."""
        self._closing = True
        self._wake.set()

    def close(self) -> None:
        self.stop()
        self._thread.join()

    def fares(self) -> dict[str, Fare]:
        """How every run here fares. For any thread."""
        now, heavy = time.monotonic(), SURELY_HEAVY
        return {
            run_id: Fare(s.seconds, s.run.step, s.step_seconds, now - s.left, s.long_steps >= heavy)
            for run_id, s in tuple(self.seats.items())
        }

    def at_hand(self) -> tuple[str, float]:
        """Whose turn it is, and for how many seconds its step or its beginning has taken. For any thread."""
        run_id, since = self._at_hand
        return run_id, time.monotonic() - since if run_id else 0.0

    def memory(self) -> int:
        """Bytes that the runs here take. For any thread."""
        taken = own_memory() - self._idle_memory
        if taken > limits().host_memory:
            give_back()
            taken = own_memory() - self._idle_memory
        return max(taken, 0)

    # From here on: in the training thread.

    def counts(self) -> dict[str, int]:
        return {"runs": len(self.seats), "training": len(self._turns)}

    def start(self, run_id: str, begin: Callable[[], Training]) -> None:
        """Take in the run that `begin` makes."""
        self._has_at_hand(run_id)
        seat = self.seats[run_id] = Account(begin())
        self._has_at_hand("")
        if seat.run.is_behind:
            self._catching_up.append(run_id)
        self._settle(run_id, seat)

    def weigh(self, weights: Mapping[str, float], alone_threads: int) -> None:
        """From now on these weights hold, and a run that is alone and wants it computes with so many threads."""
        self._turns.weigh(weights)
        self._alone_threads = alone_threads

    def control(self, run_id: str, action: Action, value: Value) -> None:
        seat = self.seats[run_id]
        seat.run.control(action, value)
        if seat.run.is_behind:
            self._catching_up.append(run_id)
        self._settle(run_id, seat)

    def weights(self, run_id: str) -> bytes:
        work = self.seats[run_id].run.work
        if work is None or work.weights is None:
            raise KeyError(run_id)
        return work.weights()

    def release(self, run_id: str) -> bytes | None:
        """Let a run go, to be taken up elsewhere from what this returns; None where that is not possible now."""
        seat, until = self.seats[run_id], time.monotonic() + LEAVE_SECONDS
        if seat.run.orders:
            return None
        self._has_at_hand(run_id)
        while seat.run.wants_to_train and not seat.run.is_at_step and time.monotonic() < until:
            seat.run.advance()
            self._settle(run_id, seat)
        content = seat.run.checkpoint() if seat.run.is_at_step else None
        if content is not None:
            seat.run.leave()
            self._turns.leave(run_id)
        return content

    def forget(self, run_id: str) -> None:
        self._turns.leave(run_id)
        seat = self.seats.pop(run_id, None)
        if seat:
            seat.run.leave()  # it may be the one whose turn it is
            if own_memory() - self._idle_memory > LARGE_BYTES:
                give_back()

    def _train(self) -> None:
        torch.set_num_threads(1)
        _warm_up()
        self._idle_memory = own_memory()
        if sys.platform == "linux":  # where it is the thread's alone, and the rest of the process goes on answering
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._nice)
        while not self._closing:
            self._wake.clear()
            self._answer()
            behind = self._behind()
            run_id = behind or self._turns.next()
            is_left = time.monotonic() - self.heard > LEFT_SECONDS
            if run_id is None or is_left:
                self._has_at_hand("")
                self._wake.wait(LOOK_SECONDS if is_left and run_id else None)
                continue
            worked = time.thread_time()  # not the clock: what other programs take of the core is no run's debt
            self._slice(run_id, self.seats[run_id], time.perf_counter() + SLICE_SECONDS)
            if not behind:
                self._turns.charge(run_id, time.thread_time() - worked)

    def _behind(self) -> str | None:
        """A run that still repeats what was told before its host was lost: it comes first, for somebody may wait."""
        while self._catching_up:
            seat = self.seats.get(self._catching_up[0])
            if seat and seat.run.is_behind:
                return self._catching_up[0]
            self._catching_up.popleft()
        return None

    def _slice(self, run_id: str, seat: Account, until: float) -> None:
        self._use_threads(seat.run)
        while seat.run.wants_to_train and not self._closing:
            self._has_at_hand(run_id)
            began, worked = time.perf_counter(), time.thread_time()
            seat.run.advance()
            self._count(seat, time.perf_counter() - began, time.thread_time() - worked)
            if not seat.run.is_at_step:  # steps are told together
                self._settle(run_id, seat)
            self._keep(run_id, seat)
            self._answer()
            if time.perf_counter() >= until:
                break
        if self.seats.get(run_id) is seat:  # it was not forgotten meanwhile
            self._settle(run_id, seat)
        seat.left = time.monotonic()

    def _count(self, seat: Account, seconds: float, worked: float) -> None:
        seat.seconds += seconds
        seat.worked += worked
        if seat.run.is_at_step:
            seat.step_seconds, seat.worked = seat.worked, 0.0
        if worked > self._long_seconds:
            seat.long_steps += 1

    def _keep(self, run_id: str, seat: Account) -> None:
        """Take a checkpoint now and then; the larger it is, the less often."""
        is_due = seat.seconds >= seat.due_seconds and time.monotonic() >= seat.due
        if not (seat.run.is_at_step and is_due and self._outbox.wants_checkpoint(run_id)):
            return
        self._settle(run_id, seat)
        began = time.perf_counter()
        content = seat.run.checkpoint()
        if content:
            self._outbox.put_checkpoint(run_id, content)
            if len(content) > LARGE_BYTES:
                give_back()
        cost = time.perf_counter() - began
        seat.due_seconds = seat.seconds + max(CHECKPOINT_BUSY_SECONDS, cost / CHECKPOINT_SHARE)
        seat.due = time.monotonic() + CHECKPOINT_SECONDS

    def _answer(self) -> None:
        while self._asked:
            self._asked.popleft()()

    def _settle(self, run_id: str, seat: Account) -> None:
        """Publish what a run has said, and keep the list of turns in step."""
        run = seat.run
        if run.wants_to_train:
            self._turns.join(run_id)
        else:
            self._turns.leave(run_id)
        if run.events:
            self._outbox.put(run_id, run.events)
            run.events.clear()
            self._tell()
            if not run.wants_to_train and run.is_at_step and run.step > run.checkpoint_step:
                content = run.checkpoint()  # it stands still here, perhaps after a step by hand
                if content:
                    self._outbox.put_checkpoint(run_id, content)

    def _has_at_hand(self, run_id: str) -> None:
        if run_id != self._at_hand[0]:
            self._mark.put(run_id)
        self._at_hand = (run_id, time.monotonic())

    def _use_threads(self, run: Training) -> None:
        """All cores for a run that is alone and asked for them, one otherwise."""
        threads = self._alone_threads if len(self._turns) == 1 and run.work and run.work.uses_all_cores else 1
        if threads != self.threads:
            torch.set_num_threads(threads)
            self.threads = threads


def _warm_up() -> None:
    """One real training step pays for what torch does only once, so that no visitor waits for it."""
    quick = PRESETS["quick"]
    run = Training("", job_to_json(Classification(quick.network, quick.config)), paused=False)
    for _ in range(WARM_UP_EVENTS):
        if run.wants_to_train:
            run.advance()
