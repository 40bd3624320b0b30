"""Describes errors of the store for people, with the cure."""

import errno
import sqlite3

from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError, TimeoutError

TROUBLES = (SQLAlchemyError, OSError, ImportError)
FOLDER = "See that the playground may write to its data folder, or name another in PLAYGROUND_DATA."

FULL = ("the disk is full", "Free some space on the disk of the server.")
READ_ONLY = ("their place can only be read", FOLDER)
NOT_OPENED = ("their file cannot be opened", FOLDER)
NO_FOLDER = ("the data folder is no folder", "Remove the file in its place, or name another in PLAYGROUND_DATA.")
LOCKED = ("another program holds their file locked", "Close what else has it open.")
BROKEN_DISK = ("the disk reports an error", "Check the disk of the server.")
DAMAGED = ("their file is damaged", "Move it away, and a new one is begun.")
OTHER_TABLES = ("their tables are of another version", "Give the playground a database of its own.")
SILENT = ("the database does not answer", "See that it runs, and that PLAYGROUND_STORE names it rightly.")
NO_DRIVER = ("the driver of the database is not installed", 'Install it, with pip install "psycopg[binary]".')
NO_ADDRESS = (
    "PLAYGROUND_STORE names no database",
    "Write it as postgresql+psycopg://user:password@host/name, or leave it out.",
)
OTHER = ("the database refused them", "The server's log has its words.")

BY_SQLITE = {
    "SQLITE_BUSY": LOCKED,
    "SQLITE_LOCKED": LOCKED,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_PERM": READ_ONLY,
    "SQLITE_IOERR": BROKEN_DISK,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_FULL": FULL,
    "SQLITE_CANTOPEN": NOT_OPENED,
    "SQLITE_NOTADB": DAMAGED,
}
BY_SQLSTATE = {"53100": FULL, "25006": READ_ONLY, "42501": READ_ONLY, "55P03": LOCKED, "57014": LOCKED}
BY_ERRNO = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.EEXIST: NO_FOLDER,
    errno.ENOTDIR: NO_FOLDER,
}


class OtherTablesError(SQLAlchemyError):
    """The database has tables of these names that are not ours."""


def describe_trouble(error: Exception, undone: str) -> str:
    """What is wrong and how to mend it, where runs cannot be `undone` ("stored", "read")."""
    what, cure = _kind(error)
    return f"Runs cannot be {undone} at the moment: {what}. Training goes on. {cure}"


def is_damaged(error: Exception) -> bool:
    """Whether the error shows that the file will never be readable."""
    return _kind(error) in (DAMAGED, OTHER_TABLES)


def _kind(error: Exception) -> tuple[str, str]:
    match error:
        case OtherTablesError():
            return OTHER_TABLES
        case ArgumentError():
            return NO_ADDRESS
        case ImportError():
            return NO_DRIVER
        case OSError():
            return BY_ERRNO.get(error.errno or 0, NOT_OPENED)
        case DBAPIError(orig=sqlite3.Error() as cause):
            name = getattr(cause, "sqlite_errorname", "")
            return next((kind for start, kind in BY_SQLITE.items() if name.startswith(start)), OTHER)
        case DBAPIError(orig=cause) if (state := getattr(cause, "sqlstate", None)) in BY_SQLSTATE:
            return BY_SQLSTATE[state]
        case OperationalError() | TimeoutError() | DBAPIError(connection_invalidated=True):
            return SILENT
    return OTHER
