"""The service with real worker processes: start, steer, watch, and find the results again."""

import asyncio
import gzip
import json
import math
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import SpecError, choose
from engine.data.mnist import load_mnist
from engine.kinds import job_to_json
from engine.limits import limits
from engine.network.spec import NetworkSpec, layer
from engine.runs.results import PATHS
from engine.runs.service import RunService
from engine.text import text_from_json
from engine.training.config import TrainConfig
from engine.training.kind import EXAMPLE, Classification
from engine.training.predict import probabilities
from engine.training.presets import PRESETS
from tests.engine.runs.conftest import OWNER, PATIENCE, Read, on_the_wire, until

MLP, QUICK = PRESETS["mlp"], PRESETS["quick"]
SHORT = replace(MLP.config, images=2000, epochs=2)
LONG = replace(MLP.config, images=2000, epochs=100, batch_size=8)


def start(service: RunService, config: TrainConfig, network: NetworkSpec = MLP.network, **options: Any) -> str:
    return service.start(Classification(network, config), OWNER, **options)


def test_a_run_starts_trains_and_finishes(service: RunService, read: Read) -> None:
    run_id = start(service, SHORT)
    assert service.runs(OWNER, 1)[0].id == run_id
    reading = read(run_id)
    assert [event["event"] for event in reading.events][:2] == ["status_changed", "started"]
    assert reading.column("step") == list(range(1, SHORT.steps + 1))
    assert len(reading.named("epoch_done")) == 2
    assert reading.statuses == ["running", "finished"]
    info = service.run(run_id)
    assert info and info.status == "finished" and info.seq == reading.seq
    assert info.finished == reading.named("finished")[0]
    assert info.finished and info.parameters == info.finished["parameters"] == 101_770


def test_a_reader_who_comes_back_misses_nothing_and_gets_nothing_twice(service: RunService, read: Read) -> None:
    run_id = start(service, SHORT)
    seqs, steps, epochs = [0], [], []
    while not (service.run(run_id) or pytest.fail()).is_over or seqs[-1] != (service.run(run_id) or pytest.fail()).seq:
        part = read(run_id, lambda reading: True, after=seqs[-1])
        seqs += [message["seq"] for message in part.messages]
        steps += part.column("step")
        epochs += [event["epoch"] for event in part.named("epoch_done")]
    assert seqs == sorted(set(seqs))
    assert steps == list(range(1, SHORT.steps + 1))
    assert epochs == [1, 2]
    whole = service.history(run_id)
    assert whole["steps"]["step"] == steps and whole["seq"] == seqs[-1]
    assert read(run_id, after=seqs[-1]).messages == []


def test_pause_resume_step_epoch_and_stop(service: RunService, read: Read) -> None:
    run_id = start(service, LONG)
    read(run_id, lambda reading: bool(reading.column("step")))
    service.control(run_id, OWNER, "pause")
    info = service.run(run_id)
    assert info and info.status == "paused"
    paused = service.history(run_id)
    last = paused["steps"]["step"][-1]

    service.control(run_id, OWNER, "step")
    stepped = read(run_id, lambda reading: bool(reading.column("step")), after=paused["seq"])
    assert stepped.column("step") == [last + 1] and stepped.statuses == []

    service.control(run_id, OWNER, "epoch")
    epoch = read(run_id, lambda reading: "paused" in reading.statuses, after=stepped.seq)
    assert epoch.column("step") == list(range(last + 2, LONG.steps_per_epoch + 1))
    assert len(epoch.named("epoch_done")) == 1 and epoch.statuses == ["running", "paused"]

    service.control(run_id, OWNER, "resume")
    resumed = read(run_id, lambda reading: bool(reading.column("step")), after=epoch.seq)
    assert resumed.column("step")[0] == LONG.steps_per_epoch + 1
    service.control(run_id, OWNER, "pause")
    service.control(run_id, OWNER, "stop")
    ended = read(run_id, after=resumed.seq)
    assert ended.statuses[-1] == "stopped" and ended.named("finished")[0]["stopped"]
    service.control(run_id, OWNER, "resume")
    info = service.run(run_id)
    assert info and info.status == "stopped"


def test_the_learning_rate_changes_while_it_runs(service: RunService, read: Read) -> None:
    run_id = start(service, LONG)
    read(run_id, lambda reading: bool(reading.column("step")))
    service.control(run_id, OWNER, "set", ("lr", 0.0005))
    reading = read(run_id, lambda reading: bool(reading.column("lr")) and reading.column("lr")[-1] == 0.0005)
    (changed,) = reading.named("setting_changed")
    expected = [0.001] * changed["step"] + [0.0005] * (len(reading.column("lr")) - changed["step"])
    assert reading.column("lr") == expected
    assert service.job_now(run_id).config.optimizer["lr"] == 0.0005
    info = service.run(run_id)
    assert info and info.changed == (("lr", 1, 0.0005),) and info.step >= changed["step"]


