"""One run inside a host: its stream, how far it may go at the moment, and what it has reported so far."""

import logging
import time
from typing import Any, Literal

from torch import nn

from engine.build import best_device, build
from engine.config import config_from_json
from engine.data.mnist import load_mnist
from engine.events import Diverged, EpochDone, Event, Failed, Finished, StatusChanged, StepDone
from engine.network import network_from_json, plan
from engine.params import SpecError
from engine.runs.info import UNFINISHED, Action, Status
from engine.runs.pace import Pace
from engine.train import Controls, train

log = logging.getLogger(__name__)
Goal = Literal["nothing", "event", "step", "epoch", "end"]


class Training:
    """Advances one event at a time, up to its goal. Not for use by two threads at once."""

    def __init__(self, run_id: str, network: Any, config: Any, paused: bool) -> None:
        self.run_id = run_id
        self.status: Status = "starting"
        self.events: list[Event] = []
        self.goal: Goal = "nothing"
        self.steps_wanted = 0
        self.step = self.epoch = 0
        self.controls = Controls()
        self.model: nn.Sequential | None = None
        try:
            settings = config_from_json(config)
            self.model = build(plan(network_from_json(network)), settings.seed).to(best_device())
            self._stream = train(self.model, settings, load_mnist(), self.controls)
            self._pace = Pace(settings)
        except Exception as error:
            self._fail(error)
            return
        self._aim("event" if paused else "end", "paused" if paused else "running")

    @property
    def wants_to_train(self) -> bool:
        return self.goal != "nothing"

    def control(self, action: Action, value: float | None) -> None:
        """Do what the visitor asked. A run that is over, or on its way there after "stop", takes no more orders."""
        if self.status not in UNFINISHED or self.controls.stop:
            return
        match action:
            case "pause":
                self._aim("nothing", "paused")
            case "resume":
                self._aim("end", "running")
            case "step":
                # The status stays what it is: a single step is over before it could be shown.
                self.steps_wanted = self.steps_wanted + 1 if self.goal == "step" else 1
                self.goal = "step"
            case "epoch":
                self._aim("epoch", "running")
            case "stop":
                self.controls.stop = True
                self._aim("end", "running")
            case "lr":
                self.controls.lr = value

    def advance(self) -> None:
        """Let the stream work until its next event (or sign of life), and note what it says."""
        try:
            event = next(self._stream)
        except Exception as error:
            self._fail(error)
            return
        if event is None:
            return
        self.events.append(event)
        match event:
            case StepDone():
                self.step, self.epoch = event.step, event.epoch
                self.steps_wanted -= 1
                self._report_pace()
            case Finished():
                self._aim("nothing", "stopped" if event.stopped else "finished")
            case Diverged():
                self._aim("nothing", "diverged")
        if self._has_arrived(event):
            self._aim("nothing", "paused")

    def _has_arrived(self, event: Event) -> bool:
        match self.goal:
            case "event":
                return True
            case "step":
                return isinstance(event, StepDone) and self.steps_wanted <= 0
            case "epoch":
                return isinstance(event, EpochDone)
        return False

    def _aim(self, goal: Goal, status: Status) -> None:
        self.goal = goal
        if status == "running" and self.status != "running":
            self._pace.restart(time.monotonic(), self.step)
        if status != self.status:
            self.status = status
            self.events.append(StatusChanged(status))

    def _report_pace(self) -> None:
        progress = self._pace.report(time.monotonic(), self.step, self.epoch)
        if progress and self.status == "running":
            self.events.append(progress)

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
