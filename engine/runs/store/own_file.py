"""Our own SQLite file in the data folder: where it is deleted, moved or replaced, its rows go on in another one."""

import contextlib
import itertools
import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, Table
from sqlalchemy.exc import DBAPIError

from engine.files import data_folder
from engine.runs.store.errors import is_damaged
from engine.runs.store.schema import TABLES

log = logging.getLogger(__name__)

FILE = "playground.sqlite"
HEAD = b"SQLite format 3\0"
ENDINGS = ("", "-wal", "-shm")  # the file, and two that SQLite keeps beside it while it is open


def own_path() -> Path:
    """Where our file belongs. Raises OSError."""
    return data_folder() / FILE


class OwnFile:
    """The file while it is open. One connection stays open all the time: through it a deleted file can still be
    read."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path, self.engine, self.is_damaged = path, engine, False
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
        put_aside(self.path, left)

    def copy_to(self, path: Path) -> None:
        """Write all rows into another file of ours, over those that are there; of a damaged file what can be read, of a
        closed one none. Raises one of TROUBLES."""
        if self._connection.closed:
            return
        self._connection.exec_driver_sql("ATTACH DATABASE ? AS new", (str(path),))
        try:
            for table in TABLES.sorted_tables:
                self._copy_table(table)
        finally:
            self._connection.rollback()
            self._connection.exec_driver_sql("DETACH DATABASE new")

    def _copy_table(self, table: Table) -> None:
        columns = ", ".join(column.name for column in table.columns)
        try:
            self._connection.exec_driver_sql(
                f"INSERT OR REPLACE INTO new.{table.name} ({columns}) SELECT {columns} FROM main.{table.name}"
            )
            self._connection.commit()
        except DBAPIError as error:
            self._connection.rollback()
            if not is_damaged(error):
                raise
            log.warning("Of the damaged file of runs the table %s could not be read: %s", table.name, error.orig)

    def close(self) -> None:
        with contextlib.suppress(DBAPIError):
            self._connection.close()
        self.engine.dispose()
        os.close(self._handle)


def put_aside(path: Path, endings: Sequence[str] = ENDINGS) -> None:
    """Rename the file and those beside it, to a name that no other has. Raises OSError."""
    left = [ending for ending in endings if Path(f"{path}{ending}").exists()]
    if not left:
        return
    now = time.strftime("%Y%m%d-%H%M%S")
    names = (f"{path}.{now}{f'-{count}' if count else ''}" for count in itertools.count())
    aside = next(name for name in names if not any(Path(f"{name}{ending}").exists() for ending in ENDINGS))
    for ending in left:
        Path(f"{path}{ending}").rename(f"{aside}{ending}")
    log.warning("What was at %s is of no use any more, and is now %s.", path, aside)


def _identity(path: Path, ending: str) -> tuple[int, int] | None:
    try:
        found = Path(f"{path}{ending}").stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