def test_an_unusable_learning_rate_is_refused(service: RunService, read: Read) -> None:
    run_id = start(service, LONG, paused=True)
    for value in (math.nan, math.inf, 0.0, -1.0, 101.0, None, "fast", True):
        with pytest.raises(SpecError):
            service.control(run_id, OWNER, "set", ("lr", value))
    read(run_id, lambda reading: True)


def test_the_same_seed_draws_the_same_curve_beside_two_others(service: RunService, read: Read) -> None:
    alone = read(start(service, SHORT))
    others = [start(service, replace(LONG, seed=seed)) for seed in (1, 2, 3)]
    beside = read(start(service, SHORT))
    for run_id in others:
        service.control(run_id, OWNER, "stop")
        read(run_id)
    assert beside.column("loss") == alone.column("loss")
    assert beside.named("finished")[0]["confusion"] == alone.named("finished")[0]["confusion"]


def test_a_finished_model_reads_the_test_set_as_well_as_it_said(service: RunService, read: Read, folder: Path) -> None:
    run_id = start(service, replace(QUICK.config, images=4000, epochs=1), QUICK.network)
    (finished,) = read(run_id).named("finished")
    data = load_mnist()

    def accuracy(model: Any) -> float:
        read_as = probabilities(model, data.test_images).argmax(1)
        return float((read_as == data.test_labels).float().mean())

    assert accuracy(service.learned(run_id)) == pytest.approx(finished["test_accuracy"], abs=2e-4)
    later = RunService()
    try:
        info = later.run(run_id)
        assert info and info.status == "finished" and info.finished == finished
        assert info.job.network == QUICK.network and info.job.config.images == 4000
        assert later.history(run_id) == on_the_wire(service.history(run_id))
        assert accuracy(later.learned(run_id)) == pytest.approx(finished["test_accuracy"], abs=2e-4)
        assert (folder / "runs" / f"{run_id}.safetensors").is_file()
    finally:
        later.close()


def test_a_run_can_be_asked_for_its_model_while_it_trains(service: RunService, read: Read) -> None:
    run_id = start(service, LONG)
    read(run_id, lambda reading: bool(reading.column("step")))
    model = service.learned(run_id)
    assert model is not None and not model.training
    assert probabilities(model, load_mnist().test_images[:3]).shape == (3, 10)


def test_a_run_of_another_life_of_the_server_is_told_as_interrupted(service: RunService, read: Read) -> None:
    run_id = start(service, LONG, paused=True)
    stored = read(run_id, lambda reading: bool(reading.named("started")))
    later = RunService()
    try:
        until(lambda: (info := later.run(run_id)) is not None and info.seq >= stored.seq)
        info = later.run(run_id)
        assert info and info.status == "interrupted" and info.is_resumable and info.is_over
        assert later.runs(OWNER, 1)[0].status == "interrupted"
        told = later.history(run_id)
        assert told["interrupted"] and told["seq"] == stored.seq
        assert later.learned(run_id) is None
        with pytest.raises(PermissionError):
            later.resume(run_id, "somebody else")
        with pytest.raises(KeyError):
            later.resume("nobody's", OWNER)
    finally:
        later.close()


def test_a_network_that_does_not_fit_is_refused(service: RunService) -> None:
    before = {info.id for info in service.runs()}
    with pytest.raises(SpecError, match="Flatten"):
        start(service, SHORT, NetworkSpec((layer("Linear", units=10),)))
    with pytest.raises(SpecError, match="Batch size"):
        start(service, replace(SHORT, batch_size=0))
    heavy = [layer("Conv2d", channels=64, kernel_size=3), layer("Flatten"), layer("Linear", units=10)]
    with pytest.raises(SpecError, match="is too much"):
        start(
            service,
            replace(SHORT, images=60_000, batch_size=1024),
            NetworkSpec((heavy[0], *[heavy[0]] * 5, *heavy[1:])),
        )
    assert {info.id for info in service.runs()} == before


