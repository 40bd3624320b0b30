"""The store: what is written is there in the next life of the server, and trouble with it is not the runs'."""

import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.events import StepDone, pack
from engine.jobs import Classification
from engine.presets import PRESETS
from engine.runs.info import RunInfo
from engine.runs.message import joined, kept
from engine.runs.store import Batch, Store

STEPS = [StepDone(step, 1, 1 / step, 0.5, 0.1) for step in range(1, 11)]


def a_run(run_id: str = "one", owner: str = "me", created: float = 1.0) -> RunInfo:
    preset = PRESETS["mlp"]
    return RunInfo(
        run_id, owner, created, "MLP", Classification(preset.network, preset.config), "running", 0, None, 101_770
    )


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    return tmp_path / "playground.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store()
    yield store
    store.close()


def test_a_run_is_there_in_the_next_life_of_the_server(store: Store) -> None:
    info = a_run()
    assert store.write([info], [], [Batch(info.id, 1, kept(STEPS[:6], 1))])
    done = replace(info, status="finished", seq=10, finished={"event": "finished", "test_accuracy": 0.97})
    assert store.write([], [done], [Batch(info.id, 7, kept(STEPS[6:], 7))])
    store.close()
    again = Store()
    assert again.run(info.id) == done
    assert joined(again.messages(info.id, 0)) == {"after": 0} | pack(STEPS, 10)
    assert joined(again.messages(info.id, 4), 4) == {"after": 4} | pack(STEPS[4:], 10)
    assert list(again.messages(info.id, 10)) == []
    assert again.run("other") is None
    again.close()


def test_runs_come_newest_first_and_by_owner(store: Store) -> None:
    store.write([a_run("a", "me", 1.0), a_run("b", "you", 2.0), a_run("c", "me", 3.0)], [], [])
    assert [info.id for info in store.runs(None, 10)] == ["c", "b", "a"]
    assert [info.id for info in store.runs("me", 10)] == ["c", "a"]
    assert [info.id for info in store.runs(None, 2)] == ["c", "b"]


def test_a_run_with_a_layer_that_is_gone_from_the_catalogue_is_left_out(store: Store, path: Path) -> None:
    store.write([a_run("a"), a_run("b")], [], [])
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE runs SET job = replace(job, 'Linear', 'Quantum') WHERE id = 'a'")
    connection.close()
    assert [info.id for info in store.runs(None, 10)] == ["b"]
    assert store.run("a") is None


def test_a_locked_store_is_said_once_and_takes_everything_later(
    store: Store, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert store.write([a_run()], [], [])
    batch = Batch("one", 1, kept(STEPS, 1))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with caplog.at_level(logging.WARNING):
        assert not store.write([], [], [batch])
        assert not store.write([], [], [batch])
    assert len(caplog.records) == 1 and "training goes on" in caplog.text
    other.execute("ROLLBACK")
    other.close()
    assert store.write([], [], [batch])
    assert joined(store.messages("one", 0)) == {"after": 0} | pack(STEPS, 10)


def test_a_store_that_cannot_be_opened_only_forgets(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}", "sqlite:////nowhere/at/all.sqlite", "nonsense"):
        store = Store(url)
        assert not store.write([a_run()], [], [])
        assert store.run("one") is None
        assert store.runs(None, 10) == []
        store.close()


def test_the_url_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_STORE", f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    store = Store()
    assert store.write([a_run()], [], [])
    store.close()
    assert (tmp_path / "elsewhere.sqlite").is_file()
