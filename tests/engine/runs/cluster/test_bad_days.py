"""Bad days of a server and its training processes; docs/reliability.md tells what each of them costs."""

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.data.mnist import load_mnist
from engine.network.build import build
from engine.network.spec import plan
from engine.runs.message import join
from engine.runs.results import load_result
from engine.runs.service import RunService
from engine.runs.store.store import Store
from engine.text import Text
from engine.training.events import StepDone
from engine.training.kind import Classification
from engine.training.train import train
from tests.engine.runs.cluster.test_failover import LONG, MLP, host_of, service_with, until
from tests.engine.runs.conftest import OWNER

MEDIUM = replace(LONG, epochs=12)  # a second or two
JOB = Classification(MLP.network, MEDIUM)
DISK = "96m"  # of which MNIST takes half
LATE_CLOCK = """
import os, time
now, path = time.time, os.environ["CLOCK_IS_LATE"]
time.time = lambda: now() - 3600 * os.path.exists(path)
"""


@functools.cache
def undisturbed() -> list[float]:
    """The losses of a run that nothing happens to."""
    stream = train(build(plan(MLP.network), MEDIUM.seed), MEDIUM, load_mnist())
    return [float(f"{event.loss:.6g}") for event in stream if isinstance(event, StepDone)]


def losses(service: RunService | Store, run_id: str) -> list[float]:
    """All that a run has told, checked to be whole: every step once, in order."""
    told = service.history(run_id) if isinstance(service, RunService) else join(service.messages(run_id, 0))
    assert told["steps"]["step"] == list(range(1, len(told["steps"]["step"]) + 1))
    return list(told["steps"]["loss"])


def steps(service: RunService, run_id: str) -> int:
    info = service.run(run_id)
    assert info
    return info.step


def is_fit_for_visitors(text: Text | None) -> bool:
    """Whether it has no path, no SQL and no name of an exception."""
    return not any(word in str(text) for word in ("/", "SELECT", "INSERT", "Error", "sqlite3", "Errno"))


def in_the_next_life(folder: Path) -> Store:
    return Store(f"sqlite:///{folder / 'playground.sqlite'}")


@dataclass(frozen=True)
class Place:
    """A service and where its data lies: on a small disk of its own, where this machine lets one be made."""

    service: RunService
    folder: Path
    has_own_disk: bool
    clock: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    undisturbed()  # before anything else: what makes networks here meanwhile draws from the same random numbers
    folder, disk = tmp_path_factory.mktemp("clock"), tmp_path_factory.mktemp("disk")
    (folder / "sitecustomize.py").write_text(LATE_CLOCK)
    with contextlib.ExitStack() as mounted:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "playground-tests", str(disk)]
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            subprocess.run(mount, check=True, capture_output=True)
            mounted.callback(subprocess.run, ["umount", "--lazy", str(disk)], check=True)
        clock = folder / "is-late"
        with service_with(disk / "data", PYTHONPATH=str(folder), CLOCK_IS_LATE=str(clock)) as service:
            yield Place(service, disk / "data", disk.is_mount(), clock)


@pytest.mark.long
def test_a_data_folder_that_is_deleted_costs_no_run_an_event(place: Place) -> None:
    service = place.service
    before = service.start(JOB, "before")
    until(lambda: before not in service._live)
    run_id = service.start(JOB, OWNER)
    until(lambda: steps(service, run_id) > 300)
    shutil.rmtree(place.folder, ignore_errors=True)  # the server may be quicker with some of it
    until(lambda: run_id not in service._live)
    assert service.trouble() is None
    assert losses(service, run_id) == losses(service, before) == undisturbed()
    with contextlib.closing(in_the_next_life(place.folder)) as store:
        assert losses(store, run_id) == losses(store, before) == undisturbed()
    assert load_result(run_id, "classifier")


@pytest.mark.long
def test_a_data_folder_that_is_moved_away_costs_no_run_an_event(place: Place) -> None:
    service = place.service
    run_id = service.start(JOB, OWNER)
    until(lambda: steps(service, run_id) > 300)
    place.folder.rename(place.folder.with_name("moved"))
    until(lambda: run_id not in service._live)
    shutil.rmtree(place.folder.with_name("moved"))
    with contextlib.closing(in_the_next_life(place.folder)) as store:
        assert losses(store, run_id) == undisturbed()


@pytest.mark.long
def test_a_damaged_store_costs_no_run_that_trains_an_event(place: Place) -> None:
    service = place.service
    run_id = service.start(JOB, OWNER)
    until(lambda: steps(service, run_id) > 300)
    file = place.folder / "playground.sqlite"
    for damaged in (file, file.with_name(f"{file.name}-wal")):
        size = damaged.stat().st_size
        with damaged.open("r+b") as opened:
            opened.write(b"\xff" * size)
    until(lambda: run_id not in service._live)
    assert service.trouble() is None
    assert losses(service, run_id) == undisturbed()
    assert list(place.folder.glob("playground.sqlite.*"))


@pytest.mark.long
def test_a_full_disk_loses_nothing_and_says_so(place: Place) -> None:
    if not place.has_own_disk:
        pytest.skip("a disk to fill needs Linux, root and the right to mount")
    service, filler = place.service, place.folder / "filler"
    run_id = service.start(JOB, OWNER)
    until(lambda: steps(service, run_id) > 300)
    service.control(run_id, OWNER, "pause")  # what it still has to tell needs room
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(2**16))
    try:
        service.control(run_id, OWNER, "resume")
        until(lambda: service.trouble() is not None)
        assert "The disk is full. Training goes on." in str(service.trouble())
        assert is_fit_for_visitors(service.trouble())
        until(lambda: bool((info := service.run(run_id)) and info.finished))
        later = service.start(JOB, OWNER)
        until(lambda: steps(service, later) > 300)
        assert service.learned(run_id) is not None and load_result(run_id, "classifier") is None
    finally:
        filler.unlink()
    until(lambda: not {run_id, later} & service._live.keys())
    assert service.trouble() is None
    for one in (run_id, later):
        assert losses(service, one) == undisturbed() and load_result(one, "classifier")


@pytest.mark.long
def test_a_clock_that_is_set_back_an_hour_disturbs_nobody(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    service = place.service
    runs = [service.start(JOB, "late")]
    until(lambda: steps(service, runs[0]) > 300)
    place.clock.touch()
    try:
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() - 3600)
        runs.append(service.start(JOB, "late"))
        lost = service.machine().lost
        os.kill(host_of(service, runs[1]).process, signal.SIGKILL)  # those that take its place have another clock
        until(lambda: service.machine().lost > lost and len(service.machine().hosts) == 2)
        runs.append(service.start(JOB, "late"))
        until(lambda: not service._live.keys() & set(runs))
        assert [info.id for info in service.runs("late")] == runs[::-1]  # the newest first
        assert all(losses(service, run_id) == undisturbed() for run_id in runs)
    finally:
        place.clock.unlink()
