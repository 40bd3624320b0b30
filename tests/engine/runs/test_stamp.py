"""The clock is set back: what is newer still sorts as newer, also in the next life of the server."""

import time
from pathlib import Path

import pytest

from engine.runs import stamp as stamps
from engine.runs.stamp import stamp
from engine.runs.store.store import Store
from engine.runs.store.writer import StoreWriter
from tests.engine.runs.store.test_store import a_run

HOUR = 3600.0


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    return Store()


def set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    monkeypatch.setattr(stamps.time, "time", lambda: now() - HOUR)


def test_what_is_newer_sorts_as_newer_though_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = stamp()
    set_back(monkeypatch)
    later = [stamp() for _ in range(3)]
    assert [before, *later] == sorted({before, *later})
    assert later[-1] - before < 1.0


def test_a_server_that_starts_with_a_late_clock_goes_on_from_the_newest_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.write([a_run(created=time.time())], [], [])
    store.close()
    monkeypatch.setattr(stamps, "_newest", 0.0)
    set_back(monkeypatch)
    (info,) = store.runs(None, 1)
    assert stamp() > info.created
    store.close()


def test_a_work_saved_with_a_late_clock_is_not_taken_for_the_oldest(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runs.store.shelf.MOST_KEPT", 2)
    keeper = StoreWriter(store, {})
    for name in ("one", "two"):
        keeper.shelf.put("me", name, "network", "{}")
    set_back(monkeypatch)
    keeper.shelf.put("me", "three", "network", "{}")
    keeper.close()
    assert [kept.id for kept in keeper.shelf.all("me", "network")] == ["three", "two"]
    store.close()
