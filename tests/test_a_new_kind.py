"""A kind of run that the playground does not know, whole in this file: carried, steered, kept, watched like any other.
Training processes import this file too."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from engine.catalogue.codec import Codec
from engine.catalogue.params import Param, SpecError, integer, real
from engine.kind import Kind, Sort
from engine.kinds import KINDS, check_job, job_from_json, job_to_json
from engine.network.load import Load
from engine.runs.service import RunService
from engine.training.events import SettingChanged
from engine.training.streams import BuiltJob, Clock, Controls, State, Stream

PATIENCE, OWNER = 120.0, "a visitor"
STEP_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum that grows by `rate` in each step."""

    steps: int = 400
    rate: float = 1.0


@dataclass(frozen=True, slots=True)
class SumStarted:
    steps: int


@dataclass(frozen=True, slots=True)
class SumStep:
    step: int
    total: float


@dataclass(frozen=True, slots=True)
class SumFinished:
    step: int
    total: float
    stopped: bool


SETTINGS: dict[str, Param] = {
    "steps": integer(400, 1, 10_000, "Steps", "How often it grows."),
    "rate": real(1.0, 0.0, 9.0, "Rate", "How much it grows in each step."),
}
EVENTS: dict[type[Any], Sort] = {SumStarted: "note", SumStep: "step", SumFinished: "result"}


def grow(job: Sum, controls: Controls, resume: State | None) -> Stream[Any]:
    done = SumStep(*(resume.facts["done"] if resume else (0, 0.0)))
    rate = resume.facts["rate"] if resume else job.rate

    def events() -> Iterator[Any]:
        nonlocal done, rate
        if not done.step:
            yield SumStarted(job.steps)
        while done.step < job.steps and not controls.stop:
            if "rate" in controls.changes:
                rate = controls.changes.pop("rate")
                yield SettingChanged(done.step, "rate", rate)
            end = time.perf_counter() + STEP_SECONDS
            while time.perf_counter() < end:
                pass
            done = SumStep(done.step + 1, done.total + rate)
            yield done
        yield SumFinished(done.step, done.total, controls.stop)

    def keep(newest: Any) -> State | None:
        return State(facts={"done": [done.step, done.total], "rate": rate}) if newest is done else None

    return Stream(events(), 0, Clock(), keep, resume)


def begin(job: Sum, source: bytes | None, resume: State | None) -> BuiltJob:
    controls = Controls()
    return BuiltJob(grow(job, controls, resume), controls, job.steps)


