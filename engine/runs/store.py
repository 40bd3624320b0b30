"""Runs in SQLite, or another database by URL: what they are and what they reported. Trouble here stops nothing."""

import json
import logging
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, RowMapping, bindparam, create_engine, event, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from engine.files import data_folder
from engine.gan_events import FrameDrawn
from engine.jobs import job_from_json, job_to_json, kind_of
from engine.params import SpecError
from engine.runs.info import RunInfo
from engine.runs.message import Message, cut
from engine.runs.tables import BATCHES, FRAMES, RUNS, TABLES

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive events of one run, as `message.kept` packs them."""

    run_id: str
    first_seq: int
    message: Message


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of a run's film with its content."""

    run_id: str
    drawn: FrameDrawn


class Store:
    """One connection pool. What cannot be read is missing, what cannot be written stays with the caller; both are
    logged once until it works again."""

    def __init__(self, url: str | None = None) -> None:
        self._url = url or os.environ.get("PLAYGROUND_STORE")
        self._engine: Engine | None = None
        self._opening = threading.Lock()
        self._troubled = False

    def write(
        self,
        created: Iterable[RunInfo],
        changed: Iterable[RunInfo],
        batches: Iterable[Batch],
        frames: Iterable[Frame] = (),
    ) -> bool:
        """All of it or nothing, in one transaction. False when it could not be written."""
        new = [_row(info) for info in created]
        old = [{"run": i.id, **_changing(i)} for i in changed]
        parts = [
            {
                "run_id": batch.run_id,
                "first_seq": batch.first_seq,
                "last_seq": batch.message["seq"],
                "message": json.dumps(batch.message, separators=(",", ":")),
            }
            for batch in batches
        ]
        drawn = [_frame_row(frame) for frame in frames]
        try:
            with self._open().begin() as connection:
                if new:
                    connection.execute(insert(RUNS), new)
                if old:
                    connection.execute(update(RUNS).where(RUNS.c.id == bindparam("run")), old)
                if parts:
                    connection.execute(insert(BATCHES), parts)
                if drawn:
                    connection.execute(insert(FRAMES), drawn)
        except (SQLAlchemyError, OSError, ImportError) as error:
            self._trouble(error)
            return False
        self._troubled = False
        return True

    def run(self, run_id: str) -> RunInfo | None:
        rows = self._read(select(RUNS).where(RUNS.c.id == run_id))
        return _info(rows[0]) if rows else None

    def runs(self, owner: str | None, limit: int, kind: str | None = None) -> list[RunInfo]:
        """The newest first. A run whose networks or settings are no longer known here is left out."""
        query = select(RUNS).order_by(RUNS.c.created.desc()).limit(limit)
        for column, wanted in ((RUNS.c.owner, owner), (RUNS.c.kind, kind)):
            query = query if wanted is None else query.where(column == wanted)
        rows = self._read(query)
        return [info for row in rows if (info := _info(row))]

    def messages(self, run_id: str, after: int) -> Iterator[Message]:
        """Kept messages in order, the first one cut so that all begin after event number `after`."""
        query = select(BATCHES).where(BATCHES.c.run_id == run_id, BATCHES.c.last_seq > after)
        for row in self._read(query.order_by(BATCHES.c.first_seq)):
            yield cut(json.loads(row["message"]), row["first_seq"], after)

    def frame(self, run_id: str, number: int) -> FrameDrawn | None:
        rows = self._read(select(FRAMES).where(FRAMES.c.run_id == run_id, FRAMES.c.number == number))
        if not rows:
            return None
        row = rows[0]
        return FrameDrawn(row["step"], row["seconds"], number, row["media_type"], row["content"])

    def frames(self, run_id: str) -> list[tuple[int, int, float]]:
        """Number, step and seconds of every frame of a run, in order."""
        columns = (FRAMES.c.number, FRAMES.c.step, FRAMES.c.seconds)
        rows = self._read(select(*columns).where(FRAMES.c.run_id == run_id).order_by(FRAMES.c.number))
        return [(row["number"], row["step"], row["seconds"]) for row in rows]

    def close(self) -> None:
        with self._opening:
            if self._engine:
                self._engine.dispose()
                self._engine = None

    def _read(self, query: Any) -> Sequence[RowMapping]:
        try:
            with self._open().connect() as connection:
                return connection.execute(query).mappings().all()
        except (SQLAlchemyError, OSError, ImportError) as error:
            self._trouble(error)
            return []

    def _open(self) -> Engine:
        with self._opening:
            if self._engine is None:
                url = self._url or f"sqlite:///{data_folder() / 'playground.sqlite'}"
                engine = create_engine(url)
                if engine.dialect.name == "sqlite":
                    event.listen(engine, "connect", _set_up_sqlite)
                try:
                    TABLES.create_all(engine)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
            return self._engine

    def _trouble(self, error: Exception) -> None:
        if not self._troubled:
            log.warning("Runs cannot be stored or read at the moment; training goes on without. %s", error)
        self._troubled = True


def _set_up_sqlite(connection: Any, record: object) -> None:
    """Readers and the writer do not wait for each other, and a commit does not wait for the disk's platter."""
    cursor = connection.cursor()
    for pragma in ("busy_timeout = 2000", "journal_mode = WAL", "synchronous = NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _changing(info: RunInfo) -> dict[str, Any]:
    finished = json.dumps(info.finished) if info.finished else None
    return {"status": info.status, "seq": info.seq, "finished": finished}


def _row(info: RunInfo) -> dict[str, Any]:
    return {
        "id": info.id,
        "owner": info.owner,
        "created": info.created,
        "name": info.name,
        "kind": kind_of(info.job),
        "job": json.dumps(job_to_json(info.job)),
        "parameters": info.parameters,
        **_changing(info),
    }


def _frame_row(frame: Frame) -> dict[str, Any]:
    drawn = frame.drawn
    return {
        "run_id": frame.run_id,
        "number": drawn.frame,
        "step": drawn.step,
        "seconds": drawn.seconds,
        "media_type": drawn.media_type,
        "content": drawn.content,
    }


def _info(row: RowMapping) -> RunInfo | None:
    values = dict(row)
    try:
        values["job"] = job_from_json(json.loads(values["job"]))
    except SpecError:
        return None
    del values["kind"]
    values["finished"] = json.loads(values["finished"]) if values["finished"] else None
    return RunInfo(**values)
