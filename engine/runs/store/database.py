"""Opens the database of runs with its tables."""

from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, create_engine, event, func, inspect, make_url, select, text
from sqlalchemy.schema import CreateIndex

from engine.runs.stamp import note_stamp
from engine.runs.store.errors import OtherTablesError
from engine.runs.store.schema import OUTDATED, RUNS, TABLES, WORKS

PATIENCE = 3000  # ms until a lock that does not come counts as trouble
INCREMENTAL = 2  # SQLite's auto_vacuum: empty pages are given back when asked for
LARGEST_JOURNAL = 16_000_000  # bytes that the file beside SQLite's keeps
POSTGRESQL: dict[str, Any] = {
    "pool_pre_ping": True,  # a connection from before the server was restarted is not used
    "pool_timeout": 3,  # s
    "connect_args": {
        "connect_timeout": 3,  # s
        "keepalives_idle": 5,  # s
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,  # ms
    },
}


def open_database(url: str) -> Engine:
    """With all tables and their columns. Raises one of TROUBLES."""
    is_postgresql = make_url(url).get_backend_name() == "postgresql"
    engine = create_engine(url, **(POSTGRESQL if is_postgresql else {}))
    event.listen(engine, "connect", _set_up_postgresql if is_postgresql else _set_up_sqlite)
    try:
        there = inspect(engine).get_table_names()
        old = [table for name, table in TABLES.tables.items() if name in there]
        later = [column for table in old for column in _missing(engine, table)]
        with engine.begin() as connection:
            for column in later:
                _add(connection, column)
            for table in old:
                _renew_indexes(connection, table)
        TABLES.create_all(engine)
        _note_stamps(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _note_stamps(engine: Engine) -> None:
    """Let what comes sort as newer than all that is there, though the clock may have been set back since."""
    with engine.connect() as connection:
        for column in (RUNS.c.created, WORKS.c.saved):
            note_stamp(connection.execute(select(func.max(column))).scalar() or 0.0)


def _missing(engine: Engine, table: Table) -> list[Column[Any]]:
    """The columns that an older playground did not have. Raises OtherTablesError for a table that is not ours."""
    found = {column["name"]: column for column in inspect(engine).get_columns(table.name)}
    extra = [column for name, column in found.items() if name not in table.columns]
    missing = [column for column in table.columns if column.name not in found]
    needed = any(not column.nullable for column in missing)
    if needed or any(not column["nullable"] and column["default"] is None for column in extra):
        raise OtherTablesError(f"table {table.name} has other columns")
    return missing


def _add(connection: Connection, column: Column[Any]) -> None:
    """Add a column that may be empty; another server may have been quicker."""
    is_postgresql = connection.dialect.name == "postgresql"
    kind = column.type.compile(connection.dialect)
    only_once = "IF NOT EXISTS " if is_postgresql else ""
    connection.execute(text(f"ALTER TABLE {column.table.name} ADD COLUMN {only_once}{column.name} {kind}"))


def _renew_indexes(connection: Connection, table: Table) -> None:
    """Add the indexes that an older playground did not have, and drop those that it had instead."""
    found = {index["name"] for index in inspect(connection).get_indexes(table.name)}
    for index in table.indexes:
        if index.name not in found:
            connection.execute(CreateIndex(index, if_not_exists=True))
    for name in found.intersection(OUTDATED):
        connection.execute(text(f"DROP INDEX IF EXISTS {name}"))


def _set_up_sqlite(connection: Any, record: object) -> None:
    """Let readers and the writer work at once (WAL), and let a commit return before the disk has written it. A new file
    can give back what is deleted in it, if it is told so before WAL; an older one can from its next VACUUM on."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    if cursor.execute("PRAGMA auto_vacuum").fetchone() != (INCREMENTAL,):  # to say it twice is to write
        cursor.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")
    for pragma in ("journal_mode = WAL", f"journal_size_limit = {LARGEST_JOURNAL}", "synchronous = NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _set_up_postgresql(connection: Any, record: object) -> None:
    """Set timeouts, so that nothing waits for ever."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {PATIENCE}")
        cursor.execute("SET statement_timeout = 30000")
    connection.commit()
