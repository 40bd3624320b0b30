"""One run inside a host: its stream, how far it may go at the moment, and what it has reported so far."""

import logging
import time
from collections import Counter, deque
from dataclasses import replace
from typing import Any, Literal

from engine.catalogue.params import SpecError
from engine.gan.duel import Who
from engine.gan.events import FrameDrawn, GanFinished, GanStarted, RoundShown
from engine.gan.train import GanControls
from engine.kinds import Action
from engine.plane.events import PlaneFinished, PlaneStarted
from engine.runs.info import UNFINISHED, Status, Value
from engine.runs.replay import BOTH, LR, Past
from engine.runs.worker.work import Work, begin
from engine.study.events import StudyScored
from engine.training.checkpoint import state_bytes, state_from_bytes
from engine.training.events import RESULTS, STEPS, Diverged, EpochDone, Event, Failed, StatusChanged
from engine.training.streams import State
from engine.training.train import Controls

log = logging.getLogger(__name__)
Goal = Literal["nothing", "sight", "step", "epoch", "end"]
TRAINED: dict[Action, Who] = {"step_d": "discriminator", "step_g": "generator"}
AT, SCORED = "at_step", "scored"
WHO: tuple[Who, ...] = ("both", "discriminator", "generator", "both")  # by GanStep.trained