KINDS["sum"] = Kind(
    "sum",
    Codec(Sum, "Sum", SETTINGS),
    check=lambda job: None,
    load=lambda job: Load(1, 1, STEP_SECONDS, 0.0, 1000, 0, 0, 0.0),
    parameters=lambda job: 1,
    title=lambda job: f"Sum to {job.steps}",
    events=EVENTS,
    begin=begin,
    live={"rate": SETTINGS["rate"]},
    change=lambda job, name, value: Codec(Sum, "Sum", SETTINGS).change(job, {name: value}),
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose training processes know the kind, too."""
    from ui import backend
    from ui.api.routes import ROUTES

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_DATA", str(tmp_path_factory.mktemp("data")))
        patch.setenv("PLAYGROUND_WORKERS", "2")
        patch.setenv("DASK_DISTRIBUTED__WORKER__PRELOAD", json.dumps([__name__]))
        backend.service.cache_clear()
        backend.service().begin()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            config = uvicorn.Config(Starlette(routes=ROUTES), log_level="warning", ws="websockets-sansio")
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            assert backend.service().wait_ready(PATIENCE)
            yield f"ws://127.0.0.1:{listener.getsockname()[1]}/api/runs"
            server.should_exit = True
            thread.join()
        backend.service().close()
        backend.service.cache_clear()


@pytest.fixture
def service(address: str) -> RunService:
    from ui import backend

    return backend.service()


def until(good: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (found := good()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def totals(service: RunService, run_id: str) -> list[float]:
    return [float(total) for total in service.history(run_id).get("steps", {}).get("total", ())]


def test_it_runs_is_watched_over_the_socket_listed_and_kept(service: RunService, address: str) -> None:
    run_id = service.start(Sum(steps=60), OWNER)
    messages = []
    with connect(f"{address}/{run_id}/events") as connection:
        try:
            while True:
                messages.append(json.loads(connection.recv(PATIENCE)))
        except ConnectionClosed as closed:
            assert closed.rcvd and closed.rcvd.reason == "The run has ended."
    told = [event for message in messages for event in message["events"]]
    steps = [step for message in messages for step in message.get("steps", {}).get("total", ())]
    assert steps == [float(step) for step in range(1, 61)]
    assert [event["event"] for event in told if event["event"].startswith("sum")] == ["sum_started", "sum_finished"]
    info = service.run(run_id)
    assert info and (info.kind, info.name, info.status, info.finished["total"]) == ("sum", "Sum to 60", "finished", 60)  # type: ignore[index]
    assert run_id in [run.id for run in service.runs(OWNER, kind="sum")]
    later = RunService()
    stored = until(lambda: (found := later.run(run_id)) and found.is_over and found)
    assert stored.job == Sum(steps=60) and totals(later, run_id) == steps
    later.close()


def test_it_pauses_goes_step_by_step_and_takes_a_live_setting(service: RunService) -> None:
    run_id = service.start(Sum(), OWNER, paused=True)
    until(lambda: service.run(run_id).status == "paused")  # type: ignore[union-attr]
    service.control(run_id, OWNER, "step")
    until(lambda: totals(service, run_id) == [1.0])
    service.control(run_id, OWNER, "set", ("rate", 0.5))
    service.control(run_id, OWNER, "step")
    until(lambda: totals(service, run_id) == [1.0, 1.5])
    with pytest.raises(SpecError, match="Rate"):
        service.control(run_id, OWNER, "set", ("rate", 99))
    with pytest.raises(ValueError, match="unknown action"):
        service.control(run_id, OWNER, "epoch")
    service.control(run_id, OWNER, "stop")
    until(lambda: service.run(run_id).status == "stopped")  # type: ignore[union-attr]


@pytest.mark.long
def test_it_goes_on_elsewhere_when_its_process_is_killed(service: RunService) -> None:
    run_id = service.start(Sum(steps=3000), OWNER)
    until(lambda: len(totals(service, run_id)) > 200)
    service.control(run_id, OWNER, "set", ("rate", 2.0))
    until(lambda: len(totals(service, run_id)) > 800)
    (host,) = (host for host in service.machine().hosts if any(run.run_id == run_id for run in host.runs))
    os.kill(host.process, signal.SIGKILL)
    until(lambda: service.run(run_id).is_over)  # type: ignore[union-attr]
    told = service.history(run_id)
    assert [event for event in told["events"] if event["event"] == "recovered"]
    (changed,) = (event for event in told["events"] if event["event"] == "setting_changed")
    assert told["steps"]["step"] == list(range(1, 3001))
    growth = [b - a for a, b in zip([0.0, *told["steps"]["total"]], told["steps"]["total"], strict=False)]
    assert growth == [1.0] * changed["step"] + [2.0] * (3000 - changed["step"])


@pytest.mark.parametrize("change", [{"steps": 0}, {"steps": "many"}, {"rate": 10.0}, {"virus": 1}])
def test_what_is_malformed_is_refused_in_words(change: dict[str, Any]) -> None:
    assert job_from_json(json.loads(json.dumps(job_to_json(Sum(7, 0.5))))) == Sum(7, 0.5)
    with pytest.raises(SpecError) as refused:
        check_job(job_from_json({**job_to_json(Sum()), **change}))
    assert refused.value.what and refused.value.cure


def test_it_goes_as_slowly_as_the_visitor_wants_whatever_goes_on_beside_it(service: RunService) -> None:
    run_id = service.start(Sum(), OWNER)
    service.control(run_id, OWNER, "set", ("pace", 0.01))
    beside = [service.start(Sum(steps=300), OWNER) for _ in range(4)]  # on both processes
    for other in beside:
        until(lambda other=other: service.run(other).status == "finished")  # type: ignore[union-attr, misc]
    info = service.run(run_id)
    assert info and info.pace == 0.01 and len(totals(service, run_id)) < 300
    with pytest.raises(SpecError, match="Pace"):
        service.control(run_id, OWNER, "set", ("pace", -1))
    service.control(run_id, OWNER, "set", ("pace", 0))
    until(lambda: service.run(run_id).status == "finished")  # type: ignore[union-attr]
    assert totals(service, run_id) == [float(step) for step in range(1, 401)]
