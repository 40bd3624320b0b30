"""Bad days of the training processes: one freezes, or all are killed at once; see docs/reliability.md."""

import contextlib
import os
import signal

import psutil
import pytest

from engine.runs.service import RunService
from engine.training.kind import Classification
from tests.engine.runs.cluster.test_bad_days import JOB, MEDIUM, steps, undisturbed
from tests.engine.runs.cluster.test_failover import LONG, MLP, host_of, until
from tests.engine.runs.conftest import OWNER, Read


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.parametrize("who", ["all hosts", "the sidecar"])
def test_all_runs_go_on_after_all_processes_were_killed_at_once(who: str, service: RunService, read: Read) -> None:
    undisturbed()
    until(lambda: len(service.machine().hosts) >= 2)
    runs = [service.start(JOB, f"student {number}") for number in range(2)]
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