def test_only_the_owner_steers_a_run_and_everyone_may_watch(service: RunService, read: Read) -> None:
    run_id = start(service, LONG, paused=True)
    with pytest.raises(PermissionError):
        service.control(run_id, "someone else", "stop")
    with pytest.raises(ValueError, match="unknown action"):
        service.control(run_id, OWNER, "explode")  # type: ignore[arg-type]
    assert read(run_id, lambda reading: bool(reading.statuses)).statuses == ["paused"]


def test_an_unknown_run_is_nowhere(service: RunService, read: Read) -> None:
    assert service.run("nowhere") is None and service.learned("nowhere") is None
    with pytest.raises(KeyError):
        service.history("nowhere")
    with pytest.raises(KeyError):
        service.control("nowhere", OWNER, "pause")
    with pytest.raises(KeyError):
        read("nowhere")


def test_unfinished_runs_of_one_owner_are_limited(service: RunService) -> None:
    crowd = [
        service.start(Classification(MLP.network, LONG), "crowd", paused=True) for _ in range(limits().runs_per_owner)
    ]
    with pytest.raises(SpecError, match="Stop one of them"):
        service.start(Classification(MLP.network, LONG), "crowd")
    other = service.start(Classification(MLP.network, LONG), "someone else", paused=True)
    for run_id in crowd:
        service.control(run_id, "crowd", "stop")
    service.control(other, "someone else", "stop")

    async def ends() -> None:
        for run_id in (*crowd, other):
            async for _ in service.watch(run_id):
                pass

    asyncio.run(asyncio.wait_for(ends(), PATIENCE))


def test_runs_are_spread_over_the_hosts(service: RunService, read: Read) -> None:
    runs = [start(service, LONG) for _ in range(4)]
    for run_id in runs:
        read(run_id, lambda reading: bool(reading.column("step")))
    hosts = [service._live[run_id].assignment.host for run_id in runs]
    assert sorted(hosts.count(host) for host in set(hosts)) == [2, 2]


def test_two_watchers_see_the_same_and_the_slow_one_gets_more_at_once(service: RunService, read: Read) -> None:
    run_id = start(service, replace(SHORT, epochs=8))

    async def watch_both() -> tuple[list[Any], list[Any]]:
        async def quick() -> list[Any]:
            return [message async for message in service.watch(run_id)]

        async def slow(quick_one: asyncio.Task[list[Any]]) -> list[Any]:
            messages = []
            async with aclosing(service.watch(run_id)) as watched:
                async for message in watched:
                    messages.append(message)
                    if len(messages) == 4:
                        await quick_one
            return messages

        first = asyncio.create_task(quick())
        return await first, await slow(first)

    fast, slow = asyncio.run(asyncio.wait_for(watch_both(), PATIENCE))

    def steps(messages: list[Any]) -> list[int]:
        return [step for message in messages for step in message.get("steps", {}).get("step", ())]

    assert steps(fast) == steps(slow) == list(range(1, 8 * SHORT.steps // 2 + 1))
    assert len(slow) < len(fast)


def test_a_diverging_run_ends_in_words(service: RunService, read: Read) -> None:
    optimizer = choose(OPTIMIZERS, "SGD", {"lr": 10.0}, "Optimizer")
    loss = choose(LOSSES, "MeanSquaredError", {}, "Loss")
    run_id = start(service, replace(SHORT, optimizer=optimizer, loss=loss))
    reading = read(run_id)
    assert reading.statuses[-1] == "diverged"
    assert "learning rate" in str(text_from_json(reading.named("diverged")[0]["cure"]))
    info = service.run(run_id)
    assert info and info.status == "diverged" and info.finished is None


def test_the_example_run_is_served_once_it_is_recorded(
    service: RunService, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "example_run.json.gz"
    monkeypatch.setitem(PATHS, EXAMPLE, path)
    assert service.run(EXAMPLE) is None
    reading = read(start(service, SHORT))
    recording = {
        "job": job_to_json(Classification(MLP.network, SHORT)),
        "messages": reading.messages,
    }
    path.write_bytes(gzip.compress(json.dumps(recording).encode()))
    info = service.run(EXAMPLE)
    assert info and (info.owner, info.status, info.seq) == ("", "finished", reading.seq)
    assert info.finished == reading.named("finished")[0]
    assert read(EXAMPLE).column("step") == reading.column("step")
    rest = read(EXAMPLE, after=reading.messages[0]["seq"])  # a quick host may have said all in one message
    assert rest.column("step") == [step for m in reading.messages[1:] for step in m.get("steps", {}).get("step", ())]
    with pytest.raises(PermissionError):
        service.control(EXAMPLE, OWNER, "stop")
    assert EXAMPLE not in [info.id for info in service.runs()]
