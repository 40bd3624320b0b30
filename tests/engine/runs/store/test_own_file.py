"""Somebody deletes our own file, moves it or puts another in its place: what was in it goes on in a new one."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.runs.message import join
from engine.runs.store.own_file import ENDINGS, FILE, MOST_ATTEMPTS, put_aside
from engine.runs.store.store import Store
from tests.engine.runs.store.test_store import WHOLE, a_batch, a_run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    """With one run and half of what it told."""
    store = Store()
    assert store.write([a_run()], [], [a_batch(1, 5)])
    yield store
    store.close()


def delete_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def move_folder(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def delete_file(folder: Path) -> None:
    (folder / FILE).unlink()


def delete_log(folder: Path) -> None:
    (folder / f"{FILE}-wal").unlink()


def delete_index(folder: Path) -> None:
    (folder / f"{FILE}-shm").unlink()


def empty_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / FILE).touch()


def overwrite_head(folder: Path) -> None:
    with (folder / FILE).open("r+b") as file:
        file.write(bytes(100))


@pytest.mark.parametrize(
    "spoil", [overwrite_head, delete_folder, move_folder, delete_file, delete_log, delete_index, empty_file]
)
def test_a_file_that_somebody_takes_away_costs_nothing_that_was_stored(
    spoil: Callable[[Path], None], store: Store, folder: Path
) -> None:
    spoil(folder)
    assert join(store.messages("one", 0))["seq"] == 5
    assert store.write([], [], [a_batch(6, 10)])
    assert store.new_files == 1 and not store.trouble
    store.close()
    assert join(store.messages("one", 0)) == WHOLE  # read by the next one


def test_what_a_moved_folder_had_stays_in_it(store: Store, folder: Path) -> None:
    move_folder(folder)
    assert store.write([], [], [a_batch(6, 10)])
    store.close()
    with sqlite3.connect(folder.with_name("elsewhere") / FILE) as moved:
        assert moved.execute("SELECT max(last_seq) FROM batches").fetchone() == (5,)


def test_a_store_put_in_the_place_of_ours_is_used_with_our_runs_in_it(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    other = Store(f"sqlite:///{tmp_path / 'other'}")
    assert other.write([a_run("another")], [], [])
    other.close()
    (tmp_path / "other").replace(folder / FILE)
    assert store.write([], [], [a_batch(6, 10)])
    assert {info.id for info in store.runs(None, 10)} == {"one", "another"}
    assert join(store.messages("one", 0)) == WHOLE


@pytest.mark.parametrize("may_pass", [False, True])
def test_what_the_open_connection_cannot_read_any_more_comes_from_the_file_that_was_put_aside(
    store: Store, folder: Path, may_pass: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where another process, which took itself for the last one, has closed the file under ours. An error that may
    pass is waited for, but not for ever."""
    monkeypatch.setattr("engine.runs.store.own_file.is_of_the_place", lambda _: may_pass)
    assert store._file
    connection = store._file._connection.connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.set_authorizer(
        lambda action, table, _column, database, _by: (
            sqlite3.SQLITE_DENY
            if (action, table, database) == (sqlite3.SQLITE_READ, "runs", "main")
            else sqlite3.SQLITE_OK
        )
    )
    delete_index(folder)
    tried = [store.write([], [], [a_batch(6, 5)]) for _ in range(MOST_ATTEMPTS + 1)]
    assert tried == ([False] * MOST_ATTEMPTS + [True] if may_pass else [True] * len(tried))
    assert store.new_files == 1 and store.trouble is None
    assert [info.id for info in store.runs(None, 9)] == [a_run().id]


def test_nonsense_put_in_the_place_of_ours_is_put_aside(store: Store, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "nonsense").write_bytes(b"This is no database. " * 1000)
    (tmp_path / "nonsense").replace(folder / FILE)
    assert store.write([], [], [a_batch(6, 10)])
    assert join(store.messages("one", 0)) == WHOLE
    assert any(b"no database" in path.read_bytes() for path in folder.glob(f"{FILE}.*"))


def test_of_a_damaged_file_the_tables_that_can_be_read_go_on(store: Store, folder: Path) -> None:
    many = [a_run(f"run {i}") for i in range(100)]
    assert store.write(many, [], [])
    store.close()
    path = folder / FILE
    with sqlite3.connect(path) as file:
        (root,) = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'batches'").fetchone()
        (size,) = file.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as damaged:
        damaged.seek((root - 1) * size)
        damaged.write(b"\xff" * size)
    assert not list(store.messages("one", 0)) and store.trouble
    assert len(store.runs(None, 200)) == 101 and not store.trouble
    assert store.write([], [], [a_batch(1, 10)])
    assert join(store.messages("one", 0)) == WHOLE


def test_what_is_put_aside_takes_no_name_that_is_taken(tmp_path: Path) -> None:
    for content in (b"first", b"second", b"third"):
        (tmp_path / FILE).write_bytes(content)
        (tmp_path / f"{FILE}-wal").write_bytes(content)
        put_aside(tmp_path / FILE)
    aside = sorted(tmp_path.iterdir())
    assert len(aside) == 6 and {path.read_bytes() for path in aside} == {b"first", b"second", b"third"}
    assert {path.name.endswith(ENDINGS[1]) for path in aside} == {True, False}
