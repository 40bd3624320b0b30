"""Old runs go with all that they left, by age and by size; what is live, young or on a shelf stays."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from engine.limits import Limits
from engine.runs.event_log import EventBatch
from engine.runs.info import RunInfo
from engine.runs.live import LiveRun
from engine.runs.results import result_path
from engine.runs.store import pruning
from engine.runs.store.checkpoints import Checkpoints
from engine.runs.store.marks import Mark, write_mark
from engine.runs.store.pruning import Pruner
from engine.runs.store.rows import Frame
from engine.runs.store.schema import BATCHES, FRAMES, MARKS, RUNS
from engine.runs.store.shelf import DRAFT, Shelf
from engine.runs.store.space import measure_space
from engine.runs.store.store import Store
from engine.training.events import FrameDrawn
from tests.engine.runs.store.test_store import STEPS, a_run, store, url

__all__ = ["store", "url"]

DAY = 86_400.0
PICTURE_BYTES = 20_000
FRAMES_EACH = 10


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder; nothing is waited for."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setattr(pruning, "PAUSE_SECONDS", 0.0)
    return tmp_path


@pytest.fixture
def checkpoints() -> Checkpoints:
    return Checkpoints()


@pytest.fixture
def pruner(store: Store, checkpoints: Checkpoints) -> Pruner:
    return Pruner(store, {}, checkpoints, is_quiet=lambda: True)


Limit = Callable[..., None]


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Limit:
    """`limit(run_days=..., data_gb=...)`"""

    def limit(**given: float) -> None:
        limits = replace(Limits(), **given)  # type: ignore[arg-type]
        monkeypatch.setattr(pruning, "limits", lambda: limits)

    return limit


def keep(store: Store, checkpoints: Checkpoints, run_id: str, days: float) -> RunInfo:
    """A run of so many days ago with a curve, a film, a trained network and a checkpoint."""
    info = replace(a_run(run_id, created=time.time() - days * DAY), seq=len(STEPS))
    film = [
        Frame(run_id, FrameDrawn(number, 0.1, number, "image/png", os.urandom(PICTURE_BYTES)))
        for number in range(1, FRAMES_EACH + 1)
    ]
    assert store.write([info], [], [EventBatch(run_id, 1, tuple(STEPS))], film)
    result_path(run_id).parent.mkdir(exist_ok=True)
    result_path(run_id).write_bytes(b"weights")
    checkpoints.put(run_id, b"state")
    return info


def rows(store: Store) -> list[int]:
    """How many runs, batches and frames there are."""
    return [store.read(select(func.count().label("n")).select_from(table))[0]["n"] for table in (RUNS, BATCHES, FRAMES)]


def taken(store: Store) -> int:
    space = store.ask(measure_space)
    assert space
    return space.used - space.free


def test_an_old_run_goes_with_its_curve_its_film_its_network_and_its_checkpoint(
    store: Store, checkpoints: Checkpoints, pruner: Pruner
) -> None:
    keep(store, checkpoints, "old", 401)
    result_path("old").with_name(".old.safetensors.half").write_bytes(b"wei")
    young = keep(store, checkpoints, "young", 399)
    pruner.prune()
    assert store.runs(None, 10) == [young] and store.run("old") is None
    assert rows(store) == [1, 1, FRAMES_EACH]
    assert list(result_path("any").parent.iterdir()) == [result_path("young")]
    assert checkpoints.known() == {"young"}
    assert not store.trouble


def test_a_run_that_is_live_stays_however_old(store: Store, checkpoints: Checkpoints, limit: Limit) -> None:
    info = keep(store, checkpoints, "live", 500)
    live = {"live": LiveRun("live", "me", info.job, 1, paused=True)}
    limit(data_gb=1e-9)
    Pruner(store, live, checkpoints, is_quiet=lambda: False).prune()
    assert store.runs(None, 10) == [info] and rows(store) == [1, 1, FRAMES_EACH]
    assert result_path("live").is_file() and checkpoints.known() == {"live"}


def test_a_run_with_a_star_stays_however_old_and_the_name_of_another_goes_with_it(
    store: Store, checkpoints: Checkpoints, pruner: Pruner, limit: Limit
) -> None:
    for name in ("starred", "named"):
        keep(store, checkpoints, name, 500)
        write_mark(store, "me", name, Mark("Anna's", starred=name == "starred"))
    limit(data_gb=1e-9)
    pruner.prune()
    assert [info.id for info in store.runs(None, 10)] == ["starred"] and rows(store) == [1, 1, FRAMES_EACH]
    assert result_path("starred").is_file() and not result_path("named").exists()
    assert [row["run_id"] for row in store.read(select(MARKS.c.run_id))] == ["starred"]


def test_what_its_owner_deleted_goes_when_it_is_not_undone_any_more_even_with_a_star(
    store: Store, checkpoints: Checkpoints, pruner: Pruner
) -> None:
    for run_id, ago in (("long-ago", 3700.0), ("just-now", 60.0)):
        keep(store, checkpoints, run_id, 1)
        write_mark(store, "me", run_id, Mark(starred=True, removed=time.time() - ago))
    pruner.prune()
    assert store.run("long-ago") is None and store.run("just-now") and rows(store) == [1, 1, FRAMES_EACH]
    assert store.runs("me", 9) == []


def test_the_oldest_go_first_until_the_rest_fits(
    store: Store, checkpoints: Checkpoints, pruner: Pruner, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "GROUP", 1)
    for days in range(10):
        keep(store, checkpoints, f"run-{days}", days)
    most = taken(store) - 3 * FRAMES_EACH * PICTURE_BYTES
    limit(data_gb=most / 1e9)
    pruner.prune()
    left = {info.id for info in store.runs(None, 20)}
    assert left == {f"run-{days}" for days in range(len(left))} and 4 <= len(left) <= 7
    assert taken(store) <= most
    used = pruner.storage().used
    assert used and used >= taken(store)


def test_the_shelf_stays_and_an_old_draft_goes(store: Store, pruner: Pruner, limit: Limit) -> None:
    limit(run_days=1, data_gb=1e-9)
    shelf = Shelf(store, lambda: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.runs.store.shelf.stamp", lambda: 1000.0)
        shelf.put("me", "mine", "classifier", '{"name": "Mine"}')
        shelf.put("me", DRAFT, DRAFT, "{}")
    shelf.put("you", DRAFT, DRAFT, "{}")
    assert shelf.write()
    pruner.prune()
    assert [kept.id for kept in shelf.all("me", "classifier")] == ["mine"]
    assert shelf.get("me", DRAFT) is None and shelf.get("you", DRAFT)


def test_old_files_that_belong_to_no_run_go_too(store: Store, pruner: Pruner, folder: Path) -> None:
    left = [folder / "runs" / "gone.safetensors", folder / "playground.sqlite.20200101-000000"]
    new = [folder / "runs" / "new.safetensors", folder / "playground.sqlite.20300101-000000"]
    other = folder / "mnist"
    (folder / "runs").mkdir()
    for path in (*left, *new, other):
        path.write_bytes(b"left behind")
    for path in (*left, other):
        os.utime(path, (1000, 1000))
    pruner.prune()
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in (*new, other))


def test_nothing_goes_while_the_runs_cannot_be_read(tmp_path: Path, limit: Limit) -> None:
    limit(run_days=1, data_gb=1e-9)
    result_path("any").parent.mkdir()
    result_path("one").write_bytes(b"weights")
    os.utime(result_path("one"), (1000, 1000))
    Pruner(Store("sqlite:////nowhere/at/all.sqlite"), {}, None, is_quiet=lambda: True).prune()
    assert result_path("one").is_file()


def test_a_large_run_goes_in_many_small_transactions(
    store: Store, checkpoints: Checkpoints, pruner: Pruner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "MOST_ROWS", 4)
    keep(store, checkpoints, "old", 401)
    sizes: list[list[int]] = []
    transact = store.transact

    def note(do: Callable[..., object]) -> bool:
        done = transact(do)
        sizes.append(rows(store))
        return done

    monkeypatch.setattr(store, "transact", note)
    pruner.prune()
    assert sizes[:3] == [[1, 0, 6], [1, 0, 2], [0, 0, 0]]


def test_a_run_that_is_taken_up_again_in_the_middle_stays_in_the_list(
    store: Store, checkpoints: Checkpoints, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is resumed when part of it is gone: what is left stays, and it goes on."""
    monkeypatch.setattr(pruning, "MOST_ROWS", 4)
    info = keep(store, checkpoints, "old", 401)
    live: dict[str, LiveRun] = {}
    transact = store.transact

    def resume(do: Callable[..., object]) -> bool:
        live["old"] = LiveRun("old", "me", info.job, 1, paused=False)
        return transact(do)

    monkeypatch.setattr(store, "transact", resume)
    Pruner(store, live, checkpoints, is_quiet=lambda: False).prune()
    assert store.run("old") and checkpoints.known() == {"old"} and result_path("old").is_file()


