"""One run inside a host: its stream, how far it may go at the moment, its new events, and what it has cost."""

import logging
import time
from collections import Counter, deque
from dataclasses import replace
from typing import Any, Literal

from engine.catalogue.params import SpecError
from engine.kind import PACE, SET, SLOW_MOTION, Action
from engine.kinds import check_job, job_from_json, kind_of, sort_of
from engine.limits import limits
from engine.runs.event_log import ReplayLog
from engine.runs.info import UNFINISHED, Status, Value
from engine.runs.worker.reports import RunStats, Throughput, describe_failure
from engine.training.events import Event, FrameDrawn, OrderDone, SettingChanged, StatusChanged, name_of
from engine.training.saving import state_bytes, state_from_bytes
from engine.training.streams import BuiltJob, State

log = logging.getLogger(__name__)
Goal = Literal["nothing", "sight", "step", "event", "end"]
PLAIN_STEP: Action = "step"
END_OF_STEP: Action = ""  # in the place of an order: the current step, which no order asked for
AT, COUNTS = "at_step", "counts"
CHECKPOINT_BUSY_SECONDS = 0.2
CHECKPOINT_SECONDS = 1.0
CHECKPOINT_SHARE = 0.02  # of a run's time at most
SURELY_HEAVY = 3  # long steps


