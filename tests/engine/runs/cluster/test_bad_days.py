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

import psutil
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
from tests.engine.runs.conftest import OWNER, Read

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


def test_a_data_folder_that_is_moved_away_costs_no_run_an_event(place: Place) -> None:
    service = place.service
    run_id = service.start(JOB, OWNER)
    until(lambda: steps(service, run_id) > 300)
    place.folder.rename(place.folder.with_name("moved"))
    until(lambda: run_id not in service._live)
    shutil.rmtree(place.folder.with_name("moved"))
    with contextlib.closing(in_the_next_life(place.folder)) as store:
        assert losses(store, run_id) == undisturbed()


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


def test_a_full_disk_loses_nothing_and_says_so(place: Place) -> None:
    if not place.has_own_disk:
        pytest.skip("a disk to fill needs Linux, root and the right to mount")
    service, filler = place.service, place.folder / "filler"
    run_id = service.start(JOB, OWNER)
    until(lambda: steps(service, run_id) > 300)
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(2**16))
    try:
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


def test_a_frozen_host_costs_nothing_and_nothing_is_told_twice(
    service: RunService, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runs.cluster.host.SILENT_SECONDS", 1.0)
    undisturbed()
    frozen = service.start(JOB, OWNER)
    other = service.start(Classification(MLP.network, LONG), "another")
    until(lambda: min(steps(service, frozen), steps(service, other)) > 100)
    until(lambda: host_of(service, frozen).process != host_of(service, other).process)
    process, lost, at = host_of(service, frozen).process, service.machine().lost, steps(service, other)
    os.kill(process, signal.SIGSTOP)
    until(lambda: steps(service, other) > at + 100)
    assert service.machine().lost == lost  # the others went on before it was noticed
    until(lambda: service.machine().lost > lost)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGCONT)
    reading = read(frozen)
    assert reading.column("step") == list(range(1, MEDIUM.steps + 1))
    assert reading.column("loss") == undisturbed()
    assert len(reading.named("recovered")) == len(reading.named("finished")) == 1
    service.control(other, "another", "stop")


def sidecar_of(service: RunService) -> psutil.Process:
    family = psutil.Process(service.machine().hosts[0].process).parents()
    return next(process for process in family if "sidecar_process" in " ".join(process.cmdline()))


@pytest.mark.parametrize("who", ["all hosts", "the sidecar"])
def test_all_runs_go_on_after_all_processes_were_killed_at_once(who: str, service: RunService, read: Read) -> None:
    undisturbed()
    until(lambda: len(service.machine().hosts) >= 2)
    runs = [service.start(JOB, f"student {number}") for number in range(4)]
    until(lambda: min(steps(service, run_id) for run_id in runs) > 100)
    sidecar, hosts = sidecar_of(service), [psutil.Process(host.process) for host in service.machine().hosts]
    victims = [sidecar] if who == "the sidecar" else hosts
    for process in victims:
        process.kill()
    for run_id in runs:
        reading = read(run_id)
        assert reading.column("step") == list(range(1, MEDIUM.steps + 1))
        assert reading.column("loss") == undisturbed()
        assert reading.statuses[-1] == "finished" and reading.named("recovered")
    assert not any(process.is_running() for process in hosts)
    assert service.machine().trouble is None
