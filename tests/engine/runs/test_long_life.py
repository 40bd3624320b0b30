"""A short form of benchmarks/long_life.py: runs in a row leave nothing behind, a year of them is listed and removed."""

from pathlib import Path

import pytest

from benchmarks.long_life import JOBS, LISTS, footprint, train_in_a_row
from benchmarks.school_year import fill
from engine.limits import Limits
from engine.runs.service import RunService

SLACK = 5  # threads and handles that come and go


def test_runs_in_a_row_leave_nothing_behind_but_what_they_learned(service: RunService) -> None:
    train_in_a_row(service, len(JOBS))  # what is loaded once is loaded
    before = footprint()
    train_in_a_row(service, len(JOBS))
    after = footprint()
    assert after.files == before.files
    assert after.handles < before.handles + SLACK and after.threads < before.threads + SLACK
    assert after.memory["server"] < before.memory["server"] + 20


def test_a_year_of_runs_is_listed_and_removed_down_to_the_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setattr("engine.runs.store.pruning.PAUSE_SECONDS", 0.0)
    service = RunService(1)
    try:
        fill(service._store, runs=100, films=10)
        newest = [run.id for run in service.runs(limit=100)]
        assert newest == [f"run-{number}" for number in reversed(range(100))]
        assert [len(ask(service)) for ask in LISTS.values()] == [20, 20, 1, 0, 20, 10, 0]
        service._pruner.prune()
        assert [run.id for run in service.runs(limit=100)] == newest[:79], "a fifth is older than 400 days"
        room = (service.storage().used or 0) * 0.7 / 1e9
        monkeypatch.setattr("engine.runs.store.pruning.limits", lambda: Limits(data_gb=room))
        service._pruner.prune()
        left = [run.id for run in service.runs(limit=100)]
        assert left == newest[: len(left)] and 30 < len(left) < 70
        assert {path.stem for path in (tmp_path / "runs").iterdir()} == set(left)
    finally:
        service.close()
