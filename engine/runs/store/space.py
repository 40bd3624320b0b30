"""How much disk the data folder and the database take, and giving back what removed runs leave free in the file."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from engine.files import data_folder
from engine.runs.store.database import INCREMENTAL
from engine.runs.store.schema import BATCHES, FRAMES, RUNS, WORKS

CONTENTS = (RUNS.c.job, BATCHES.c.message, FRAMES.c.content, WORKS.c.content)
PAGES = 500  # given back in one transaction, 2 MB
LEAST_PAGES = 250  # a file with fewer free ones stays as it is: the next runs fill them
REWRITTEN = 8_000_000  # bytes free from which on a whole file is written anew
OPERATIONS = 1000  # of SQLite's between two looks whether somebody needs the file


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes `used`: the files of the data folder and the database. `free` of them are empty pages of SQLite's file."""

    used: int
    free: int = 0


def measure_space(connection: Connection) -> Space:
    """PostgreSQL counts with what is in its rows: it fills the place of deleted ones again by itself."""
    if connection.dialect.name == "postgresql":
        sums = (connection.execute(select(func.sum(func.pg_column_size(column)))).scalar() for column in CONTENTS)
        return Space(sum(int(size or 0) for size in sums) + _folder_size())
    page = _pragma(connection, "page_size")
    pages, free = _pragma(connection, "page_count"), _pragma(connection, "freelist_count")
    file = _file(connection)
    beside = {file, *(file.with_name(f"{file.name}-{ending}") for ending in ("wal", "shm"))}  # copies of pages, for now
    return Space(page * pages + _folder_size(beside), page * free)


def give_space_back(connection: Connection, goes_on: Callable[[], bool], is_quiet: Callable[[], bool]) -> None:
    """Shrink SQLite's file by its empty pages, a few at a time for as long as it `goes_on`. A file from before that was
    possible is written anew, once, while it `is_quiet`, for that keeps everybody else from writing; as soon as it is
    not, the file stays as it was. Raises sqlite3.Error where the file could not be had."""
    if connection.dialect.name != "sqlite":
        return
    database: Any = connection.connection.driver_connection
    if _pragma(connection, "auto_vacuum") == INCREMENTAL:
        while _pragma(connection, "freelist_count") > LEAST_PAGES and goes_on():
            database.executescript(f"PRAGMA incremental_vacuum({PAGES})")  # `execute` would give back a single page
    elif _is_worth_it(connection) and is_quiet():
        database.set_progress_handler(lambda: not is_quiet(), OPERATIONS)
        try:
            database.executescript("VACUUM")
        finally:
            database.set_progress_handler(None, 0)
    database.executescript("PRAGMA wal_checkpoint")


def is_for_later(error: sqlite3.Error) -> bool:
    """Whether it was only that somebody else needed the file."""
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_INTERRUPT", "SQLITE_BUSY", "SQLITE_LOCKED"))


def _is_worth_it(connection: Connection) -> bool:
    """Whether a whole file has much to give back, and the disk room for what is written meanwhile: twice what stays."""
    page, file = _pragma(connection, "page_size"), _file(connection)
    pages, free = _pragma(connection, "page_count"), _pragma(connection, "freelist_count")
    return page * free > REWRITTEN and shutil.disk_usage(file.parent).free > 2 * page * (pages - free)


def _folder_size(but: Collection[Path] = ()) -> int:
    """The bytes of all files in the data folder, but for some."""
    total = 0
    for folder, _, names in os.walk(data_folder().resolve()):
        for path in (Path(folder, name) for name in names):
            with contextlib.suppress(FileNotFoundError):  # it has just been removed
                total += path.stat().st_size if path not in but else 0
    return total


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())


def _file(connection: Connection) -> Path:
    return Path(connection.exec_driver_sql("PRAGMA database_list").all()[0][2])