@pytest.fixture
def file(folder: Path) -> Path:
    return folder / "playground.sqlite"


@pytest.fixture
def own(file: Path) -> Iterator[Store]:
    """The store in the data folder."""
    store = Store()
    yield store
    store.close()


def fill(store: Store, checkpoints: Checkpoints) -> None:
    for number in range(60):
        keep(store, checkpoints, f"run-{number}", 401)


def made_old(file: Path) -> None:
    """As an older playground made it: it cannot give back a part."""
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")
        assert connection.execute("PRAGMA auto_vacuum").fetchone() == (0,)
    connection.close()


@pytest.mark.parametrize("spoil", [lambda _: None, made_old], ids=["new", "old"])
def test_the_file_becomes_smaller(
    own: Store, checkpoints: Checkpoints, file: Path, spoil: Callable[[Path], None]
) -> None:
    fill(own, checkpoints)
    own.close()
    spoil(file)
    before = file.stat().st_size
    assert before > 60 * FRAMES_EACH * PICTURE_BYTES
    Pruner(own, {}, checkpoints, is_quiet=lambda: True).prune()
    own.close()
    assert file.stat().st_size < before / 5
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


@pytest.mark.parametrize("quiet", [[], [True, True]], ids=["at once", "in the middle"])
def test_an_older_file_is_left_as_it_is_while_somebody_needs_it(
    own: Store, checkpoints: Checkpoints, file: Path, quiet: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runs.store.space.OPERATIONS", 10)
    fill(own, checkpoints)
    own.close()
    made_old(file)
    before = file.stat().st_size
    pruner = Pruner(own, {}, checkpoints, is_quiet=lambda: bool(quiet) and quiet.pop())
    pruner.prune()
    assert file.stat().st_size >= before and rows(own) == [0, 0, 0]
    assert own.write([a_run()], [], []) and not own.trouble
    pruner._is_quiet = lambda: True
    pruner.prune()
    own.close()
    assert file.stat().st_size < before / 5, "it was only put off"


def test_what_is_used_is_told_from_the_start(own: Store, checkpoints: Checkpoints) -> None:
    fill(own, checkpoints)
    pruner = Pruner(own, {}, checkpoints, is_quiet=lambda: True)
    assert pruner.storage().used is None
    pruner.begin()
    while pruner.storage().used is None:
        pass
    pruner.close()
    assert (pruner.storage().used or 0) > 60 * FRAMES_EACH * PICTURE_BYTES


def test_free_pages_of_the_file_do_not_count_against_the_limit(
    own: Store, checkpoints: Checkpoints, file: Path, limit: Limit
) -> None:
    """They are filled again: what is young is not removed for them."""
    fill(own, checkpoints)
    own.close()
    made_old(file)
    assert own.transact(lambda connection: connection.execute(delete(FRAMES)))
    young = keep(own, checkpoints, "young", 0)
    limit(data_gb=2 * FRAMES_EACH * PICTURE_BYTES / 1e9, run_days=1000)
    Pruner(own, {}, checkpoints, is_quiet=lambda: False).prune()
    assert file.stat().st_size > 60 * FRAMES_EACH * PICTURE_BYTES
    assert young in own.runs(None, 100)
