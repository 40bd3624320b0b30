"""Hosts are killed, hang and crash, runs are moved, the server is closed: each run goes on as if nothing had been."""

import asyncio
import functools
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from engine.data.mnist import load_mnist
from engine.kinds import job_to_json, sort_of
from engine.network.build import build
from engine.network.spec import plan
from engine.runs.cluster.machine import HostInfo
from engine.runs.service import RunService
from engine.runs.worker.training import Training
from engine.training.events import Event, Finished, StepDone
from engine.training.kind import CLASSIFIER, Classification, go_on
from engine.training.presets import PRESETS
from engine.training.train import train
from tests.engine.runs.conftest import OWNER, PATIENCE, Read, Reading
from tests.engine.runs.gans import tiny

ROOT = Path(__file__).parents[4]
MLP = PRESETS["mlp"]
CONFIG = replace(MLP.config, images=4000, epochs=3)
LONG = replace(MLP.config, images=2000, epochs=100, batch_size=8)


def job(seed: int = 0, **changes: Any) -> Classification:
    return Classification(MLP.network, replace(CONFIG, seed=seed, **changes))


@functools.cache
def undisturbed(seed: int) -> list[Event]:
    """Asked for before anything else happens: what else makes networks here at the same time draws from the same
    random numbers."""
    one = job(seed)
    stream = train(build(plan(one.network), seed), one.config, load_mnist())
    return [event for event in stream if event]


def host_of(service: RunService, run_id: str) -> HostInfo:
    until(lambda: any(run.run_id == run_id for host in service.machine().hosts for run in host.runs))
    return next(host for host in service.machine().hosts for run in host.runs if run.run_id == run_id)


