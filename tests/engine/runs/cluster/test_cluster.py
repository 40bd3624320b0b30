"""A cluster of its own in the place of this machine's processes: same service, same runs; a lost worker loses none."""

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from engine.runs.service import RunService
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from tests.engine.runs.a_cluster import ROOT, Cluster, commands, local_cluster
from tests.engine.runs.conftest import OWNER, PATIENCE, Read

MLP = PRESETS["mlp"]
SHORT = replace(MLP.config, images=2000, epochs=2)
LONG = replace(MLP.config, epochs=100, batch_size=8)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with local_cluster(tmp_path_factory.mktemp("cluster"), 2) as made:
        yield made


@pytest.fixture(scope="module")
def folder(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The server's data folder, in its environment, with all that lies where other machines reach it."""
    folder = cluster.folder / "server"
    variables = cluster.server_variables() | {"PLAYGROUND_DATA": str(folder), "PLAYGROUND_STORE": _store(request)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield folder


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[RunService]:
    service = RunService()
    service.begin()
    try:
        assert service.wait_ready(PATIENCE)
        yield service
    finally:
        service.close()


def _store(request: pytest.FixtureRequest) -> str:
    """PostgreSQL as a cluster has it; where it is not installed, SQLite."""
    try:
        return str(request.getfixturevalue("postgres").url)
    except pytest.skip.Exception:
        return ""


def processes(service: RunService) -> frozenset[int]:
    return frozenset({host.process for host in service.machine().hosts})


def wait_for(good: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not good():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_run_is_steered_finishes_and_is_found_by_the_next_server(service: RunService, read: Read) -> None:
    run_id = service.start(Classification(MLP.network, SHORT), OWNER, paused=True)
    service.control(run_id, OWNER, "step")
    assert read(run_id, lambda reading: bool(reading.column("step"))).column("step") == [1]
    service.control(run_id, OWNER, "resume")
    reading = read(run_id)
    assert reading.column("step") == list(range(1, SHORT.steps + 1))
    assert reading.statuses[-1] == "finished"
    later = RunService()
    try:
        wait_for(lambda: (info := later.run(run_id)) is not None and info.status == "finished")
        wait_for(lambda: later.learned(run_id) is not None)  # it is saved a moment after its end is stored
    finally:
        later.close()


def test_its_processes_run_with_what_makes_them_fast(service: RunService, cluster: Cluster) -> None:
    check = ["bash", "-c", commands("See that it works", cluster.replaced)]
    told = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(told) == 2
    assert all("'OMP_NUM_THREADS': '1'" in line for line in told)


def test_runs_of_a_killed_worker_go_on_as_if_nothing_had_happened(service: RunService, read: Read) -> None:
    wait_for(lambda: len(processes(service)) == 2)
    jobs = [Classification(MLP.network, replace(LONG, seed=seed)) for seed in (0, 1, 0, 1)]
    runs = [service.start(job, OWNER) for job in jobs]
    for run_id in runs:
        read(run_id, lambda reading: len(reading.column("step")) > 100)
    lost = service.machine().hosts[0]
    before = {run_id: service.history(run_id)["seq"] for run_id in runs}
    psutil.Process(lost.process).kill()
    for run_id in runs:
        read(run_id, lambda reading: len(reading.column("step")) > 1000, after=before[run_id])
        service.control(run_id, OWNER, "stop")
    readings = [read(run_id) for run_id in runs]
    for reading in readings:
        assert reading.column("step") == list(range(1, len(reading.column("step")) + 1))
        assert reading.statuses[-1] == "stopped"
    assert any(reading.named("recovered") for reading in readings)
    for one, other in ((0, 2), (1, 3)):
        both = zip(readings[one].column("loss"), readings[other].column("loss"), strict=False)
        assert all(loss == same for loss, same in both)
    wait_for(lambda: len(processes(service) - {lost.process}) == 2)
