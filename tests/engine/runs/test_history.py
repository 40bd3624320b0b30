"""What a reader is told who comes back: what follows on what was seen, or all of it anew."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.runs.event_log import EventBatch
from engine.runs.history import live_history, mark_interrupted, stored_history
from engine.runs.live import LiveRun
from engine.runs.message import pack
from engine.runs.results import example
from engine.runs.store.store import Store
from engine.training.events import StepDone
from engine.training.kind import EXAMPLE, Classification
from engine.training.presets import PRESETS

STEPS = [StepDone(step, 1, 1 / step, 0.5, 0.1) for step in range(1, 11)]
WHOLE = {"after": 0} | pack(STEPS, 10)


@pytest.fixture
def run() -> LiveRun:
    preset = PRESETS["mlp"]
    run = LiveRun("one", "me", Classification(preset.network, preset.config), 101_770, paused=False)
    run.add(1, STEPS)
    return run


@pytest.fixture
def store(tmp_path: Path, run: LiveRun) -> Iterator[Store]:
    """It holds the run as one that trains."""
    store = Store(f"sqlite:///{tmp_path / 'playground.sqlite'}")
    assert store.write([replace(run.info(), status="running")], [], [EventBatch("one", 1, tuple(STEPS))])
    yield store
    store.close()


def test_who_saw_more_than_is_known_starts_over(run: LiveRun, store: Store) -> None:
    assert live_history(run, store, 11) == WHOLE
    info = replace(run.info(), status="finished")
    assert stored_history(info, store, 11) == WHOLE
    recorded = example(EXAMPLE)
    assert recorded
    last = recorded.messages[-1]["seq"]
    assert recorded.history(last + 1) == recorded.history(0)
    assert recorded.history(last) == {"after": last, "seq": last, "events": []}


def test_a_run_that_was_cut_off_says_so_and_nothing_is_invented(store: Store) -> None:
    stored = store.run("one")
    assert stored and stored.status == "running"
    assert stored_history(stored, store, 0) == WHOLE | {"interrupted": True}
    assert stored_history(stored, store, 10) == {"after": 10, "seq": 10, "events": [], "interrupted": True}
    assert mark_interrupted(stored) == replace(stored, status="interrupted")
    assert mark_interrupted(stored).is_resumable and not stored.is_resumable
    over = replace(stored, status="finished")
    assert mark_interrupted(over) == over and "interrupted" not in stored_history(over, store, 0)