def until(holds: Callable[[], bool], patience: float = PATIENCE) -> float:
    """The seconds until `holds`."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < patience
        time.sleep(0.01)
    return time.monotonic() - began


def has_steps(reading: Reading) -> bool:
    return bool(reading.column("step"))


def check_whole(reading: Reading, config: Any) -> None:
    """Every event once and in order."""
    assert reading.column("step") == list(range(1, config.steps + 1))
    assert [event["epoch"] for event in reading.named("epoch_done")] == list(range(1, config.epochs + 1))
    assert len(reading.named("finished")) == len(reading.named("started")) == 1


def test_killed_hosts_cost_no_run_an_event_and_change_no_curve(service: RunService, read: Read) -> None:
    seeds = (0, 1, 2)
    whole = {seed: undisturbed(seed) for seed in seeds}
    runs = [service.start(job(seed), f"student {seed}") for seed in seeds]
    for fraction in (0.15, 0.5, 0.8):
        for run_id in runs:
            read(run_id, lambda reading, wanted=fraction: reading.column("step")[-1:] >= [wanted * CONFIG.steps])
        lost = service.machine().lost
        busy = [host for host in service.machine().hosts if host.runs]
        if busy:
            os.kill(busy[0].process, signal.SIGKILL)
            assert until(lambda lost=lost: service.machine().lost > lost) < 1.0
    for seed, run_id in zip(seeds, runs, strict=True):
        reading, finished = read(run_id), whole[seed][-1]
        check_whole(reading, CONFIG)
        steps = [event for event in whole[seed] if isinstance(event, StepDone)]
        assert reading.column("loss") == [float(f"{step.loss:.6g}") for step in steps]
        assert isinstance(finished, Finished) and reading.named("finished")[0]["test_loss"] == finished.test_loss
        until(lambda run_id=run_id: service.learned(run_id) is not None)  # its host may have been lost at its end
    assert any(read(run_id).named("recovered") for run_id in runs)


def test_a_run_that_goes_on_from_another_comes_through_a_loss_to_the_last_bit(service: RunService, read: Read) -> None:
    first = service.start(job(epochs=1), OWNER)
    accuracy = read(first).named("finished")[0]["test_accuracy"]
    until(lambda: service.learned(first) is not None)
    more = go_on(job(epochs=1), first, accuracy, 0.002, 3)
    weights = CLASSIFIER.result and CLASSIFIER.result.to_bytes(service.learned(first))
    whole = [event for event in CLASSIFIER.begin(more, weights, None).stream if event]
    run_id = service.start(more, OWNER)
    read(run_id, lambda reading: len(reading.column("step")) > 40)
    os.kill(host_of(service, run_id).process, signal.SIGKILL)
    reading = read(run_id)
    check_whole(reading, more.config)
    steps = [event for event in whole if isinstance(event, StepDone)]
    assert reading.column("loss") == [float(f"{step.loss:.6g}") for step in steps]
    assert reading.column("loss")[0] < 1.0  # it knows what the first one learned
    assert reading.named("finished")[0]["test_loss"] == whole[-1].test_loss


def test_a_paused_run_and_one_with_a_changed_rate_come_through_a_loss(service: RunService, read: Read) -> None:
    run_id = service.start(Classification(MLP.network, LONG), OWNER)
    read(run_id, lambda reading: len(reading.column("step")) > 200)
    service.control(run_id, OWNER, "set", ("lr", 0.0003))
    read(run_id, lambda reading: bool(reading.named("setting_changed")))
    service.control(run_id, OWNER, "pause")
    until(lambda: service.run(run_id).status == "paused")  # type: ignore[union-attr]
    before = service.history(run_id)["steps"]
    os.kill(host_of(service, run_id).process, signal.SIGKILL)
    told = read(run_id, lambda reading: bool(reading.named("recovered")))
    assert told.named("recovered")[0]["step"] == before["step"][-1]
    assert service.run(run_id).status == "paused"  # type: ignore[union-attr]
    service.control(run_id, OWNER, "step")
    after = read(run_id, lambda reading: len(reading.column("step")) > len(before["step"]))
    assert after.column("step") == list(range(1, len(before["step"]) + 2))
    assert after.column("lr")[-1] == 0.0003 and len(after.named("setting_changed")) == 1


def test_the_scheduler_tells_when_a_new_worker_has_come(service: RunService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runs.cluster.pool.LOOK_SECONDS", PATIENCE)
    until(lambda: len(service.machine().hosts) >= 2)
    before = {host.process for host in service.machine().hosts}
    os.kill(min(before), signal.SIGKILL)
    until(lambda: {host.process for host in service.machine().hosts} - before, PATIENCE / 2)


OTHERS: dict[str, Any] = {
    "a gan with other steps": tiny(steps=300, discriminator_steps=2, generator_steps=3, instance_noise=0.1),
}


def by_one_process(job: Any) -> list[Any]:
    """The steps of a run that nobody disturbs."""
    run, steps = Training("run", job_to_json(job), paused=False), []
    while run.wants_to_train:
        run.advance()
        steps += [event for event in run.events if sort_of(event) == "step"]
        run.events.clear()
    return steps


@pytest.mark.long
@pytest.mark.parametrize("name", OTHERS)
def test_a_run_of_another_kind_goes_on_after_the_loss_of_its_host(name: str, service: RunService, read: Read) -> None:
    whole = by_one_process(OTHERS[name])
    run_id = service.start(OTHERS[name], OWNER)
    read(run_id, lambda reading: len(reading.column("step")) > len(whole) // 3)
    os.kill(host_of(service, run_id).process, signal.SIGKILL)
    reading = read(run_id)
    assert reading.named("recovered") and reading.statuses[-1] == "finished"
    assert reading.column("step") == [step.step for step in whole]
    for column in ("d_loss", "g_loss"):
        told = [math.nan if value is None else value for value in reading.column(column)]
        expected = [float(f"{getattr(step, column):.6g}") for step in whole]
        assert repr(told) == repr(expected)  # NaN is not equal to itself
    frames = [event["frame"] for event in reading.named("frame_drawn")]
    assert frames == list(range(1, len(frames) + 1)) == [number for number, _, _ in service.frames(run_id)]


def test_hosts_are_evened_out_and_a_moved_run_keeps_its_curve(service: RunService, read: Read) -> None:
    undisturbed(5)
    runs = [service.start(Classification(MLP.network, replace(LONG, seed=seed)), OWNER) for seed in range(4)]
    one = service.start(job(5), "another")
    for run_id in runs:
        read(run_id, has_steps)
    where = host_of(service, runs[0]).process
    for run_id in runs:
        if host_of(service, run_id).process != where:
            service.control(run_id, OWNER, "stop")
            read(run_id)
    left = [run_id for run_id in runs if not service.run(run_id).is_over]  # type: ignore[union-attr]
    reading = read(one)
    check_whole(reading, CONFIG)
    # While the other owner's run trains, one host for it and one for all of these is even; after its end it is not.
    until(lambda: len({host_of(service, run_id).process for run_id in left}) > 1 or len(left) < 2, 20)
    steps = [event for event in undisturbed(5) if isinstance(event, StepDone)]
    assert reading.column("loss") == [float(f"{step.loss:.6g}") for step in steps]
    for run_id in left:
        moved = read(run_id, lambda reading: len(reading.column("step")) > 300)
        assert moved.column("step") == list(range(1, len(moved.column("step")) + 1))
        assert not moved.named("recovered")


HARMFUL = """
import os, sys, time
os.environ.setdefault("PLAYGROUND_HARM", "")
def harm():
    from dataclasses import replace
    from engine.kinds import KINDS
    real = KINDS["classifier"]
    def begin(job, source, resume):
        made = real.begin(job, source, resume)
        name = job.network.name
        if name in ("hangs", "crashes"):
            plain = type(made.stream).__next__
            class Bad(type(made.stream)):
                def __next__(self):
                    event = plain(self)
                    if getattr(event, "step", 0) == 30:
                        if name == "hangs":
                            time.sleep(600)
                        os.abort()
                    return event
            made.stream.__class__ = Bad
        return made
    KINDS["classifier"] = replace(real, begin=begin)
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "engine.runs.worker.training_thread":
            sys.meta_path.remove(self)
            harm()
        return None
