"""Runs in SQLite, or another database by URL: what they are and what they reported. Trouble here stops nothing."""

import json
import logging
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Engine,
    Float,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from engine.config import config_from_json, config_to_json
from engine.files import data_folder
from engine.network import network_from_json, network_to_json
from engine.params import SpecError
from engine.runs.info import RunInfo
from engine.runs.message import Message, cut

log = logging.getLogger(__name__)
TABLES = MetaData()
RUNS = Table(
    "runs",
    TABLES,
    Column("id", String(64), primary_key=True),
    Column("owner", String(128), nullable=False, index=True),
    Column("created", Float, nullable=False, index=True),
    Column("name", String(128), nullable=False),
    Column("network", Text, nullable=False),
    Column("config", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("finished", Text),
    Column("parameters", Integer, nullable=False),
)
BATCHES = Table(
    "batches",
    TABLES,
    Column("run_id", String(64), primary_key=True),
    Column("first_seq", Integer, primary_key=True),
    Column("last_seq", Integer, nullable=False),
    Column("message", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive events of one run, as `message.kept` packs them."""

    run_id: str
    first_seq: int
    message: Message


class Store:
    """One connection pool. What cannot be read is missing, what cannot be written stays with the caller; both are
    logged once until it works again."""

    def __init__(self, url: str | None = None) -> None:
        self._url = url or os.environ.get("PLAYGROUND_STORE")
        self._engine: Engine | None = None
        self._opening = threading.Lock()
        self._troubled = False

    def write(self, created: Iterable[RunInfo], changed: Iterable[RunInfo], batches: Iterable[Batch]) -> bool:
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
        try:
            with self._open().begin() as connection:
                if new:
                    connection.execute(insert(RUNS), new)
                if old:
                    connection.execute(update(RUNS).where(RUNS.c.id == bindparam("run")), old)
                if parts:
                    connection.execute(insert(BATCHES), parts)
        except (SQLAlchemyError, OSError, ImportError) as error:
            self._trouble(error)
            return False
        self._troubled = False
        return True

    def run(self, run_id: str) -> RunInfo | None:
        rows = self._read(select(RUNS).where(RUNS.c.id == run_id))
        return _info(rows[0]) if rows else None

    def runs(self, owner: str | None, limit: int) -> list[RunInfo]:
        """The newest first. A run whose network or settings are no longer known here is left out."""
        query = select(RUNS).order_by(RUNS.c.created.desc()).limit(limit)
        rows = self._read(query if owner is None else query.where(RUNS.c.owner == owner))
        return [info for row in rows if (info := _info(row))]

    def messages(self, run_id: str, after: int) -> Iterator[Message]:
        """Kept messages in order, the first one cut so that all begin after event number `after`."""
        query = select(BATCHES).where(BATCHES.c.run_id == run_id, BATCHES.c.last_seq > after)
        for row in self._read(query.order_by(BATCHES.c.first_seq)):
            yield cut(json.loads(row["message"]), row["first_seq"], after)

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
                url = self._url or f"sqlite:///{data_folder() / 'runs.sqlite'}"
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
        "network": json.dumps(network_to_json(info.network)),
        "config": json.dumps(config_to_json(info.config)),
        "parameters": info.parameters,
        **_changing(info),
    }


def _info(row: RowMapping) -> RunInfo | None:
    values = dict(row)
    try:
        values["network"] = network_from_json(values["network"])
        values["config"] = config_from_json(json.loads(values["config"]))
    except SpecError:
        return None
    values["finished"] = json.loads(values["finished"]) if values["finished"] else None
    return RunInfo(**values)
