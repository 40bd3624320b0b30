"""Brings what live runs report, and what visitors build, to the store: in batches, from one thread, and lets go of what
is over and stored."""

import logging
import threading
from dataclasses import dataclass, field, replace

from engine.runs.buffer import KEEP_EVENTS, EventBatch
from engine.runs.info import RunInfo
from engine.runs.live import LiveRun
from engine.runs.store.rows import Frame
from engine.runs.store.shelf import Shelf
from engine.runs.store.store import Store
from engine.training.events import Event, FrameDrawn

log = logging.getLogger(__name__)

BATCH_SECONDS = 0.25
RETRY_SECONDS = 2.0
MOST_AT_ONCE = 10_000  # events in one transaction
MOST_IN_BATCH = 2_000
MOST_UNSTORED = 500_000  # events, about 100 MB
MOST_UNSTORED_FRAMES = 2_000
MOST_UNSTORED_RUNS = 100  # of those that are over


@dataclass(slots=True)
class Load:
    """What one transaction takes to the store."""

    created: list[RunInfo] = field(default_factory=list)
    changed: list[RunInfo] = field(default_factory=list)
    batches: list[EventBatch] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    stored: list[tuple[LiveRun, int]] = field(default_factory=list)  # up to which event
    over: list[LiveRun] = field(default_factory=list)  # whole in the store after it
    is_all: bool = True


class Keeper:
    """Events stay with their run until they are stored: a store in trouble loses nothing while the server lives, unless
    that takes so long that the oldest must go."""

    def __init__(self, store: Store, live: dict[str, LiveRun]) -> None:
        self._store, self._live = store, live
        self.shelf = Shelf(store, self.wake)
        self._begun_anew = 0
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="run keeper", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why nothing is stored at the moment and what to do, for people; empty when all is well."""
        return self._store.trouble

    def wake(self) -> None:
        """There is something to store."""
        self._wake.set()

    def close(self) -> None:
        """Store what is left, once."""
        self._closing.set()
        self._wake.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wake.wait()
            self._wake.clear()
            if self._keep():
                self._closing.wait(BATCH_SECONDS)
            else:
                self._closing.wait(RETRY_SECONDS)
                self._wake.set()
        self._keep()

    def _keep(self) -> bool:
        """Store all that is new. False when the store did not take it."""
        try:
            while True:
                load = self._load()
                if not self._stored(load):
                    self._bound()
                    return False
                if load.is_all:
                    return self.shelf.write()
        except Exception:
            log.exception("What runs reported could not be stored.")
            return False

    def _load(self) -> Load:
        load, room = Load(), MOST_AT_ONCE
        if self._begun_anew != self._store.begun_anew:  # it knows none of them any more
            self._begun_anew = self._store.begun_anew
            for run in tuple(self._live.values()):
                run.is_listed = False
        for run in tuple(self._live.values()):
            is_over = run.is_settled  # asked before its events are read: then they are complete
            first, events = run.events.since(run.stored_seq)
            info = run.info()
            part = events[:room]
            room -= len(part)
            if len(part) < len(events):
                load.is_all = is_over = False
                info = replace(info, status="running", finished=None)
            self._add(load, run, replace(info, seq=first + len(part) - 1), part, is_over)
        return load

    def _add(self, load: Load, run: LiveRun, info: RunInfo, events: list[Event], is_over: bool) -> None:
        """`events` are the next of `run` to be stored, and `info` what it is after them."""
        if not run.is_listed:
            load.created.append(info)
        elif events or is_over:
            load.changed.append(info)
        first = info.seq - len(events) + 1
        for start in range(0, len(events), MOST_IN_BATCH):
            part = events[start : start + MOST_IN_BATCH]
            load.batches.append(EventBatch(run.id, first + start, tuple(part)))
        contents = (run.frames.get(event.frame) for event in events if isinstance(event, FrameDrawn))
        load.frames += [Frame(run.id, drawn) for drawn in contents if drawn]
        load.stored.append((run, info.seq))
        if is_over:
            load.over.append(run)

    def _stored(self, load: Load) -> bool:
        is_new = load.created or load.changed
        if is_new and not self._store.write(load.created, load.changed, load.batches, load.frames):
            return False
        if self._begun_anew != self._store.begun_anew:  # its new file took no more than the changes
            return self._stored(self._load())
        for run, seq in load.stored:
            run.is_listed, run.stored_seq = True, seq
            run.events.trim(seq)
        for frame in load.frames:
            self._live[frame.run_id].frames.pop(frame.drawn.frame, None)
        self._let_go(load.over)
        return True

    def _bound(self) -> None:
        """Let go of the oldest where the store has been in trouble for so long that memory would run out."""
        runs = tuple(self._live.values())
        self._let_go([run for run in runs if run.is_settled][:-MOST_UNSTORED_RUNS])
        for run in runs:
            run.events.trim(run.events.seq - max(MOST_UNSTORED // len(runs), KEEP_EVENTS))
            run.stored_seq = max(run.stored_seq, run.events.first - 1)
            for number in sorted(run.frames)[: -max(MOST_UNSTORED_FRAMES // len(runs), 1)]:
                del run.frames[number]

    def _let_go(self, runs: list[LiveRun]) -> None:
        for run in runs:
            del self._live[run.id]
