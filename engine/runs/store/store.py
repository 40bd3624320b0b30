"""The store of runs and their events: SQLite, or PostgreSQL by URL. A failing store stops no run."""

import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import methodcaller
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, RowMapping, Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.kinds import KINDS
from engine.runs.event_log import EventBatch, ReplayLog
from engine.runs.info import RunInfo
from engine.runs.message import Message, cut, upgrade
from engine.runs.store.claim import claim_again
from engine.runs.store.database import open_database
from engine.runs.store.errors import NOT_READ, NOT_STORED, TROUBLES, describe_trouble, is_damaged
from engine.runs.store.own_file import OwnFile, own_path, put_aside
from engine.runs.store.rows import Frame, Row, batch_row, changing, facts, frame_of, frame_row, run_info, run_row
from engine.runs.store.schema import BATCHES, FRAMES, MARKS, RUNS
from engine.text import Text
from engine.training.events import FrameDrawn

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
MARKED_RUNS = select(RUNS, MARKS.c.name.label("own_name"), MARKS.c.starred, MARKS.c.tags, MARKS.c.removed).join(
    MARKS, MARKS.c.run_id == RUNS.c.id, isouter=True
)


class Store:
    """One connection pool. A failed read returns nothing, a failed write returns False; each is logged once until it
    works again. Our own file is put aside where it is damaged or of another version, and a new one is started, also
    where it was deleted, moved or replaced; `new_files` counts these."""

    def __init__(self, url: str | None = None) -> None:
        self._url = url or os.environ.get("PLAYGROUND_STORE")
        self._engine: Engine | None = None
        self._file: OwnFile | None = None  # where the engine is for our own
        self._opening = threading.Lock()
        self._unwritten: Text | None = None
        self._unread: Text | None = None
        self.new_files = 0

    @property
    def trouble(self) -> Text | None:
        """What is wrong and what to do about it, in sentences for people; empty when all is well."""
        return self._unwritten or self._unread

    def write(
        self,
        created: Iterable[RunInfo],
        changed: Iterable[RunInfo],
        batches: Iterable[EventBatch],
        frames: Iterable[Frame] = (),
    ) -> bool:
        """Write all of it or nothing, in one transaction. False when it failed or may have failed; it is safe to write
        it again."""
        new = [run_row(info) for info in created]
        old = [{"run": info.id, **changing(info)} for info in changed]
        reported = [batch_row(batch) for batch in batches]
        drawn = [frame_row(frame) for frame in frames]

        def put_all(connection: Connection) -> None:
            put(connection, RUNS, new)
            if old:
                connection.execute(update(RUNS).where(RUNS.c.id == bindparam("run")), old)
            put(connection, BATCHES, reported)
            put(connection, FRAMES, drawn)

        return self.transact(put_all)

    def transact(self, do: Callable[[Connection], object]) -> bool:
        """Write all that `do` writes or nothing, in one transaction. False when it failed or may have failed."""
        engine = None
        try:
            engine = self._open()
            with engine.begin() as connection:
                do(connection)
        except TROUBLES as error:
            self._unwritten = self._note_trouble(error, NOT_STORED, self._unwritten, engine)
            return False
        self._unwritten = self._unread = None
        return True

    def fill_facts(self) -> None:
        """Compute the facts for lists of runs that an older version stored, the newest first. Slow, as it reads all
        events: for a background thread."""
        query = select(RUNS.c.id, RUNS.c.kind).where(RUNS.c.facts.is_(None), RUNS.c.kind.in_(KINDS))
        for row in self.read(query.order_by(RUNS.c.created.desc())):
            replay = ReplayLog()
            for message in self.messages(row["id"], 0):
                replay.take_message(message, row["kind"])
            filled = update(RUNS).where(RUNS.c.id == row["id"], RUNS.c.facts.is_(None))
            filled = filled.values(facts=facts(replay.step, replay.changed))
            if not self.transact(methodcaller("execute", filled)):
                return

    def run(self, run_id: str) -> RunInfo | None:
        rows = self.read(MARKED_RUNS.where(RUNS.c.id == run_id))
        return run_info(rows[0]) if rows else None

    def runs(self, owner: str | None, limit: int, kind: str | None = None, *, starred: bool = False) -> list[RunInfo]:
        """The newest first, without those that were deleted; `starred` leaves out those without a star. A run whose
        networks or settings are no longer known here is left out."""
        query = MARKED_RUNS.order_by(RUNS.c.created.desc()).limit(limit)
        query = query.where(func.coalesce(MARKS.c.removed, 0) == 0)
        query = query.where(MARKS.c.starred == 1) if starred else query
        for column, wanted in ((RUNS.c.owner, owner), (RUNS.c.kind, kind)):
            query = query if wanted is None else query.where(column == wanted)
        rows = self.read(query)
        return [info for row in rows if (info := run_info(row))]

    def messages(self, run_id: str, after: int) -> Iterator[Message]:
        """The stored messages in order, cut so that they hold every event after number `after` once."""
        query = select(BATCHES).where(BATCHES.c.run_id == run_id, BATCHES.c.last_seq > after)
        for row in self.read(query.order_by(BATCHES.c.first_seq)):
            if row["last_seq"] > after:
                yield cut(upgrade(json.loads(row["message"])), row["first_seq"], after)
                after = row["last_seq"]

    def frame(self, run_id: str, number: int) -> FrameDrawn | None:
        rows = self.read(select(FRAMES).where(FRAMES.c.run_id == run_id, FRAMES.c.number == number))
        return frame_of(rows[0]) if rows else None

    def frames(self, run_id: str) -> list[tuple[int, int, float]]:
        """Number, step and seconds of every frame of a run, in order."""
        columns = (FRAMES.c.number, FRAMES.c.step, FRAMES.c.seconds)
        rows = self.read(select(*columns).where(FRAMES.c.run_id == run_id).order_by(FRAMES.c.number))
        return [(row["number"], row["step"], row["seconds"]) for row in rows]

    def close(self) -> None:
        with self._opening:
            if self._file:
                self._file.close()
            if self._engine:
                self._engine.dispose()
            self._engine = self._file = None

    def read(self, query: Any) -> Sequence[RowMapping]:
        """The rows that `query` finds; none where reading fails."""
        return self.ask(lambda connection: connection.execute(query).mappings().all()) or []

    def ask(self, find: Callable[[Connection], Answer]) -> Answer | None:
        """What `find` finds in the database; None where reading fails."""
        engine = None
        try:
            engine = self._open()
            with engine.connect() as connection:
                answer = find(connection)
        except TROUBLES as error:
            self._unread = self._note_trouble(error, NOT_READ, self._unread, engine)
            return None
        self._unread = None
        return answer

    def _open(self) -> Engine:
        with self._opening:
            if self._url:
                self._engine = self._engine or open_database(self._url)
                return self._engine
            if self._file is None or not self._file.is_usable:
                self._file = self._begin_file(self._file)
            return self._file.engine

    def _begin_file(self, before: OwnFile | None) -> OwnFile:
        """Open our file, or begin a new one in the place of one that is of no use; with the rows of `before`, which was
        open until it was found to be so."""
        if before and os.name == "nt":  # where no open file can be renamed, nor deleted by others
            before.close()
        if before:
            before.put_aside()
        file = self._open_file()
        if before:
            self._carry_over(before, file)
        return file

    def _carry_over(self, before: OwnFile, file: OwnFile) -> None:
        claim_again()
        try:
            before.copy_to(file.path)
        except BaseException:
            file.close()
            raise
        before.close()
        self.new_files += 1
        log.warning("The file of runs was damaged, deleted or replaced. Another one, %s, goes on.", file.path)

    def _open_file(self) -> OwnFile:
        path = own_path()
        try:
            return OwnFile(path, open_database(f"sqlite:///{path}"))
        except TROUBLES as error:
            if not is_damaged(error):
                raise
        put_aside(path)
        self.new_files += 1
        return OwnFile(path, open_database(f"sqlite:///{path}"))

    def _note_trouble(self, error: Exception, undone: Text, before: Text | None, engine: Engine | None) -> Text:
        """Describe an error, log it where it is new, and give our own file up where it is damaged."""
        words = describe_trouble(error, undone)
        if words != before:
            log.warning("%s %s", words, error)
        with self._opening:
            if self._file and self._file.engine is engine and is_damaged(error):
                self._file.is_damaged = True
        return words


def put(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Insert rows, or write those over that are there already: a commit may have arrived though its answer did not."""
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    keys = [column.name for column in table.primary_key]
    statement = dialect.insert(table)
    written = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=written), rows)
