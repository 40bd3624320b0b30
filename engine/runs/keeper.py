"""Brings what live runs report to the store: in batches, from one thread, and lets go of what is over and stored."""

import threading
from dataclasses import replace

from engine.gan_events import FrameDrawn
from engine.runs.live import LiveRun
from engine.runs.message import kept
from engine.runs.store import Batch, Frame, Store

BATCH_SECONDS = 0.25
RETRY_SECONDS = 2.0
MOST_UNSTORED = 100


class Keeper:
    """Events stay with their run until they are stored, so a store in trouble loses nothing while the server lives."""

    def __init__(self, store: Store, live: dict[str, LiveRun]) -> None:
        self._store, self._live = store, live
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="run keeper", daemon=True)
        self._thread.start()

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
        """One transaction with all that is new. False when the store did not take it."""
        created, changed, batches = [], [], []
        frames: list[Frame] = []
        over: list[LiveRun] = []
        stored: list[tuple[LiveRun, int]] = []
        for run in tuple(self._live.values()):
            if run.is_settled:  # asked before its events are read: then they are complete
                over.append(run)
            info = run.info()
            first, events = run.tape.since(run.stored_seq)
            seq = first + len(events) - 1
            if not run.is_listed:
                created.append(replace(info, seq=seq))
            elif events:
                changed.append(replace(info, seq=seq))
            if events:
                batches.append(Batch(run.id, first, kept(events, first)))
                frames += [Frame(run.id, run.frames[e.frame]) for e in events if isinstance(e, FrameDrawn)]
            stored.append((run, seq))
        if (created or batches) and not self._store.write(created, changed, batches, frames):
            self._let_go(over[:-MOST_UNSTORED])
            return False
        for run, seq in stored:
            run.is_listed, run.stored_seq = True, seq
            run.tape.trim(seq)
        for frame in frames:
            self._live[frame.run_id].frames.pop(frame.drawn.frame)
        self._let_go(over)
        return True

    def _let_go(self, runs: list[LiveRun]) -> None:
        for run in runs:
            del self._live[run.id]