sys.meta_path.insert(0, Finder())
"""


@contextmanager
def service_with(folder: Path, **variables: str) -> Iterator[RunService]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        patch.setenv("PLAYGROUND_DATA", str(folder))
        service = RunService(2)
        service.begin()
        assert service.wait_ready(PATIENCE)
        try:
            yield service
        finally:
            service.close()


@pytest.mark.long
@pytest.mark.parametrize("fault", ["crashes", "hangs"])
def test_a_run_that_takes_its_host_down_twice_is_set_aside(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed(3)
    (tmp_path / "sitecustomize.py").write_text(HARMFUL)
    monkeypatch.setattr("engine.runs.cluster.host.HANGS_AFTER", 1.0)
    with service_with(tmp_path / "data", PYTHONPATH=str(tmp_path)) as service:
        bad = service.start(Classification(replace(MLP.network, name=fault), LONG), "one")
        good = service.start(job(3), "two")
        until(lambda: service.run(bad).is_over)  # type: ignore[union-attr]
        info, told = service.run(bad), service.history(bad)
        assert info and info.status == "failed"
        (failed,) = [event for event in told["events"] if event["event"] == "failed"]
        assert failed["why"]["values"]["count"] == 2 and failed["cure"]
        assert told["steps"]["step"] == list(range(1, len(told["steps"]["step"]) + 1))
        until(lambda: service.run(good).is_over)  # type: ignore[union-attr]
        steps = [event for event in undisturbed(3) if isinstance(event, StepDone)]
        assert service.history(good)["steps"]["step"] == [step.step for step in steps]
        assert service.history(good)["steps"]["loss"] == [float(f"{step.loss:.6g}") for step in steps]


SERVER = """
import sys
from dataclasses import replace
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from engine.runs.service import RunService
service = RunService(1)
service.begin()
assert service.wait_ready(120)
mlp = PRESETS["mlp"]
run_id = service.start(Classification(mlp.network, replace(mlp.config, images=4000, epochs=3)), "teacher")
print(run_id, flush=True)
while True:
    print(service._live[run_id].stored_seq, flush=True)
"""


@pytest.mark.long
def test_a_run_goes_on_after_the_server_was_killed_and_nothing_stored_is_lost(tmp_path: Path) -> None:
    undisturbed(0)
    environment = {**os.environ, "PLAYGROUND_DATA": str(tmp_path)}
    command = [sys.executable, "-W", "error", "-c", SERVER]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as server:
        assert server.stdout
        run_id = server.stdout.readline().decode().strip()
        while int(server.stdout.readline()) < 60:
            pass
        children = psutil.Process(server.pid).children(recursive=True)
        server.kill()
        _, alive = psutil.wait_procs(children, timeout=30)
        assert not alive
    with service_with(tmp_path) as service:
        (info,) = service.runs("teacher")
        assert info.id == run_id and info.status == "interrupted"
        stored = service.history(run_id)
        service.resume(run_id, "teacher")
        service.resume(run_id, "teacher")
        until(lambda: service.run(run_id).is_over)  # type: ignore[union-attr]
        whole = service.history(run_id)
        steps = [event for event in undisturbed(0) if isinstance(event, StepDone)]
        assert whole["steps"]["loss"] == [float(f"{step.loss:.6g}") for step in steps]
        kept = len(stored["steps"]["step"])
        assert stored["steps"]["loss"] == whole["steps"]["loss"][:kept]
        (recovered,) = [event for event in whole["events"] if event["event"] == "recovered"]
        assert recovered["step"] == stored["steps"]["step"][-1]
        assert service.run(run_id).status == "finished"  # type: ignore[union-attr]
        assert service.learned(run_id) is not None
        until(lambda: not list((tmp_path / "checkpoints").glob("*.safetensors")), 20)


def test_watchers_over_a_loss_get_every_number_once(service: RunService) -> None:
    run_id = service.start(job(7), OWNER)

    async def watched() -> list[Any]:
        messages = []
        async for message in service.watch(run_id):
            messages.append(message)
            if len(messages) == 3:
                os.kill(host_of(service, run_id).process, signal.SIGKILL)
        return messages

    messages = asyncio.run(asyncio.wait_for(watched(), PATIENCE))
    assert [m["after"] for m in messages] == [0, *(m["seq"] for m in messages[:-1])]
    steps = [step for message in messages for step in message.get("steps", {}).get("step", ())]
    assert steps == list(range(1, CONFIG.steps + 1))