class Training:
    """Advances one event at a time, up to its goal. Not for use by two threads at once.

    A run that goes on from a checkpoint has a `past`: what was told since that checkpoint is done again, with the same
    changes at the same steps, and not told again.
    """

    def __init__(
        self,
        run_id: str,
        job: Any,
        paused: bool,
        material: bytes | None = None,
        past: Past | None = None,
        status: Status = "starting",
        checkpoint: bytes | None = None,
    ) -> None:
        self.run_id = run_id
        self.status = status
        self.events: list[Event] = []
        self.goal: Goal = "nothing"
        self.orders: deque[Action | None] = deque()  # single steps asked for; None is the end of the round at hand
        self.is_in_round = self.is_at_step = False
        self.step = self.checkpoint_step = 0
        self.past = past or Past()
        self.changes = deque(self.past.changes)
        self.later: list[tuple[Action, Value]] = []  # asked while it is behind
        self.frames = self.past.frames
        self.met: Counter[type[Event]] = Counter()
        self.sides = _steps_of_sides(job)
        self.work: Work | None = None
        try:
            state = self._usable(checkpoint)
            self.work = begin(job, material, state)
            if state:
                self.step = self.checkpoint_step = int(state.facts[AT])
                self.met[StudyScored] = int(state.facts[SCORED])
        except Exception as error:
            self._fail(error)
            return
        sight: Goal = "sight" if self.past.step == 0 else "nothing"
        self._aim(sight if paused else "end", "paused" if paused else "running")
        if past:
            self._do_as_before()

    @property
    def wants_to_train(self) -> bool:
        return self.goal != "nothing" or self.is_behind

    @property
    def is_behind(self) -> bool:
        """Still repeating what was told before."""
        return self.step < self.past.step and self.status in UNFINISHED

    def control(self, action: Action, value: Value) -> None:
        """Do what the visitor asked. A run that is over, or on its way there after "stop", takes no more orders."""
        if self.work is None or self.status not in UNFINISHED or self.work.controls.stop:
            return
        if self.is_behind:
            if action not in ("pause", "resume"):
                self.later.append((action, value))
                return
            self.later = [order for order in self.later if order[0] in ("stop", "lr", "set")]
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
        self.is_at_step = False
        try:
            event = next(self.work.stream)
        except Exception as error:
            self._fail(error)
            return
        controls = self.work.controls
        self.is_in_round = isinstance(controls, GanControls) and controls.in_round
        if event is not None:
            self._take(event)

    def checkpoint(self) -> bytes | None:
        """All it needs to go on elsewhere from the step just done; None where that cannot be told now."""
        state = self.work.stream.state() if self.work and self.status in UNFINISHED else None
        if state is None:
            return None
        self.checkpoint_step = self.step
        return state_bytes(replace(state, facts={**state.facts, AT: self.step, SCORED: self.met[StudyScored]}))

    def _usable(self, checkpoint: bytes | None) -> State | None:
        """The state in it; None where it is broken, or ahead of what was told: the run is then repeated as a whole."""
        if checkpoint is None:
            return None
        try:
            state = state_from_bytes(checkpoint)
        except SpecError as error:
            log.warning("A run begins anew: %s", error)
            return None
        return state if int(state.facts.get(AT, self.past.step + 1)) <= self.past.step else None

    def leave(self) -> None:
        """Train no more; nothing is said of it."""
        self.goal, self.status = "nothing", "stopped"

    def _take(self, event: Event) -> None:
        is_told = self.past.has(event, self.met[type(event)])
        self.met[type(event)] += 1
        if not is_told:
            self.events.append(self._numbered(event))
        if isinstance(event, RoundShown):  # its round is over with the next event; nobody comes between the two
            self.advance()
        elif isinstance(event, STEPS):
            self._step_done(event.step, is_told)
        elif isinstance(event, StudyScored):
            self.is_at_step = True
        elif isinstance(event, RESULTS):
            self._aim("nothing", "stopped" if event.stopped else "finished")
        elif isinstance(event, Diverged):
            self._aim("nothing", "diverged")
        elif self._is_first_sight(event) or (self.goal == "epoch" and isinstance(event, EpochDone) and not is_told):
            self._aim("nothing", "paused")

    def _numbered(self, event: Event) -> Event:
        """Frames are counted over all processes that trained the run."""
        match event:
            case FrameDrawn():
                self.frames += 1
                return replace(event, frame=self.frames)
            case GanFinished() | PlaneFinished():
                return replace(event, frames=self.frames)
        return event

    def _step_done(self, step: int, is_told: bool) -> None:
        assert self.work
        self.step, self.is_at_step = step, True
        if is_told:
            self._do_as_before()
            return
        if self.status == "running" and self.work.pace:
            progress = self.work.pace.report(time.monotonic(), step)
            if progress:
                self.events.append(progress)
        if self.goal == "step":
            self.orders.popleft()
            self._say_who_is_trained()
            if not self.orders:
                self._aim("nothing", "paused")

    def _do_as_before(self) -> None:
        """Make the changes that the visitor had made at this step, and let the same side of a GAN train next."""
        assert self.work
        controls = self.work.controls
        while self.changes and self.changes[0][0] <= self.step:
            step, name, value = self.changes.popleft()
            self.sides |= {name: value} if name in self.sides else {}
            if step < self.step:
                continue
            if isinstance(controls, GanControls):
                controls.changes[name] = value
            elif name == LR:
                controls.lr = value
        if not self.is_behind:
            self._say_who_is_trained()
            self._restart_pace()
            later, self.later = self.later, []
            for order in later:
                self.control(*order)
        elif isinstance(controls, GanControls):
            trained = self.past.by_hand.get(self.step + 1, BOTH)
            controls.only = WHO[trained] if all(self.sides.values()) else "both"  # else one side rests in every round

    def _is_first_sight(self, event: Event) -> bool:
        """Whether a run that was begun paused now shows what there is before its first step."""
        return self.goal == "sight" and not isinstance(event, GanStarted | PlaneStarted)

    def _say_who_is_trained(self) -> None:
        assert self.work
        if self.is_behind:
            return
        if isinstance(self.work.controls, GanControls):
            order = self.orders[0] if self.orders else None
            self.work.controls.only = TRAINED.get(order, "both") if order else "both"
            self.work.controls.slow = order == "slow"

    def _aim(self, goal: Goal, status: Status) -> None:
        self.goal = goal
        if self.orders:
            self.orders.clear()
            self._say_who_is_trained()
        if status == "running" and self.status != "running":
            self._restart_pace()
        if status != self.status:
            self.status = status
            self.events.append(StatusChanged(status))

    def _restart_pace(self) -> None:
        if self.work and self.work.pace:
            self.work.pace.restart(time.monotonic(), self.step)

    def _fail(self, error: Exception) -> None:
        log.warning("A run failed.", exc_info=error)
        self.events.append(_failed(error))
        self._aim("nothing", "failed")


def _steps_of_sides(job: Any) -> dict[str, float]:
    """How often each side of a GAN is trained in a round; empty for what has no sides."""
    settings = job.get("config", job) if isinstance(job, dict) else {}
    return {name: settings[name] for name in ("discriminator_steps", "generator_steps") if name in settings}


def _failed(error: Exception) -> Failed:
    """The error in words for people."""
    if isinstance(error, SpecError):
        return Failed(error.what, error.cure)
    text = str(error)
    if isinstance(error, MemoryError) or "memory" in text:
        return Failed("There was not enough memory to train this network.", "Use a smaller batch or fewer channels.")
    first_line = text.splitlines()[0][:200] if text else type(error).__name__
    return Failed(f"Training ended with an error: {first_line}", "Change the network or its settings and train again.")
