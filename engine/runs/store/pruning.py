"""Removes the oldest runs with all that they left, so that what is stored keeps within its limits."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import methodcaller
from pathlib import Path

from sqlalchemy import Connection, delete, select

from engine.data.own import sweep
from engine.files import data_folder, drop_whole
from engine.limits import limits
from engine.runs.live import LiveRun
from engine.runs.results import result_path
from engine.runs.store.checkpoints import Checkpoints
from engine.runs.store.own_file import FILE
from engine.runs.store.schema import BATCHES, FRAMES, MARKS, RUNS, WORKS
from engine.runs.store.shelf import DRAFT
from engine.runs.store.space import Space, give_space_back, is_for_later, measure_space
from engine.runs.store.store import Store

log = logging.getLogger(__name__)

FIRST_SECONDS, EVERY_SECONDS = 30.0, 600.0
UNDONE_SECONDS = 3600.0  # for so long a run that its owner deleted can be brought back
PAUSE_SECONDS = 0.02  # between two transactions, for whoever else writes
MOST_ROWS = 500  # of a table that one transaction deletes
GROUP = 20  # runs between two measurements
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Storage:
    """What is kept: runs for so many `days`, in at most `limit` bytes; `used` of them, None while that is not known."""

    days: int
    limit: int
    used: int | None


@dataclass(frozen=True, slots=True)
class Old:
    """What may be removed: a run, or a file that belongs to no run; since when it is there (s since 1970)."""

    since: float
    thing: str | Path


class Pruner:
    """Has a thread of its own, which removes a little at a time. A run that is live or has a star stays, and so does
    what visitors keep on their shelf. `is_quiet` tells whether nobody will miss the store for some seconds."""

    def __init__(
        self,
        store: Store,
        live: Mapping[str, LiveRun],
        checkpoints: Checkpoints | None,
        is_quiet: Callable[[], bool],
    ) -> None:
        self._store, self._live, self._checkpoints, self._is_quiet = store, live, checkpoints, is_quiet
        self._used: int | None = None
        self._gives_back = True
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="run pruner", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End after the transaction at hand."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def storage(self) -> Storage:
        """As of the last round, at most ten minutes ago."""
        return Storage(limits().run_days, limits().data, self._used)

    def prune(self) -> None:
        """Remove what is older than the limit, then the oldest until the rest takes no more than its limit; and
        visitors' own pictures whose time is over."""
        sweep()
        self._remove([Old(0.0, run_id) for run_id in self._taken_away()])
        things = self._oldest_first()
        before = time.time() - DAY * limits().run_days
        old = sum(thing.since < before for thing in things)
        self._remove(things[:old])
        self._forget_drafts(before)
        while old < len(things) and (space := self._measure()) and space.used - space.free > limits().data:
            self._remove(things[old : old + GROUP])
            old += GROUP
        self._give_back()
        self._measure()

    def _work(self) -> None:
        self._measure()
        seconds = FIRST_SECONDS
        while not self._closing.wait(seconds):
            seconds = EVERY_SECONDS
            try:
                self.prune()
            except Exception:
                log.exception("Old runs could not be removed.")

    def _oldest_first(self) -> list[Old]:
        """All that may be removed; nothing where the runs cannot be read."""
        folder = result_path("any").parent
        files = [*folder.glob("*"), *data_folder().glob(f"{FILE}.*")]
        live = set(self._live)  # read after the files and before the store: so the run of every file is found
        rows = self._store.read(select(RUNS.c.id, RUNS.c.created))
        starred = self._store.read(select(MARKS.c.run_id).where(MARKS.c.starred == 1))
        if self._store.trouble:
            return []
        known = live.union(row["id"] for row in rows)
        kept = live.union(row["run_id"] for row in starred)
        runs = [Old(row["created"], row["id"]) for row in rows if row["id"] not in kept]
        left = [Old(path.stat().st_mtime, path) for path in files if _run_of(path) not in known and path.is_file()]
        return sorted(runs + left, key=lambda old: old.since)

    def _taken_away(self) -> list[str]:
        """The runs that their owners deleted so long ago that it is not undone any more."""
        latest = time.time() - UNDONE_SECONDS
        rows = self._store.read(select(MARKS.c.run_id).where(MARKS.c.removed > 0, MARKS.c.removed < latest))
        return [row["run_id"] for row in rows]

    def _remove(self, things: Sequence[Old]) -> None:
        failed: list[OSError] = []
        for old in things:
            try:
                if isinstance(old.thing, Path):
                    old.thing.unlink(missing_ok=True)
                elif self._remove_rows(old.thing):
                    drop_whole(result_path(old.thing))
                    if self._checkpoints:
                        self._checkpoints.drop(old.thing)
            except OSError as error:
                failed.append(error)
        if failed:
            log.warning("%d old files could not be removed: %s", len(failed), failed[0])

    def _remove_rows(self, run_id: str) -> bool:
        """Delete a run from the store, its own row last: until then the next round finds it. False where it is live
        again, or this was not possible."""
        many: list[bool] = []

        def remove_some(connection: Connection) -> None:
            many[:] = []
            for table, number in ((BATCHES, BATCHES.c.first_seq), (FRAMES, FRAMES.c.number)):
                some = select(number).where(table.c.run_id == run_id).order_by(number).limit(MOST_ROWS)
                done = connection.execute(delete(table).where(table.c.run_id == run_id, number.in_(some)))
                many.append(done.rowcount == MOST_ROWS)
            if not any(many):
                connection.execute(delete(MARKS).where(MARKS.c.run_id == run_id))
                connection.execute(delete(RUNS).where(RUNS.c.id == run_id))

        while run_id not in self._live and not self._closing.wait(PAUSE_SECONDS):
            if not self._store.transact(remove_some):
                return False
            if not any(many):
                return True
        return False

    def _forget_drafts(self, before: float) -> None:
        """Delete what lay on the tables of visitors who came no more."""
        old = delete(WORKS).where(WORKS.c.kind == DRAFT, WORKS.c.saved < before)
        self._store.transact(methodcaller("execute", old))

    def _measure(self) -> Space | None:
        space = self._store.ask(measure_space)
        self._used = space.used if space else None
        return space

    def _give_back(self) -> None:
        """Give disk space back. What fails for another reason than that somebody needs the file is not tried again."""
        try:
            if self._gives_back:
                self._store.ask(lambda connection: give_space_back(connection, self._goes_on, self._is_quiet))
        except sqlite3.Error as error:
            self._gives_back = is_for_later(error)
            log.info("The file of runs was not made smaller: %s", error)

    def _goes_on(self) -> bool:
        return not self._closing.wait(PAUSE_SECONDS)


def _run_of(path: Path) -> str:
    """The id of the run that a file was written for, whole or as its temporary one."""
    return path.name.removeprefix(".").partition(".")[0]
