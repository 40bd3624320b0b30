"""One run inside a host: its stream, how far it may go at the moment, and what it has reported so far."""

import logging
import time
from collections import deque
from typing import Any, Literal

from engine.events import RESULTS, STEPS, Diverged, EpochDone, Event, Failed, StatusChanged
from engine.gan import GanControls
from engine.gan_duel import Who
from engine.gan_events import GanStarted, RoundShown
from engine.jobs import Action
from engine.params import SpecError
from engine.plane_events import PlaneStarted
from engine.runs.info import UNFINISHED, Status, Value
from engine.runs.work import Work, begin
from engine.train import Controls

log = logging.getLogger(__name__)
Goal = Literal["nothing", "sight", "step", "epoch", "end"]
TRAINED: dict[Action, Who] = {"step_d": "discriminator", "step_g": "generator"}


class Training:
    """Advances one event at a time, up to its goal. Not for use by two threads at once."""

    def __init__(self, run_id: str, job: Any, paused: bool, material: bytes | None = None) -> None:
        self.run_id = run_id
        self.status: Status = "starting"
        self.events: list[Event] = []
        self.goal: Goal = "nothing"
        self.orders: deque[Action | None] = deque()  # single steps asked for; None is the end of the round at hand
        self.is_in_round = False
        self.step = 0
        self.work: Work | None = None
        try:
            self.work = begin(job, material)
        except Exception as error:
            self._fail(error)
            return
        self._aim("sight" if paused else "end", "paused" if paused else "running")

    @property
    def wants_to_train(self) -> bool:
        return self.goal != "nothing"

    def control(self, action: Action, value: Value) -> None:
        """Do what the visitor asked. A run that is over, or on its way there after "stop", takes no more orders."""
        if self.work is None or self.status not in UNFINISHED or self.work.controls.stop:
            return
        controls = self.work.controls
        match action:
            case "pause":
                self._aim("nothing", "paused")
            case "resume":
                self._aim("end", "running")
            case "epoch":
                self._aim("epoch", "running")
            case "stop":
                controls.stop = True
                self._aim("end", "running")
            case "lr" if isinstance(controls, Controls) and isinstance(value, float):
                controls.lr = value
            case "set" if isinstance(controls, GanControls) and isinstance(value, tuple):
                controls.changes[value[0]] = value[1]
            case "step" | "step_d" | "step_g" | "slow":
                # The status stays what it is: a single step is over before it could be shown.
                self.goal = "step"
                if self.is_in_round and not self.orders:
                    self.orders.append(None)
                self.orders.append(action)
                self._say_who_is_trained()

    def advance(self) -> None:
        """Let the stream work until its next event (or sign of life), and note what it says."""
        assert self.work
        try:
            event = next(self.work.stream)
        except Exception as error:
            self._fail(error)
            return
        controls = self.work.controls
        self.is_in_round = isinstance(controls, GanControls) and controls.in_round
        if event is None:
            return
        self.events.append(event)
        if isinstance(event, RoundShown):  # its round is over with the next event; nobody comes between the two
            self.advance()
            return
        if isinstance(event, STEPS):
            self._step_done(event.step)
        elif isinstance(event, RESULTS):
            self._aim("nothing", "stopped" if event.stopped else "finished")
        elif isinstance(event, Diverged):
            self._aim("nothing", "diverged")
        elif self._is_first_sight(event) or (self.goal == "epoch" and isinstance(event, EpochDone)):
            self._aim("nothing", "paused")

    def _step_done(self, step: int) -> None:
        assert self.work
        self.step = step
        if self.status == "running" and self.work.pace:
            progress = self.work.pace.report(time.monotonic(), step)
            if progress:
                self.events.append(progress)
        if self.goal == "step":
            self.orders.popleft()
            self._say_who_is_trained()
            if not self.orders:
                self._aim("nothing", "paused")

    def _is_first_sight(self, event: Event) -> bool:
        """Whether a run that was begun paused now shows what there is before its first step."""
        return self.goal == "sight" and not isinstance(event, GanStarted | PlaneStarted)

    def _say_who_is_trained(self) -> None:
        assert self.work
        if isinstance(self.work.controls, GanControls):
            order = self.orders[0] if self.orders else None
            self.work.controls.only = TRAINED.get(order, "both") if order else "both"
            self.work.controls.slow = order == "slow"

    def _aim(self, goal: Goal, status: Status) -> None:
        self.goal = goal
        if self.orders:
            self.orders.clear()
            self._say_who_is_trained()
        if status == "running" and self.status != "running" and self.work and self.work.pace:
            self.work.pace.restart(time.monotonic(), self.step)
        if status != self.status:
            self.status = status
            self.events.append(StatusChanged(status))

    def _fail(self, error: Exception) -> None:
        log.warning("A run failed.", exc_info=error)
        self.events.append(_failed(error))
        self._aim("nothing", "failed")


def _failed(error: Exception) -> Failed:
    """The error in words for people."""
    if isinstance(error, SpecError):
        return Failed(error.what, error.cure)
    text = str(error)
    if isinstance(error, MemoryError) or "memory" in text:
        return Failed("There was not enough memory to train this network.", "Use a smaller batch or fewer channels.")
    first_line = text.splitlines()[0][:200] if text else type(error).__name__
    return Failed(f"Training ended with an error: {first_line}", "Change the network or its settings and train again.")
