"""Names and stars of runs: checked, stored, shown while a run lives and after, found first, and bounded."""

from pathlib import Path

import pytest

from engine.catalogue.params import SpecError
from engine.runs.live import LiveRun
from engine.runs.service import RunService
from engine.runs.store import marks
from engine.runs.store.marks import Mark, write_mark
from engine.runs.store.store import Store
from tests.engine.runs.store.test_store import a_run, store, url

__all__ = ["store", "url"]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunService:
    """A service that carries no runs, with three stored ones of "me", the oldest first."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    service = RunService()
    assert service._store.write([a_run(name, created=when) for when, name in enumerate("abc", 1)], [], [])
    return service


def test_a_name_and_a_star_are_there_in_the_next_life_of_the_store(store: Store) -> None:
    assert store.write([a_run()], [], [])
    write_mark(store, "me", "one", Mark("Anna's best", starred=True))
    found = store.run("one")
    assert found and (found.name, found.own_name, found.starred) == ("Anna's best", "Anna's best", True)
    write_mark(store, "me", "one", Mark())
    assert store.runs("me", 1) == [a_run()]


def test_runs_with_a_star_are_found_however_many_came_after(service: RunService) -> None:
    service.mark("a", "me", "", True)
    service.mark("b", "me", "Named only", False)
    assert [run.id for run in service.runs("me", 2)] == ["c", "b"]
    assert [run.id for run in service.runs("me", 2, starred=True)] == ["a"]
    assert [run.name for run in service.runs("me", 3)] == ["MLP", "Named only", "MLP"]


def test_a_run_that_lives_is_called_by_its_name_at_once(service: RunService) -> None:
    service._live["new"] = LiveRun("new", "me", a_run().job, 1, paused=True)
    service.mark("new", "me", " \u202eTwo\nlines ", True)
    run = service.run("new")
    assert run and (run.name, run.starred) == ("Two lines", True)
    assert [run.id for run in service.runs("me", starred=True)] == ["new"]


def test_a_deleted_run_is_nowhere_until_it_is_brought_back(service: RunService) -> None:
    service.mark("b", "me", "Mine", True, "seven, Seven seven")
    service.remove("b", "me")
    assert service.run("b") is None and [run.id for run in service.runs("me", 9)] == ["c", "a"]
    with pytest.raises(KeyError):
        service.history("b")
    with pytest.raises(KeyError):
        service.mark("b", "me", "Again", False)
    with pytest.raises(PermissionError):
        service.restore("b", "you")
    service.restore("b", "me")
    found = service.run("b")
    assert found and (found.name, found.starred, found.tags) == ("Mine", True, "seven Seven")
    with pytest.raises(PermissionError):
        service.remove("b", "you")
    service._live["new"] = LiveRun("new", "me", a_run().job, 1, paused=True)
    with pytest.raises(SpecError, match="Stop it first"):
        service.remove("new", "me")


@pytest.mark.parametrize(("name", "starred"), [("x" * 61, False), (7, False), (None, True), ("fine", "yes")])
def test_what_is_no_name_or_no_star_is_refused(service: RunService, name: object, starred: object) -> None:
    with pytest.raises(SpecError):
        service.mark("a", "me", name, starred)
    assert service.runs("me", 3)[-1].name == "MLP"


def test_only_the_owner_marks_a_run(service: RunService) -> None:
    with pytest.raises(PermissionError):
        service.mark("a", "you", "Mine", True)
    with pytest.raises(KeyError):
        service.mark("nowhere", "me", "Mine", True)


def test_stars_are_bounded_and_the_cure_is_told(service: RunService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "MOST_STARRED", 2)
    service.mark("a", "me", "", True)
    service.mark("b", "me", "", True)
    service.mark("b", "me", "Renamed", True)
    with pytest.raises(SpecError, match="Take one from another run first"):
        service.mark("c", "me", "", True)
    service.mark("a", "me", "", False)
    service.mark("c", "me", "", True)
