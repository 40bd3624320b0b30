"""The keeper: what live runs report reaches the store, also after trouble, and leaves memory when it is over."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.runs.event_log import KEEP_EVENTS
from engine.runs.history import live_history, stored_history
from engine.runs.live import LiveRun
from engine.runs.message import join, pack
from engine.runs.store.store import Store
from engine.runs.store.writer import StoreWriter
from engine.training.events import (
    Event,
    FrameDrawn,
    StatusChanged,
    StepDone,
)
from engine.training.kind import Classification
from engine.training.presets import PRESETS


def a_run() -> LiveRun:
    preset = PRESETS["mlp"]
    return LiveRun("one", "me", Classification(preset.network, preset.config), 101_770, paused=False)


def steps(count: int) -> list[Event]:
    return [StepDone(step, 1, 1 / step, 0.5, 0.1) for step in range(1, count + 1)]


@pytest.fixture
def folder_to_be(tmp_path: Path) -> Path:
    """The store's folder; it is not there yet."""
    return tmp_path / "later"


@pytest.fixture
def store(folder_to_be: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{folder_to_be / 'playground.sqlite'}")
    yield store
    store.close()


def test_a_run_that_is_over_moves_to_the_store(store: Store, folder_to_be: Path) -> None:
    folder_to_be.mkdir()
    run = a_run()
    live = {run.id: run}
    keeper = StoreWriter(store, live)
    events = [*steps(100), StatusChanged("finished")]
    run.add(1, events[:60])
    keeper.wake()
    while run.stored_seq < 60:
        pass
    assert live
    run.add(61, events[60:])
    run.is_settled = True
    keeper.wake()
    while live:
        pass
    info = store.run(run.id)
    assert info and (info.status, info.seq) == ("finished", 101)
    assert stored_history(info, store, 0) == {"after": 0} | pack(events, 101)
    assert stored_history(info, store, 70) == {"after": 70} | pack(events[70:], 101)
    keeper.close()


def test_nothing_is_lost_while_the_store_is_away(
    store: Store, folder_to_be: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = a_run()
    live = {run.id: run}
    events = steps(50)
    with caplog.at_level(logging.WARNING):
        keeper = StoreWriter(store, live)
        run.add(1, events[:20])
        keeper.wake()
        while not caplog.records:
            pass
        assert live_history(run, store, 0) == {"after": 0} | pack(events[:20], 20)
        run.add(21, events[20:])
        folder_to_be.mkdir()
        keeper.close()
    assert len(caplog.records) == 1
    assert join(store.messages(run.id, 0)) == {"after": 0} | pack(events, 50)


def test_a_long_run_keeps_its_tail_in_memory_and_its_history_whole(store: Store, folder_to_be: Path) -> None:
    folder_to_be.mkdir()
    run = a_run()
    keeper = StoreWriter(store, {run.id: run})
    events = steps(3 * KEEP_EVENTS)
    for first in range(0, len(events), KEEP_EVENTS):
        run.add(first + 1, events[first : first + KEEP_EVENTS])
        keeper.wake()
        while run.stored_seq < first + KEEP_EVENTS:
            pass
    keeper.close()
    assert run.events.first > KEEP_EVENTS
    for after in (0, 7, run.events.first - 2, run.events.first - 1, run.events.first, len(events) - 1):
        assert live_history(run, store, after) == {"after": after} | pack(events[after:], len(events))


def test_a_run_that_no_store_takes_holds_up_no_other(store: Store, folder_to_be: Path) -> None:
    folder_to_be.mkdir()
    broken, whole = a_run(), replace(a_run(), id="two")
    broken.add(1, [StatusChanged(object())])  # type: ignore[arg-type]  # which is no JSON
    live = {broken.id: broken}
    keeper = StoreWriter(store, live)
    keeper.wake()
    live[whole.id] = whole
    whole.add(1, steps(10))
    for run in (broken, whole):
        run.is_settled = True
    keeper.wake()
    while live:
        keeper.wake()
    keeper.close()
    assert (info := store.run(whole.id)) and info.seq == 10
    assert store.run(broken.id) is None


def a_film(count: int) -> list[Event]:
    return [FrameDrawn(step, step / 4, step, "image/png", b"frame %d" % step) for step in range(1, count + 1)]


def test_frames_reach_the_store_once_and_leave_memory(store: Store, folder_to_be: Path) -> None:
    run = a_run()
    keeper = StoreWriter(store, {run.id: run})
    film = a_film(6)
    run.add(1, film[:4])
    keeper.wake()  # in vain: there is no store yet
    run.add(3, film[2:])  # delivered again in part
    assert [run.frames[number].content for number in range(1, 7)] == [b"frame %d" % n for n in range(1, 7)]
    folder_to_be.mkdir()
    keeper.close()
    assert not run.frames
    run.add(5, film[4:])
    assert not run.frames
    assert store.frames(run.id) == [(n, n, n / 4) for n in range(1, 7)]
    assert [store.frame(run.id, n) for n in range(1, 8)] == [*film, None]


def test_contents_of_frames_are_not_among_the_events(store: Store, folder_to_be: Path) -> None:
    folder_to_be.mkdir()
    run = a_run()
    keeper = StoreWriter(store, {run.id: run})
    run.add(1, a_film(2))
    assert all(isinstance(event, FrameDrawn) and not event.content for event in run.events.since(0)[1])
    keeper.close()
    told = live_history(run, store, 0)["events"]
    assert told == join(store.messages(run.id, 0))["events"] == pack(a_film(2), 2)["events"]
    assert not any("content" in event for event in told)


def test_much_at_once_goes_in_many_small_transactions(
    store: Store, folder_to_be: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runs.store.writer.MOST_AT_ONCE", 50)
    monkeypatch.setattr("engine.runs.store.writer.MOST_IN_BATCH", 20)
    folder_to_be.mkdir()
    runs = {name: LiveRun(name, "me", a_run().job, 101_770, paused=False) for name in ("a", "b", "c")}
    keeper = StoreWriter(store, runs)
    events = [*steps(119), StatusChanged("finished")]
    for run in (*runs.values(),):
        run.add(1, events)
        run.is_settled = True
    keeper.wake()
    while runs:
        pass
    keeper.close()
    for name in ("a", "b", "c"):
        messages = list(store.messages(name, 0))
        assert max(len(message.get("steps", {}).get("step", ())) for message in messages) <= 20
        assert join(messages) == {"after": 0} | pack(events, 120)
        info = store.run(name)
        assert info and (info.status, info.seq) == ("finished", 120)


def test_a_store_that_is_away_for_long_costs_the_oldest_and_no_more_memory(
    store: Store, folder_to_be: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runs.store.writer.RETRY_SECONDS", 0.01)
    monkeypatch.setattr("engine.runs.store.writer.MOST_UNSTORED", 2 * KEEP_EVENTS)
    monkeypatch.setattr("engine.runs.store.writer.MOST_UNSTORED_FRAMES", 3)
    run = a_run()
    keeper = StoreWriter(store, {run.id: run})
    events = steps(4 * KEEP_EVENTS)
    run.add(1, [*events, *a_film(5)])
    keeper.wake()
    while run.events.first == 1 or len(run.frames) > 3:
        pass
    assert "Training goes on." in str(keeper.trouble)
    first, seq = run.events.first, run.events.seq
    assert first == seq - 2 * KEEP_EVENTS + 1
    told = live_history(run, store, 0)
    folder_to_be.mkdir()
    keeper.close()
    assert not keeper.trouble and run.stored_seq == seq
    assert join(store.messages(run.id, 0)) == told
    assert told["seq"] == seq and told["steps"]["step"][0] == first
    assert [frame[0] for frame in store.frames(run.id)] == [3, 4, 5]


def test_runs_are_listed_again_in_a_file_that_was_new_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setattr("engine.runs.store.writer.RETRY_SECONDS", 0.01)
    store, run = Store(), a_run()
    keeper = StoreWriter(store, {run.id: run})
    run.add(1, steps(10))
    keeper.wake()
    while run.stored_seq < 10:
        pass
    store.close()
    (tmp_path / "playground.sqlite").write_bytes(b"nonsense" * 1000)
    run.add(11, steps(20)[10:])
    keeper.close()
    info = store.run(run.id)
    assert info and info.seq == 20
    store.close()
