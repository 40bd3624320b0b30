"""The store: what is written is there in the next life of the server, in SQLite as in PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.schema import DropIndex

from engine.runs.event_log import EventBatch
from engine.runs.info import RunInfo
from engine.runs.message import join, pack
from engine.runs.store.rows import Frame
from engine.runs.store.schema import OUTDATED, RUNS, TABLES
from engine.runs.store.store import Store
from engine.training.events import FrameDrawn, SettingChanged, StepDone
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from tests.engine.runs.postgres import Postgres

STEPS = [StepDone(step, 1, 1 / step, 0.5, 0.1) for step in range(1, 11)]
WHOLE = {"after": 0} | pack(STEPS, 10)


def a_run(run_id: str = "one", owner: str = "me", created: float = 1.0) -> RunInfo:
    preset = PRESETS["mlp"]
    return RunInfo(
        run_id, owner, created, "MLP", Classification(preset.network, preset.config), "running", 0, None, 101_770
    )


def a_batch(first: int, last: int) -> EventBatch:
    return EventBatch("one", first, tuple(STEPS[first - 1 : last]))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'playground.sqlite'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    yield server.url
    engine = create_engine(server.url)
    TABLES.drop_all(engine)
    engine.dispose()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()


def test_a_run_is_there_in_the_next_life_of_the_server(store: Store, url: str) -> None:
    info = a_run()
    assert store.write([info], [], [a_batch(1, 6)])
    done = replace(info, status="finished", seq=10, finished={"event": "finished", "test_accuracy": 0.97})
    assert store.write([], [done], [a_batch(7, 10)])
    store.close()
    again = Store(url)
    assert again.run(info.id) == done
    assert join(again.messages(info.id, 0)) == WHOLE
    assert join(again.messages(info.id, 4), 4) == {"after": 4} | pack(STEPS[4:], 10)
    assert list(again.messages(info.id, 10)) == []
    assert again.run("other") is None
    again.close()


def test_runs_come_newest_first_by_owner_and_by_kind(store: Store) -> None:
    store.write([a_run("a", "me", 1.0), a_run("b", "you", 2.0), a_run("c", "me", 3.0)], [], [])
    assert [info.id for info in store.runs(None, 10)] == ["c", "b", "a"]
    assert [info.id for info in store.runs("me", 10)] == ["c", "a"]
    assert [info.id for info in store.runs(None, 2)] == ["c", "b"]
    assert [info.id for info in store.runs(None, 2, "classifier")] == ["c", "b"]
    assert store.runs(None, 2, "gan") == []


def test_what_is_written_again_is_there_once(store: Store) -> None:
    """The answer to a commit was lost, and more was told meanwhile."""
    frame = Frame("one", FrameDrawn(1, 0.5, 1, "image/png", b"picture \x00\xff"))
    for last in (4, 4, 8):
        assert store.write([replace(a_run(), seq=last)], [], [a_batch(1, last)], [frame])
    assert store.write([], [replace(a_run(), seq=10)], [a_batch(7, 10)])
    assert join(store.messages("one", 0)) == WHOLE
    assert join(store.messages("one", 5), 5) == {"after": 5} | pack(STEPS[5:], 10)
    assert store.run("one") == replace(a_run(), seq=10)
    assert store.frames("one") == [(1, 1, 0.5)] and store.frame("one", 1) == frame.drawn


def test_a_run_with_a_layer_that_is_gone_from_the_catalogue_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "playground.sqlite"
    store = Store(f"sqlite:///{path}")
    store.write([a_run("a"), a_run("b")], [], [])
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE runs SET job = replace(job, 'Linear', 'Quantum') WHERE id = 'a'")
    connection.close()
    assert [info.id for info in store.runs(None, 10)] == ["b"]
    assert store.run("a") is None
    store.close()


def test_the_url_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_STORE", f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    store = Store()
    assert store.write([a_run()], [], [])
    store.close()
    assert (tmp_path / "elsewhere.sqlite").is_file()


def made_old(url: str) -> None:
    """What an older playground left: no facts of its runs, and other indexes."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE runs DROP COLUMN facts"))
        for index in RUNS.indexes:
            connection.execute(DropIndex(index))
        for name in OUTDATED:
            connection.execute(text(f"CREATE INDEX {name} ON runs ({name.removeprefix('ix_runs_')})"))
    engine.dispose()


def test_tables_of_an_older_playground_open_and_their_runs_are_told_from_what_they_reported(
    store: Store, url: str
) -> None:
    events = [*STEPS[:5], SettingChanged(5, "lr", 0.3), *STEPS[5:], SettingChanged(10, "lr", 0.2)]
    whole = EventBatch("one", 1, tuple(events))
    done = replace(a_run("done", created=2.0), status="stopped", finished={"event": "finished", "step": 7})
    assert store.write([replace(a_run(), seq=12), done], [], [whole])
    store.close()
    made_old(url)
    again = Store(url)
    assert [info.step for info in again.runs(None, 10)] == [7, 0], "until it is worked out"
    again.fill_facts()
    assert again.runs(None, 1)[0].step == 7
    told = again.run("one")
    assert told and (told.step, told.changed) == (10, (("lr", 2, 0.2),))
    assert not again.trouble and again.new_files == 0
    again.close()
    engine = create_engine(url)
    assert "facts" in {column["name"] for column in inspect(engine).get_columns("runs")}
    assert {index["name"] for index in inspect(engine).get_indexes("runs")} == {index.name for index in RUNS.indexes}
    engine.dispose()


@pytest.mark.parametrize(("owner", "kind"), [("me", None), ("me", "gan"), (None, None), (None, "gan")])
def test_the_newest_runs_are_found_by_an_index_alone(tmp_path: Path, owner: str | None, kind: str | None) -> None:
    """Neither all of an owner's runs are read and sorted, nor those of other kinds."""
    path = tmp_path / "playground.sqlite"
    store = Store(f"sqlite:///{path}")
    asked: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert store.runs(owner, 20, kind) == []
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    store.close()
    with sqlite3.connect(path) as connection:
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked[-1][0]}", asked[-1][1])]
    connection.close()
    wanted = "SEARCH runs USING INDEX ix_runs_owner_created_kind" if owner else "SCAN runs USING INDEX ix_runs_created"
    assert len(steps) == 2 and steps[0].startswith(wanted)
    assert steps[1].startswith("SEARCH marks USING INDEX sqlite_autoindex_marks_1 (run_id=?)")


def test_thousands_of_runs_are_listed_with_what_became_of_them_by_one_query(store: Store) -> None:
    runs = [replace(a_run(f"run {i}", created=i), step=i, changed=(("lr", 1, 0.5),)) for i in range(3000)]
    assert store.write(runs, [], [])
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert store.runs("me", 20, "classifier") == runs[:-21:-1]
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1