class Training:
    """Advances one event at a time, up to its goal. Not for use by two threads at once.

    `source` has the weights of the run that this one builds on. A run that goes on from a `checkpoint` has a replay
    log: it does the steps since that checkpoint again, with the same changes at the same steps, and repeats their
    events silently.
    """

    def __init__(
        self,
        run_id: str,
        job_json: Any,
        paused: bool,
        source: bytes | None = None,
        replay: ReplayLog | None = None,
        status: Status = "starting",
        checkpoint: bytes | None = None,
    ) -> None:
        self.run_id = run_id
        self.status = status
        self.events: list[Event] = []
        self.goal: Goal = "nothing"
        self.orders: deque[Action] = deque()  # single steps asked for
        self.until: type[Event] | None = None  # the event up to which the run is to go on
        self.is_in_step = self.is_at_step = False
        self.step = self.checkpoint_step = 0
        self.replay = replay or ReplayLog()
        self.changes = deque(self.replay.changes)
        self.later: list[tuple[Action, Value]] = []  # asked while it is repeating
        self.frames = self.replay.frames
        self.counts: Counter[str] = Counter()  # of its events, by name
        self.seconds = self.step_seconds = 0.0  # busy so far; processor time of its newest step
        self.long_steps = 0
        self.last_turn = time.monotonic()
        self.pace = self.rests_until = 0.0  # steps a second at most, 0 for full speed; a time on the clock
        self._step_so_far = 0.0  # processor time since its newest step
        self._due_seconds, self._due = CHECKPOINT_BUSY_SECONDS, time.monotonic() + CHECKPOINT_SECONDS
        self.throughput: Throughput | None = None
        self.built: BuiltJob | None = None
        try:
            state = self._usable(checkpoint)
            job = job_from_json(job_json)
            check_job(job)
            self.kind = kind_of(job)
            self.built = self.kind.begin(job, source, state)
            if self.built.steps:
                self.throughput = Throughput(self.built.steps, self.built.samples)
            if state:
                self.step = self.checkpoint_step = int(state.facts[AT])
                self.counts.update(state.facts[COUNTS])
        except Exception as error:
            self._fail(error)
            return
        sight: Goal = "sight" if self.replay.step == 0 else "nothing"
        self._aim(sight if paused else "end", "paused" if paused else "running")
        if replay:
            self._repeat()

    @property
    def wants_to_train(self) -> bool:
        return self.goal != "nothing" or self.is_repeating

    @property
    def is_resting(self) -> bool:
        """Whether its pace lets it do nothing yet."""
        return self.rests_until > time.monotonic()

    @property
    def is_repeating(self) -> bool:
        """Whether it still repeats steps that were sent before."""
        return self.step < self.replay.step and self.status in UNFINISHED

    def control(self, action: Action, value: Value) -> None:
        """Apply an order of the visitor. Ignored when the run is over, or about to be after "stop"."""
        if self.built is None or self.status not in UNFINISHED or self.built.controls.stop:
            return
        if self.is_repeating:
            if action not in ("pause", "resume"):
                self.later.append((action, value))
                return
            self.later = [order for order in self.later if order[0] in ("stop", SET)]
        controls = self.built.controls
        self.rests_until = 0.0
        if action == "pause":
            self._aim("nothing", "paused")
        elif action == "resume":
            self._aim("end", "running")
        elif action == "stop":
            controls.stop = True
            self._aim("end", "running")
        elif action == SET and isinstance(value, tuple) and value[0] == PACE:
            self.pace = value[1]
            self._pass_on_order()
            self.events.append(SettingChanged(self.step, *value))
        elif action == SET and isinstance(value, tuple):
            controls.changes[value[0]] = value[1]
        elif action in self.kind.until:
            self.until = self.kind.until[action]
            self._aim("event", "running")
        elif action in self.kind.by_hand:
            # The status stays what it is: a single step is over before it could be shown.
            self.goal = "step"
            if self.is_in_step and not self.orders:
                self.orders.append(END_OF_STEP)
            self.orders.append(action)
            self._pass_on_order()

    @property
    def stats(self) -> RunStats:
        return RunStats(self.step_seconds, time.monotonic() - self.last_turn, self.long_steps >= SURELY_HEAVY)

    @property
    def is_checkpoint_due(self) -> bool:
        """True between two steps, now and then; the longer a checkpoint takes, the less often."""
        return self.is_at_step and self.seconds >= self._due_seconds and time.monotonic() >= self._due

    def put_off_checkpoint(self, cost: float) -> None:
        """Plan the next one, after one that took `cost` seconds."""
        self._due_seconds = self.seconds + max(CHECKPOINT_BUSY_SECONDS, cost / CHECKPOINT_SHARE)
        self._due = time.monotonic() + CHECKPOINT_SECONDS

    def advance(self) -> None:
        """Let the stream work until it yields an event or None, take that in, and measure what it cost."""
        began, worked = time.perf_counter(), time.thread_time()
        self._advance()
        seconds, worked = time.perf_counter() - began, time.thread_time() - worked
        self.seconds += seconds
        self._step_so_far += worked
        if self.is_at_step:
            self.step_seconds, self._step_so_far = self._step_so_far, 0.0
        if worked > limits().heavy_seconds:
            self.long_steps += 1

    def _advance(self) -> None:
        assert self.built
        self.is_at_step = False
        try:
            event = next(self.built.stream)
        except Exception as error:
            self._fail(error)
            return
        self.is_in_step = self.built.controls.in_step
        if event is not None:
            self._take(event)

    def checkpoint(self) -> bytes | None:
        """All that the run needs to go on elsewhere from the step just done; None where it is not between two steps."""
        state = self.built.stream.state() if self.built and self.status in UNFINISHED else None
        if state is None:
            return None
        self.checkpoint_step = self.step
        return state_bytes(replace(state, facts={**state.facts, AT: self.step, COUNTS: dict(self.counts)}))

    def _usable(self, checkpoint: bytes | None) -> State | None:
        """The state in it; None where it is broken, or ahead of the replay log: the run is then repeated as a whole."""
        if checkpoint is None:
            return None
        try:
            state = state_from_bytes(checkpoint)
        except SpecError as error:
            log.warning("A run begins anew: %s", error)
            return None
        is_known = COUNTS in state.facts and int(state.facts.get(AT, self.replay.step + 1)) <= self.replay.step
        return state if is_known else None

    def leave(self) -> None:
        """Train no more, free the networks, and report nothing of it."""
        self.goal, self.status, self.built = "nothing", "stopped", None

    def _take(self, event: Event) -> None:
        name, sort = name_of(type(event)), sort_of(event)
        is_known = self.replay.has(event, self.counts[name])
        self.counts[name] += 1
        if sort == "step" and not is_known:
            self._note_order(event.step)
        if not is_known:
            self.events.append(self._numbered(event))
        match sort:
            case "step":
                self._step_done(event.step, is_known)
            case "milestone":
                self.is_at_step = True
            case "result":
                self._aim("nothing", "stopped" if event.stopped else "finished")
            case "failure":
                self._aim("nothing", "diverged")
            case _ if self.goal == "sight" and sort != "opening":  # what can be seen before the first step is there
                self._aim("nothing", "paused")
            case _ if self.goal == "event" and type(event) is self.until and not is_known:
                self._aim("nothing", "paused")

    def _numbered(self, event: Event) -> Event:
        """Number a frame; numbers go on over all processes that trained the run."""
        if isinstance(event, FrameDrawn):
            self.frames += 1
            return replace(event, frame=self.frames)
        return replace(event, frames=self.frames) if hasattr(event, "frames") else event

    def _note_order(self, step: int) -> None:
        """Report how a step was done by hand, so that it can be repeated."""
        if self.goal == "step" and self.orders[0] not in (END_OF_STEP, PLAIN_STEP):
            self.events.append(OrderDone(step, self.orders[0]))

    def _step_done(self, step: int, is_known: bool) -> None:
        assert self.built
        self.step, self.is_at_step = step, True
        if is_known:
            self._repeat()
            return
        if self.status == "running" and self.throughput:
            progress = self.throughput.report(time.monotonic(), step)
            if progress:
                self.events.append(progress)
        if self.goal == "step":
            self.orders.popleft()
            self._pass_on_order()
            if not self.orders:
                self._aim("nothing", "paused")
        elif self.pace:
            self._rest()

    def _rest(self) -> None:
        """Put the next step off as the pace asks; a late step does not put off those after it."""
        now = time.monotonic()
        self.rests_until = max(now, (self.rests_until or now) + 1 / self.pace)

    def _repeat(self) -> None:
        """Apply the changes that the visitor made at this step before, and take the next step by the same order."""
        assert self.built
        controls = self.built.controls
        while self.changes and self.changes[0][0] <= self.step:
            step, name, value = self.changes.popleft()
            if name == PACE:
                self.pace = value
            elif step == self.step:
                controls.changes[name] = value
        if self.is_repeating:
            controls.order = self.replay.orders.get(self.step + 1, "")
            return
        self._pass_on_order()
        self._restart_throughput()
        later, self.later = self.later, []
        for order in later:
            self.control(*order)

    def _pass_on_order(self) -> None:
        """Tell the stream by which order it takes its next step."""
        assert self.built
        if not self.is_repeating:
            slowly = self.kind.slowly if 0 < self.pace <= SLOW_MOTION else ""
            self.built.controls.order = self.orders[0] if self.orders else slowly

    def _aim(self, goal: Goal, status: Status) -> None:
        self.goal = goal
        if self.orders:
            self.orders.clear()
            self._pass_on_order()
        if status == "running" and self.status != "running":
            self._restart_throughput()
        if status != self.status:
            self.status = status
            self.events.append(StatusChanged(status))

    def _restart_throughput(self) -> None:
        if self.throughput:
            self.throughput.restart(time.monotonic(), self.step)

    def _fail(self, error: Exception) -> None:
        log.warning("A run failed.", exc_info=error)
        self.events.append(describe_failure(error))
        self._aim("nothing", "failed")
