"""Opens the database of runs with its tables."""

from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, create_engine, event, func, inspect, make_url, select, text

from engine.runs.stamp import note_stamp
from engine.runs.store.errors import OtherTablesError
from engine.runs.store.schema import RUNS, TABLES, WORKS

PATIENCE = 3000  # ms until a lock that does not come counts as trouble
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


def _set_up_sqlite(connection: Any, record: object) -> None:
    """Let readers and the writer work at once (WAL), and let a commit return before the disk has written it."""
    cursor = connection.cursor()
    for pragma in (f"busy_timeout = {PATIENCE}", "journal_mode = WAL", "synchronous = NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _set_up_postgresql(connection: Any, record: object) -> None:
    """Set timeouts, so that nothing waits for ever."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {PATIENCE}")
        cursor.execute("SET statement_timeout = 30000")
    connection.commit()
