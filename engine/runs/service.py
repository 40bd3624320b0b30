"""Starts, steers, watches and finds the runs of a server. Training itself happens in worker processes."""

import asyncio
import contextlib
import logging
import os
import secrets
import threading
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

from engine.catalogue.params import SpecError
from engine.kind import Action
from engine.kinds import change_job, check_job, job_from_json, job_to_json, kind_of, load_of
from engine.limits import limits
from engine.runs.cluster.dispatch import Dispatch
from engine.runs.cluster.fairness import check_count, check_memory
from engine.runs.cluster.machine import Machine
from engine.runs.cluster.sidecar_client import worker_count
from engine.runs.event_log import EventBuffer
from engine.runs.history import live_frames, live_history, mark_interrupted, read_replay, stored_history, watch_live
from engine.runs.info import RunInfo, check_value
from engine.runs.live import LiveRun, Watcher
from engine.runs.message import Message
from engine.runs.results import BUNDLED, bundled_weights, example, load_result
from engine.runs.store.checkpoints import Checkpoints
from engine.runs.store.marks import Mark, mark_from_json, mark_of, write_mark
from engine.runs.store.pruning import Pruner, Storage
from engine.runs.store.store import Store
from engine.runs.store.writer import StoreWriter
from engine.text import Text
from engine.training.events import FrameDrawn, Recovered

CHECKPOINTS = "PLAYGROUND_CHECKPOINTS"
NOT_YOURS = "Only the visitor who started a run can steer it."
NOTHING_YET = Text("The run that this one builds on has nothing to show yet.")
RESUMED = Text("The playground was closed while this run was training; it went on from there.")
MODEL_SECONDS = 1.0
LOOK_SECONDS, LOOKS = 0.3, 30
NEXT_SECONDS, NEXT_LOOK_SECONDS = 3.0, 0.01  # for which a run that begins is waited for, and between two looks
MOST_EXPECTING = 60  # at once: each looks a hundred times a second
NEW_SECONDS = 1.5  # for which a run is one that begins
log = logging.getLogger(__name__)


