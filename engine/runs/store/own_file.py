"""Our own SQLite file in the data folder: where it is deleted, moved or replaced, its rows go on in another one."""

import contextlib
import itertools
import logging
import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table
from sqlalchemy.exc import DBAPIError

from engine.files import data_folder
from engine.runs.store.errors import is_damaged, is_of_the_place
from engine.runs.store.schema import TABLES

log = logging.getLogger(__name__)

FILE = "playground.sqlite"
HEAD = b"SQLite format 3\0"
MOST_ATTEMPTS = 5  # through the open connection, where it may be the new place that does not take it
ENDINGS = ("", "-wal", "-shm")  # the file, and two that SQLite keeps beside it while it is open


def own_path() -> Path:
    """Where our file belongs. Raises OSError."""
    return data_folder() / FILE


class OwnFile:
    """The file while it is open. One connection stays open all the time: through it a deleted file can still be
    read."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path, self.engine, self.is_damaged = path, engine, False
        self.aside: Path | None = None  # where it was put
        self.attempts = 0  # to copy it
        self._connection = engine.connect()
        self._connection.exec_driver_sql("SELECT 1 FROM runs")  # from now on all three files are there
        self._connection.rollback()
        self._identities = {ending: _identity(path, ending) for ending in ENDINGS}
        self._handle = os.open(path, os.O_RDONLY)  # kept open: to close it would take SQLite's locks away

    @property
    def is_usable(self) -> bool:
        """Whether it lies where it was opened, undamaged as far as is known."""
        in_place = all(_identity(self.path, ending) == known for ending, known in self._identities.items())
        os.lseek(self._handle, 0, os.SEEK_SET)
        return in_place and not self.is_damaged and os.read(self._handle, len(HEAD)) == HEAD

    def put_aside(self) -> None:
        """Rename what is left of it in its place. Raises OSError."""
        left = [ending for ending, known in self._identities.items() if known and known == _identity(self.path, ending)]
        aside = put_aside(self.path, left)
        if "" in left:
            self.aside = aside

    def copy_to(self, path: Path) -> None:
        """Write all rows into another file of ours, over those that are there; of a damaged file what can be read, of a
        closed one none. Raises one of TROUBLES."""
        if self._connection.closed:
            return
        self.attempts += 1
        self._connection.exec_driver_sql("ATTACH DATABASE ? AS new", (str(path),))
        try:
            for table in TABLES.sorted_tables:
                self._copy_table(table)
        finally:
            self._connection.rollback()
            self._connection.exec_driver_sql("DETACH DATABASE new")

    def _copy_table(self, table: Table) -> None:
        """Through the open connection; what that cannot read any more, from the file itself where that is left."""
        columns = ", ".join(column.name for column in table.columns)
        put = f"INSERT OR REPLACE INTO new.{table.name} ({columns})"
        try:
            self._connection.exec_driver_sql(f"{put} SELECT {columns} FROM main.{table.name}")
            self._connection.commit()
        except DBAPIError as error:
            self._connection.rollback()
            passes = is_of_the_place(error) and self.attempts <= MOST_ATTEMPTS
            if passes or (self.aside is None and not is_damaged(error)):
                raise
            log.warning("Of the old file of runs the table %s could not be read: %s", table.name, error.orig)
            rows = self._rows_aside(f"SELECT {columns} FROM {table.name}")
            if rows:
                self._connection.exec_driver_sql(f"{put} VALUES ({', '.join('?' * len(table.columns))})", rows)
                self._connection.commit()

    def _rows_aside(self, query: str) -> list[tuple[Any, ...]]:
        """What is in the file that was put aside, as it lies there: another connection would share the open one's view
        of it."""
        if self.aside is None:
            return []
        try:
            with contextlib.closing(sqlite3.connect(f"{self.aside.as_uri()}?immutable=1", uri=True)) as file:
                return file.execute(query).fetchall()
        except sqlite3.Error as error:
            log.warning("Nor could it in %s: %s", self.aside, error)
            return []

    def close(self) -> None:
        with contextlib.suppress(DBAPIError):
            self._connection.close()
        self.engine.dispose()
        os.close(self._handle)


def put_aside(path: Path, endings: Sequence[str] = ENDINGS) -> Path | None:
    """Rename the file and those beside it, to a name that no other has; that name. Raises OSError."""
    left = [ending for ending in endings if Path(f"{path}{ending}").exists()]
    if not left:
        return None
    now = time.strftime("%Y%m%d-%H%M%S")
    names = (f"{path}.{now}{f'-{count}' if count else ''}" for count in itertools.count())
    aside = next(name for name in names if not any(Path(f"{name}{ending}").exists() for ending in ENDINGS))
    for ending in left:
        Path(f"{path}{ending}").rename(f"{aside}{ending}")
    log.warning("What was at %s is of no use any more, and is now %s.", path, aside)
    return Path(aside)


def _identity(path: Path, ending: str) -> tuple[int, int] | None:
    try:
        found = Path(f"{path}{ending}").stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
