"""The training thread of a host: it alone touches the runs, and gives each a slice of time in turn."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import torch

from engine.events import Event
from engine.jobs import Action, Classification, job_to_json
from engine.presets import PRESETS
from engine.runs.info import Value
from engine.runs.training import Training
from engine.runs.turns import SLICE_SECONDS, Turns

WARM_UP_EVENTS = 4


class Trainer:
    """Begins at once. `ask` is for other threads; what is asked is done between two steps, and may use the methods that
    start, control, read and forget runs. `publish` is called with what a run has reported."""

    def __init__(self, publish: Callable[[str, Sequence[Event]], None]) -> None:
        self._publish = publish
        self._runs: dict[str, Training] = {}
        self._turns = Turns()
        self._asked: deque[Callable[[], None]] = deque()
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._train, name="training", daemon=True)
        self._thread.start()

    def ask(self, work: Callable[[], None]) -> None:
        self._asked.append(work)
        self._wake.set()

    def close(self) -> None:
        """End after the step at hand."""
        self._closing = True
        self._wake.set()
        self._thread.join()

    # From here on: in the training thread.

    def start(self, run_id: str, job: Any, paused: bool, material: bytes | None) -> None:
        self._runs[run_id] = Training(run_id, job, paused, material)
        self._settle(self._runs[run_id])

    def control(self, run_id: str, action: Action, value: Value) -> None:
        run = self._runs[run_id]
        run.control(action, value)
        self._settle(run)

    def weights(self, run_id: str) -> bytes:
        work = self._runs[run_id].work
        if work is None or work.weights is None:
            raise KeyError(run_id)
        return work.weights()

    def forget(self, run_id: str) -> None:
        self._turns.leave(run_id)
        run = self._runs.pop(run_id, None)
        if run:
            run.goal = "nothing"  # it may be the one whose turn it is

    def counts(self) -> dict[str, int]:
        return {"runs": len(self._runs), "training": len(self._turns)}

    def _train(self) -> None:
        torch.set_num_threads(1)
        _warm_up()
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

    def _settle(self, run: Training) -> None:
        """Publish what a run has said, and keep the list of turns in step."""
        if run.wants_to_train:
            self._turns.join(run.run_id)
        else:
            self._turns.leave(run.run_id)
        if run.events:
            self._publish(run.run_id, run.events)
            run.events.clear()


def _warm_up() -> None:
    """One real training step pays for what torch does only once, so that no visitor waits for it."""
    quick = PRESETS["quick"]
    run = Training("", job_to_json(Classification(quick.network, quick.config)), paused=False)
    for _ in range(WARM_UP_EVENTS):
        if run.wants_to_train:
            run.advance()
