"""Describes errors of the store for people, with the cure."""

import errno
import sqlite3

from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError, TimeoutError

from engine.text import Text, sentences

TROUBLES: tuple[type[Exception], ...] = (SQLAlchemyError, OSError, ImportError)
NOT_STORED = Text("Runs cannot be stored at the moment.")
NOT_READ = Text("Runs cannot be read at the moment.")
FOLDER = Text("See that the playground may write to its data folder, or name another in PLAYGROUND_DATA.")

FULL = (Text("The disk is full."), Text("Free some space on the disk of the server."))
READ_ONLY = (Text("Their place can only be read."), FOLDER)
NOT_OPENED = (Text("Their file cannot be opened."), FOLDER)
NO_FOLDER = (
    Text("The data folder is no folder."),
    Text("Remove the file in its place, or name another in PLAYGROUND_DATA."),
)
LOCKED = (Text("Another program holds their file locked."), Text("Close what else has it open."))
BROKEN_DISK = (Text("The disk reports an error."), Text("Check the disk of the server."))
DAMAGED = (Text("Their file is damaged."), Text("Move it away, and a new one is begun."))
OTHER_TABLES = (Text("Their tables are of another version."), Text("Give the playground a database of its own."))
SILENT = (
    Text("The database does not answer."),
    Text("See that it runs, and that PLAYGROUND_STORE names it rightly."),
)
NO_DRIVER = (
    Text("The driver of the database is not installed."),
    Text("Install it, with {command}.", command='pip install "psycopg[binary]"'),
)
NO_ADDRESS = (
    Text("PLAYGROUND_STORE names no database."),
    Text("Write it as {address}, or leave it out.", address="postgresql+psycopg://user:password@host/name"),
)
OTHER = (Text("The database refused them."), Text("The server's log has its words."))

BY_SQLITE = {
    "SQLITE_BUSY": LOCKED,
    "SQLITE_LOCKED": LOCKED,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_PERM": READ_ONLY,
    "SQLITE_IOERR_SHORT_READ": DAMAGED,
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


def describe_trouble(error: Exception, undone: Text) -> Text:
    """What is wrong and how to mend it, where something cannot be done: `NOT_STORED` or `NOT_READ`."""
    what, cure = _kind(error)
    return sentences(undone, what, Text("Training goes on."), cure)


def is_damaged(error: Exception) -> bool:
    """Whether the error shows that the file will never be readable."""
    return _kind(error) in (DAMAGED, OTHER_TABLES)


def is_of_the_place(error: Exception) -> bool:
    """Whether the error comes from where is written to, and may pass."""
    return _kind(error) in (FULL, READ_ONLY, NOT_OPENED, LOCKED)


def _kind(error: Exception) -> tuple[Text, Text]:
    match error:
        case OtherTablesError():
            return OTHER_TABLES
        case ArgumentError():
            return NO_ADDRESS
        case ImportError():
            return NO_DRIVER
        case OSError():
            return BY_ERRNO.get(error.errno or 0, NOT_OPENED)
        case DBAPIError(orig=sqlite3.OperationalError() as cause) if str(cause).startswith("no such "):
            return OTHER_TABLES  # another file was copied over ours
        case DBAPIError(orig=sqlite3.Error() as cause):
            name = getattr(cause, "sqlite_errorname", "")
            return next((kind for start, kind in BY_SQLITE.items() if name.startswith(start)), OTHER)
        case DBAPIError(orig=cause) if (state := getattr(cause, "sqlstate", None)) in BY_SQLSTATE:
            return BY_SQLSTATE[state]
        case OperationalError() | TimeoutError() | DBAPIError(connection_invalidated=True):
            return SILENT
    return OTHER