class RunService:
    """One per server. Its methods may be called from any thread; `watch` from any event loop."""

    def __init__(self, workers: int | None = None) -> None:
        self._live: dict[str, LiveRun] = {}
        self._starting = threading.Lock()
        self._expecting = 0  # on the event loop of the sockets
        self._store = Store()
        self._writer = StoreWriter(self._store, self._live)
        self.shelf = self._writer.shelf
        self._checkpoints = _checkpoints()
        self._pruner = Pruner(self._store, self._live, self._checkpoints, lambda: self._writer.is_idle)
        self._dispatch = Dispatch(workers or worker_count(), self._live, self._checkpoints, self._writer.wake)

    def begin(self) -> None:
        """Start the worker processes and return at once; runs started before they are ready wait for them."""
        self._dispatch.begin()
        threading.Thread(target=self._tidy, name="run service tidies", daemon=True).start()
        self._pruner.begin()

    def ready(self) -> bool:
        """Whether the hosts are warm, so that a run starts at once."""
        return self._dispatch.ready.is_set()

    def wait_ready(self, timeout: float) -> bool:
        return self._dispatch.ready.wait(timeout)

    def close(self) -> None:
        """End the worker processes and store what is left. Unfinished runs can be resumed later."""
        self._pruner.close()
        self._dispatch.close()
        self._writer.close()
        self._store.close()

    def start(self, job: Any, owner: str, paused: bool = False, address: str = "") -> str:
        """Check and queue a run; its id. `address` is the visitor's, empty on this machine. Raises SpecError."""
        job = job_from_json(job_to_json(job))
        kind_of(job).may(job, owner)
        check_job(job)
        run_id, parameters = secrets.token_urlsafe(16), kind_of(job).parameters(job)
        run = LiveRun(run_id, owner, job, parameters, paused, address, self._source(job))
        self._take_in(run)
        return run.id

    def resume(self, run_id: str, owner: str, address: str = "") -> None:
        """Continue a run whose server ended first, after its newest stored event. Does nothing for one that is live.
        Raises KeyError for an unknown run, PermissionError for another owner, SpecError where it cannot go on."""
        info = self._own(run_id, owner)
        if not info.is_resumable:
            return
        replay = read_replay(info, self._store)
        run = LiveRun(info.id, owner, info.job, info.parameters, False, address, self._source(info.job))
        run.created, run.events, run.replay = info.created, EventBuffer(info.seq + 1), replay
        run.stored_seq, run.mark = info.seq, mark_of(info)
        for _, name, value in replay.changes:
            run.changed_job = kind_of(run.job).apply_change(run.job_now, name, value)
        if replay.newest:
            run.say(Recovered(replay.step, RESUMED))
        self._take_in(run)

    def _take_in(self, run: LiveRun) -> None:
        """Give a run to the hosts. Raises SpecError where its owner's quota or their memory does not allow it."""
        load = load_of(run.job)
        run.memory, run.is_heavy = load.step_memory, load.step_seconds > limits().heavy_seconds
        with self._starting:
            live = [r for r in tuple(self._live.values()) if not r.is_over]
            if run.id in self._live:  # resumed in two windows
                return
            check_count(sum(r.owner == run.owner for r in live))
            beside = [r for r in live if r.is_heavy == run.is_heavy]
            own, taken = sum(r.memory for r in beside if r.owner == run.owner), sum(r.memory for r in beside)
            check_memory(run.memory, own, taken, self._dispatch.memory_limit(run.is_heavy), not run.address)
            self._live[run.id] = run
        self._writer.wake()
        self._dispatch.give(run)

    def control(self, run_id: str, owner: str, action: Action, value: object = None) -> None:
        """Do what the run's owner asks; done on return, unless a step takes seconds. Leaves a run alone that is over.

        `value` is the name of a live setting and its number for "set". Raises KeyError for an
        unknown run, PermissionError for another owner, SpecError for an unusable value.
        """
        info, run = self._own(run_id, owner), self._live.get(run_id)
        checked = check_value(run.job_now if run else info.job, action, value)
        if run and not run.is_over:
            if isinstance(checked, tuple):
                run.changed_job = change_job(run.job_now, *checked)
            self._dispatch.control(run, action, checked)

    def mark(self, run_id: str, owner: str, name: object, starred: object, tags: object = "") -> None:
        """Call a run of the owner's own `name`, or as its network where that is empty, give it `tags`, words with
        spaces between, and a star or take it. Raises KeyError, PermissionError and SpecError."""
        mark = mark_from_json(name, starred, tags)
        self._own(run_id, owner)
        self._put_mark(run_id, owner, mark)

    def remove(self, run_id: str, owner: str) -> None:
        """Delete a run of the owner's that is over: it is in no list and opened by no address any more, and soon gone
        for good. Raises KeyError, PermissionError and SpecError."""
        info = self._own(run_id, owner)
        if not info.is_over:
            raise SpecError(Text("This run still trains."), Text("Stop it first."))
        self._put_mark(run_id, owner, replace(mark_of(info), removed=time.time()))

    def restore(self, run_id: str, owner: str) -> None:
        """Undo `remove`. Raises KeyError where the run is gone for good, PermissionError and SpecError."""
        info = self._own(run_id, owner, even_removed=True)
        self._put_mark(run_id, owner, replace(mark_of(info), removed=0.0))

    def _put_mark(self, run_id: str, owner: str, mark: Mark) -> None:
        write_mark(self._store, owner, run_id, mark)
        run = self._live.get(run_id)
        if run:
            run.mark = mark

    def _own(self, run_id: str, owner: str, even_removed: bool = False) -> RunInfo:
        """A run of `owner`. Raises KeyError for an unknown run, PermissionError for another owner."""
        info = self._find(run_id) if even_removed else self.run(run_id)
        if info is None:
            raise KeyError(run_id)
        if info.owner != owner:
            raise PermissionError(NOT_YOURS)
        return info

    def job_now(self, run_id: str) -> Any:
        """The job of a run that goes on, with all that was changed meanwhile; None for another run."""
        run = self._live.get(run_id)
        return run.job_now if run else None

    def run(self, run_id: str) -> RunInfo | None:
        """None for an unknown run, and for one that was deleted."""
        info = self._find(run_id)
        return info if info and not info.removed else None

    def _find(self, run_id: str) -> RunInfo | None:
        live = self._live.get(run_id)
        if live:
            return live.info()
        recorded = example(run_id)
        if recorded:
            return recorded.info
        info = self._store.run(run_id)
        return mark_interrupted(info) if info else None

    def runs(
        self, owner: str | None = None, limit: int = 20, kind: str | None = None, *, starred: bool = False
    ) -> list[RunInfo]:
        """The newest first; of all owners when `owner` is None, of all kinds when `kind` is; `starred` leaves out
        those without a star."""

        def live() -> dict[str, RunInfo]:
            infos = (run.info() for run in tuple(self._live.values()) if owner in (None, run.owner))
            return {info.id: info for info in infos if kind in (None, info.kind) and (info.starred or not starred)}

        before = live()
        stored = {info.id: mark_interrupted(info) for info in self._store.runs(owner, limit, kind, starred=starred)}
        known = stored | before | live()  # a run that came or went while the store was read counts as it was live
        there = (info for info in known.values() if not info.removed)
        return sorted(there, key=lambda info: info.created, reverse=True)[:limit]

    def history(self, run_id: str, after: int = 0) -> Message:
        """All events after number `after`, as one message. Raises KeyError for an unknown run."""
        live = self._live.get(run_id)
        if live and not live.mark.removed:
            return live_history(live, self._store, after)
        recorded = example(run_id)
        if recorded:
            return recorded.history(after)
        info = self._store.run(run_id)
        if info is None or info.removed:
            raise KeyError(run_id)
        return stored_history(info, self._store, after)

    async def watch(self, run_id: str, after: int = 0) -> AsyncGenerator[Message, None]:
        """Yield messages with all events after number `after`, until the run is over. A slow reader gets more events in
        each message, never a queue. Waits for an interrupted run to be resumed. Raises KeyError for an unknown run."""
        waited = False
        while (run := self._live.get(run_id)) is None:
            message = await asyncio.to_thread(self.history, run_id, after)
            is_cut_off = "interrupted" in message
            if message["seq"] > message["after"] or (is_cut_off and not waited):
                yield message
            if not is_cut_off:
                return
            after, waited = message["seq"], True
            await self._until_live(run_id)
        watcher = Watcher(looks=True)
        run.watchers.add(watcher)
        self._dispatch.watchers_changed()
        try:
            async with contextlib.aclosing(watch_live(run, self._store, after, watcher)) as messages:
                async for message in messages:
                    yield message
        finally:
            run.watchers.discard(watcher)
            self._dispatch.watchers_changed()

    async def next_run(self, owner: str, kind: str, beside: str) -> str | None:
        """The id of the run of `kind` that `owner` starts now, or started a moment ago, other than `beside`; None where
        none comes for a while, or too many wait."""
        if self._expecting >= MOST_EXPECTING:
            return None
        self._expecting += 1
        try:
            until = time.monotonic() + NEXT_SECONDS
            while time.monotonic() < until:
                mine = (run for run in tuple(self._live.values()) if run.owner == owner and run.id != beside)
                new = [run for run in mine if run.created > time.time() - NEW_SECONDS and kind_of(run.job).name == kind]
                if new:
                    return max(new, key=lambda run: run.created).id
                await asyncio.sleep(NEXT_LOOK_SECONDS)
            return None
        finally:
            self._expecting -= 1

    async def _until_live(self, run_id: str) -> None:
        """Wait until someone resumes an interrupted run, or it is time to look in the store again."""
        for _ in range(LOOKS):
            if run_id in self._live:
                return
            await asyncio.sleep(LOOK_SECONDS)

    def frame(self, run_id: str, number: int) -> FrameDrawn | None:
        """Frame `number` of a run's film with its content; it is there before its event is sent."""
        live = self._live.get(run_id)
        drawn = live.frames.get(number) if live else None
        if drawn:
            return drawn
        recorded = example(run_id)
        return recorded.frames.get(number) if recorded else self._store.frame(run_id, number)

    def frames(self, run_id: str) -> list[tuple[int, int, float]]:
        """Number, step and seconds of every frame of a run's film so far, in order."""
        live, recorded = self._live.get(run_id), example(run_id)
        if live:
            return live_frames(live, self._store)
        return recorded.film() if recorded else self._store.frames(run_id)

    def learned(self, run_id: str) -> Any:
        """The networks of a run with their weights as of now, in evaluation mode: an `nn.Sequential` for a classifier,
        GanModels for a GAN. None when it has none (yet or any more), or where such runs leave none.

        Of a run that trains they are at most a second old. Raises SpecError when they are no longer finite.
        """
        run = self._live.get(run_id)
        if run is None or run.is_settled:
            recorded = example(run_id)
            if recorded:
                return recorded.trained()
            info = self.run(run_id)
            return load_result(run_id, info.kind) if info and info.finished else None
        result = kind_of(run.job).result
        with run.model_lock:
            fresh = run.model_seq == run.events.seq or time.monotonic() - run.model_time < MODEL_SECONDS
            if result and not (run.model and fresh):
                seq = run.events.seq
                content = self._dispatch.weights(run)
                if content:
                    run.model = result.from_bytes(run.job, content)
                    run.model_seq, run.model_time = seq, time.monotonic()
            return run.model

    def machine(self) -> Machine:
        """A snapshot of the hosts."""
        return self._dispatch.machine()

    def trouble(self) -> Text | None:
        """Why runs are not stored at the moment and how to mend it; None when all is well."""
        return self._writer.trouble

    def storage(self) -> Storage:
        """For how long runs are kept, in how much space, and how much they take."""
        return self._pruner.storage()

    def _tidy(self) -> None:
        """Bring what an older playground stored up to date, and drop checkpoints that no run will go on from."""
        self._store.fill_facts()
        with contextlib.suppress(OSError):
            for run_id in self._checkpoints.known() if self._checkpoints else ():
                info = self.run(run_id)
                is_done = info is None or (info.is_over and not info.is_resumable)
                if self._checkpoints and not self._store.trouble and is_done:
                    self._checkpoints.drop(run_id)

    def _source(self, job: Any) -> bytes | None:
        """The weights of the run that `job` builds on, where it does. Raises SpecError."""
        needed = kind_of(job).needs(job)
        if needed is None:
            return None
        if needed in BUNDLED:
            return bundled_weights(needed)
        info = self.run(needed)
        learned = self.learned(info.id) if info else None
        result = kind_of(info.job).result if info else None
        if learned is None or result is None:
            raise SpecError(NOTHING_YET, Text("Choose one that has trained."))
        return result.to_bytes(learned)


def _checkpoints() -> Checkpoints | None:
    """Open the place that `PLAYGROUND_CHECKPOINTS` names, by default in the data folder; None where it is unusable."""
    try:
        return Checkpoints(os.environ.get(CHECKPOINTS) or None)
    except OSError as error:
        log.warning("Runs cannot go on after the loss of a process: %s", error)
        return None
