"""A store in trouble says once what is wrong and what to do, stops nothing, and works again when it can."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text

from engine.runs.message import join, pack
from engine.runs.store.schema import TABLES
from engine.runs.store.store import Store
from tests.engine.runs.postgres import Postgres
from tests.engine.runs.store.test_store import STEPS, WHOLE, a_batch, a_run

GOES_ON = "Training goes on."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder; it is not there yet."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("engine.runs.store.database.PATIENCE", 50)
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    store = Store()
    yield store
    store.close()


def test_a_file_that_another_program_locks_takes_everything_later(
    store: Store, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert store.write([a_run()], [], []) and not store.trouble
    other = sqlite3.connect(folder / "playground.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with caplog.at_level(logging.WARNING):
        assert not store.write([], [], [a_batch(1, 10)])
        assert not store.write([], [], [a_batch(1, 10)])
    assert "locked. Training goes on. Close what else has it open." in str(store.trouble)
    assert [record.message.startswith(str(store.trouble)) for record in caplog.records] == [True]
    assert store.run("one") and store.trouble  # to read it is not to write it
    other.execute("ROLLBACK")
    other.close()
    assert store.write([], [], [a_batch(1, 10)])
    assert not store.trouble
    assert join(store.messages("one", 0)) == WHOLE


def test_a_file_that_not_even_can_be_read_is_read_later(store: Store, folder: Path) -> None:
    assert store.write([a_run()], [], [])
    store.close()
    other = sqlite3.connect(folder / "playground.sqlite", isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    assert store.run("one") is None
    assert "Runs cannot be read" in str(store.trouble) and "locked" in str(store.trouble)
    other.close()
    assert store.run("one")
    assert not store.trouble


def test_a_full_disk_is_said_and_what_was_kept_is_stored_when_there_is_room(store: Store) -> None:
    most = {"pages": 40}

    def limit(connection: Any, record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {most['pages']}")

    event.listen(Engine, "connect", limit)
    try:
        assert store.write([a_run()], [], [a_batch(1, 5)])
        many = [a_run(f"run {i}") for i in range(200)]
        assert not store.write(many, [], [a_batch(6, 10)])
        assert "The disk is full. Training goes on. Free some space" in str(store.trouble)
        assert join(store.messages("one", 0)) == {"after": 0} | pack(STEPS[:5], 5)
        most["pages"] = 10_000
        store.close()
        assert store.write(many, [], [a_batch(6, 10)])
        assert not store.trouble and join(store.messages("one", 0)) == WHOLE
    finally:
        event.remove(Engine, "connect", limit)


def test_a_file_that_can_only_be_read_is_said(store: Store, folder: Path) -> None:
    assert store.write([a_run()], [], [])
    store.close()
    reader = Store(f"sqlite:///file:{folder / 'playground.sqlite'}?mode=ro&uri=true")
    assert reader.run("one")
    assert not reader.write([], [], [a_batch(1, 10)])
    assert "Their place can only be read. Training goes on." in str(reader.trouble)
    reader.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////nowhere/at/all.sqlite", "Their file cannot be opened"),
        ("nonsense", "PLAYGROUND_STORE names no database"),
        ("oracle+nothing://somewhere", "PLAYGROUND_STORE names no database"),
        ("postgresql+asyncpg://somewhere/else", "The driver of the database is not installed"),
        ("postgresql+psycopg://127.0.0.1:1/none", "The database does not answer"),
    ],
)
def test_a_store_that_cannot_be_opened_only_forgets(url: str, words: str) -> None:
    store = Store(url)
    assert not store.write([a_run()], [], [])
    assert words in str(store.trouble) and GOES_ON in str(store.trouble)
    assert store.run("one") is None and store.runs(None, 10) == []
    store.close()


def test_a_file_in_the_place_of_the_data_folder_is_said_until_it_is_gone(store: Store, folder: Path) -> None:
    folder.write_text("a file")
    assert not store.write([a_run()], [], [])
    assert "The data folder is no folder" in str(store.trouble)
    folder.unlink()
    assert store.write([a_run()], [], []) and not store.trouble


def nonsense(path: Path) -> None:
    path.write_bytes(b"This is no database. " * 1000)


def tables_of_old(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE runs (id TEXT PRIMARY KEY, recipe TEXT NOT NULL)")
    connection.close()


@pytest.mark.parametrize(("spoil", "left"), [(nonsense, b"This is no database."), (tables_of_old, b"recipe TEXT")])
def test_our_own_file_is_put_aside_where_it_is_of_no_use(
    store: Store, folder: Path, spoil: Callable[[Path], None], left: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    folder.mkdir()
    spoil(folder / "playground.sqlite")
    with caplog.at_level(logging.WARNING):
        assert store.write([a_run()], [], [a_batch(1, 10)])
    (aside,) = folder.glob("playground.sqlite.*-??????")
    assert left in aside.read_bytes() and str(aside) in caplog.text
    assert not store.trouble and store.new_files == 1
    assert join(store.messages("one", 0)) == WHOLE


def test_a_file_that_is_damaged_meanwhile_is_put_aside_too(store: Store, folder: Path) -> None:
    assert store.write([a_run(f"run {i}") for i in range(100)], [], [])
    store.close()
    path = folder / "playground.sqlite"
    path.write_bytes(path.read_bytes()[:8192] + bytes(path.stat().st_size - 8192))
    assert len(store.runs(None, 200)) < 100
    assert store.new_files == 1 and len(list(folder.glob("playground.sqlite.*-??????"))) == 1
    assert store.write([a_run()], [], []) and store.run("one") and not store.trouble


@pytest.mark.parametrize("spoil", [nonsense, tables_of_old])
def test_a_file_that_somebody_named_is_left_where_it_is(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(tmp_path / "theirs")
    before = (tmp_path / "theirs").read_bytes()
    store = Store(f"sqlite:///{tmp_path / 'theirs'}")
    assert not store.write([a_run()], [], [])
    assert GOES_ON in str(store.trouble)
    store.close()
    assert [path.name for path in tmp_path.glob("theirs*")] == ["theirs"]
    assert spoil is tables_of_old or (tmp_path / "theirs").read_bytes() == before


def test_postgresql_that_was_away_takes_everything_later(postgres: Postgres, folder: Path) -> None:
    store = Store(postgres.url)
    try:
        assert store.write([a_run()], [], [a_batch(1, 5)])
        postgres.stop()
        assert not store.write([], [], [a_batch(6, 10)])
        assert "The database does not answer. Training goes on." in str(store.trouble)
        postgres.start()
        assert store.write([], [], [a_batch(6, 10)])
        assert not store.trouble and join(store.messages("one", 0)) == WHOLE
        postgres.stop()
        postgres.start()
        assert store.run("one") and not store.trouble  # the connections of before are not used
    finally:
        store.close()
        clear(postgres)


def test_postgresql_with_a_table_locked_takes_everything_later(postgres: Postgres, folder: Path) -> None:
    store = Store(postgres.url)
    other = create_engine(postgres.url)
    try:
        assert store.write([a_run()], [], [])
        with other.begin() as connection:
            connection.execute(text("LOCK TABLE batches"))
            assert not store.write([], [], [a_batch(1, 10)])
            assert "locked" in str(store.trouble)
        assert store.write([], [], [a_batch(1, 10)]) and not store.trouble
    finally:
        other.dispose()
        store.close()
        clear(postgres)


def test_tables_of_another_version_in_postgresql_are_left_alone(postgres: Postgres, folder: Path) -> None:
    other = create_engine(postgres.url)
    with other.begin() as connection:
        connection.execute(text("CREATE TABLE runs (id TEXT PRIMARY KEY, recipe TEXT NOT NULL)"))
    store = Store(postgres.url)
    try:
        assert not store.write([a_run()], [], [])
        assert "Their tables are of another version" in str(store.trouble)
    finally:
        store.close()
        other.dispose()
        clear(postgres)


def clear(postgres: Postgres) -> None:
    engine = create_engine(postgres.url)
    TABLES.drop_all(engine)
    engine.dispose()
