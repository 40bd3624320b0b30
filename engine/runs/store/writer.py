"""Writes the events of live runs and the works of visitors to the store, in batches from one thread, and drops runs
that are over and stored."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from engine.runs.event_log import KEEP_EVENTS, EventBatch
from engine.runs.info import RunInfo
from engine.runs.live import LiveRun
from engine.runs.store.rows import Frame
from engine.runs.store.shelf import Shelf
from engine.runs.store.store import Store
from engine.text import Text
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
class Transaction:
    """What is written to the store at once."""

    created: list[RunInfo] = field(default_factory=list)
    changed: list[RunInfo] = field(default_factory=list)
    batches: list[EventBatch] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    stored: list[tuple[LiveRun, int]] = field(default_factory=list)  # up to which event
    over: list[LiveRun] = field(default_factory=list)  # whole in the store after it
    is_all: bool = True


class StoreWriter:
    """Has a thread of its own. Events stay with their run until they are stored: while the store fails nothing is lost,
    unless that takes so long that the oldest must go."""

    def __init__(self, store: Store, live: dict[str, LiveRun]) -> None:
        self._store, self._live = store, live
        self.shelf = Shelf(store, self.wake)
        self._seen_new_files = 0
        self._given_up: set[str] = set()  # runs that no store takes
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="run keeper", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> Text | None:
        """Why nothing is stored at the moment and what to do, for people; empty when all is well."""
        return self._store.trouble

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to store, and no run that will have something soon."""
        return not self._live and self.shelf.is_stored

    def wake(self) -> None:
        """Call this when there is something to store."""
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
            if self._store_new():
                self._closing.wait(BATCH_SECONDS)
            else:
                self._closing.wait(RETRY_SECONDS)
                self._wake.set()
        self._store_new()

    def _store_new(self) -> bool:
        """Store all that is new. False when the store did not take it."""
        try:
            while True:
                transaction = self._gather(self._wanted())
                if not self._store_all(transaction):
                    self._drop_oldest()
                    return False
                if transaction.is_all:
                    return self.shelf.write()
        except Exception:
            log.exception("What runs reported could not be stored.")
            self._store_one_by_one()
            return False

    def _wanted(self) -> list[LiveRun]:
        """The runs to be stored. One that is given up goes from memory when it is over."""
        runs = tuple(self._live.values())
        self._let_go([run for run in runs if run.id in self._given_up and run.is_settled])
        return [run for run in runs if run.id not in self._given_up]

    def _store_one_by_one(self) -> None:
        """Give up the runs that cannot be stored where others can: they would hold these up for ever."""
        broken, taken = [], 0
        for run in self._wanted():
            try:
                taken += self._store_all(self._gather([run]))
            except Exception:
                broken.append(run.id)
        if taken and broken:
            log.error("These runs are not stored: %s", broken)
            self._given_up.update(broken)

    def _gather(self, runs: Sequence[LiveRun]) -> Transaction:
        transaction, places = Transaction(), MOST_AT_ONCE
        if self._seen_new_files != self._store.new_files:  # which may have none of the runs, and none of their events
            self._seen_new_files = self._store.new_files
            for run in tuple(self._live.values()):
                run.is_listed, run.stored_seq = False, run.events.first - 1
        for run in runs:
            is_over = run.is_settled  # asked before its events are read: then they are complete
            first, events = run.events.since(run.stored_seq)
            info = run.info()
            part = events[:places]
            places -= len(part)
            if len(part) < len(events):
                transaction.is_all = is_over = False
                info = replace(info, status="running", finished=None)
            self._add(transaction, run, replace(info, seq=first + len(part) - 1), part, is_over)
        return transaction

    def _add(self, transaction: Transaction, run: LiveRun, info: RunInfo, events: list[Event], is_over: bool) -> None:
        """`events` are the next of `run` to be stored, and `info` what it is after them."""
        if not run.is_listed:
            transaction.created.append(info)
        elif events or is_over:
            transaction.changed.append(info)
        first = info.seq - len(events) + 1
        for start in range(0, len(events), MOST_IN_BATCH):
            part = events[start : start + MOST_IN_BATCH]
            transaction.batches.append(EventBatch(run.id, first + start, tuple(part)))
        contents = (run.frames.get(event.frame) for event in events if isinstance(event, FrameDrawn))
        transaction.frames += [Frame(run.id, drawn) for drawn in contents if drawn]
        transaction.stored.append((run, info.seq))
        if is_over:
            transaction.over.append(run)

    def _store_all(self, transaction: Transaction) -> bool:
        is_new = transaction.created or transaction.changed
        if is_new and not self._store.write(
            transaction.created, transaction.changed, transaction.batches, transaction.frames
        ):
            return False
        if self._seen_new_files != self._store.new_files:  # a new file got only the changes
            return self._store_all(self._gather(self._wanted()))
        for run, seq in transaction.stored:
            run.is_listed, run.stored_seq = True, seq
            run.events.trim(seq)
        for frame in transaction.frames:
            self._live[frame.run_id].frames.pop(frame.drawn.frame, None)
        self._let_go(transaction.over)
        return True

    def _drop_oldest(self) -> None:
        """Drop the oldest runs and events where the store has failed for so long that memory would run out."""
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
