"""A host in this process: runs in turns that do not disturb one another, events by number, weights between steps."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.data.mnist import load_mnist
from engine.kinds import job_to_json
from engine.network.build import build
from engine.network.spec import NetworkSpec, plan
from engine.runs.worker import training_thread
from engine.runs.worker.host import RunHost
from engine.runs.worker.reports import describe_failure
from engine.training.config import TrainConfig
from engine.training.events import Event, Failed, Finished, SettingChanged, StatusChanged, StepDone
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from engine.training.saving import model_from_bytes
from engine.training.train import train

SMALL = replace(PRESETS["mlp"].config, images=2000, epochs=1)
MLP = PRESETS["mlp"].network
pytestmark = pytest.mark.usefixtures("folder")


class Listener:
    """Polls a host as the service does, and keeps all that has arrived of each run."""

    def __init__(self, host: RunHost) -> None:
        self.host = host
        self.events: dict[str, list[Event]] = {}

    async def until(self, run_id: str, kind: type[Event], count: int = 1) -> list[Event]:
        """All events of a run so far, once `count` of type `kind` are among them."""
        while sum(isinstance(event, kind) for event in self.events.get(run_id, ())) < count:
            for news in await self.host.poll({name: len(events) for name, events in self.events.items()}, {}, 10):
                mine = self.events.setdefault(news.run_id, [])
                assert news.first_seq == len(mine) + 1
                mine += news.events
        return self.events[run_id]


@asynccontextmanager
async def a_host(checkpoints: str | None = None) -> AsyncIterator[tuple[RunHost, Listener]]:
    host = RunHost(checkpoints)
    try:
        async with asyncio.timeout(120):
            yield host, Listener(host)
    finally:
        await host.close()


async def begin(
    host: RunHost, run_id: str, config: TrainConfig, network: NetworkSpec = MLP, paused: bool = False
) -> None:
    await host.start(run_id, job_to_json(Classification(network, config)), paused)


def steps(events: list[Event]) -> list[StepDone]:
    return [event for event in events if isinstance(event, StepDone)]


def statuses(events: list[Event]) -> list[str]:
    return [event.status for event in events if isinstance(event, StatusChanged)]


def test_a_host_that_nobody_asks_stands_still_until_somebody_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_thread, "SERVER_GONE_SECONDS", 0.3)
    monkeypatch.setattr(training_thread, "LOOK_SECONDS", 0.05)

    async def hosted() -> None:
        async with a_host() as (host, listener):
            await begin(host, "left", replace(SMALL, epochs=100))
            await listener.until("left", StepDone)
            run = host._thread.runs["left"]
            while time.monotonic() - host._thread.heard < 1:
                await asyncio.sleep(0.1)
            left_at = run.step
            await asyncio.sleep(0.3)
            assert run.step == left_at
            seen = await listener.until("left", StepDone, left_at + 5)
            assert [event.step for event in steps(seen)] == list(range(1, len(steps(seen)) + 1))

    asyncio.run(hosted())


def test_the_same_seed_gives_the_same_losses_alone_and_beside_others_to_the_last_bit() -> None:
    model = build(plan(MLP), SMALL.seed)
    by_hand = [event for event in train(model, SMALL, load_mnist()) if event]

    async def hosted() -> tuple[list[Event], list[Event]]:
        async with a_host() as (host, listener):
            await begin(host, "alone", SMALL)
            alone = await listener.until("alone", Finished)
            await begin(host, "neighbour", replace(SMALL, seed=1, epochs=100))
            await begin(host, "cnn", replace(SMALL, epochs=100), PRESETS["quick"].network)
            await begin(host, "beside", SMALL)
            return alone, await listener.until("beside", Finished)

    alone, beside = asyncio.run(hosted())
    assert len(steps(by_hand)) == SMALL.steps
    assert steps(alone) == steps(by_hand)
    assert steps(beside) == steps(by_hand)
    last = [next(e for e in events if isinstance(e, Finished)) for events in (by_hand, alone, beside)]
    assert len({(finished.test_loss, finished.confusion) for finished in last}) == 1


def test_a_poll_whose_answer_was_lost_is_answered_again() -> None:
    async def polled() -> None:
        async with a_host() as (host, _):
            await begin(host, "one", SMALL, paused=True)
            for _ in range(3):
                await host.control("one", "step")
            while (await host.stat())["training"]:
                pass
            (whole,) = await host.poll({}, {}, 0)
            (again,) = await host.poll({"one": 0}, {}, 0)
            assert again == whole and (again.first_seq, again.last_seq) == (1, len(whole.events))
            (tail,) = await host.poll({"one": 3}, {}, 0)
            assert (tail.first_seq, tail.events) == (4, whole.events[3:])
            (kept,) = await host.poll({}, {}, 0)
            assert kept == tail
            assert await host.poll({"one": whole.last_seq}, {}, 0) == ()

    asyncio.run(polled())


def test_steps_asked_for_quickly_are_all_done() -> None:
    async def stepped() -> None:
        async with a_host() as (host, listener):
            await begin(host, "one", SMALL, paused=True)
            await asyncio.gather(*(host.control("one", "step") for _ in range(5)))
            events = await listener.until("one", StepDone, 5)
            assert (await host.stat())["training"] == 0
            assert len(steps(events)) == 5

    asyncio.run(stepped())


def test_a_paused_start_steps_once_and_once_more_at_a_time() -> None:
    async def stepped() -> None:
        async with a_host() as (host, listener):
            await begin(host, "one", SMALL, paused=True)
            events = await listener.until("one", StatusChanged)
            assert steps(events) == [] and statuses(events) == ["paused"]
            for count in (1, 2, 3):
                await host.control("one", "step")
                events = await listener.until("one", StepDone, count)
                assert (await host.stat())["training"] == 0
                assert len(steps(events)) == count
            assert statuses(events) == ["paused"]

    asyncio.run(stepped())


def test_lr_is_changed_between_steps() -> None:
    async def changed() -> None:
        async with a_host() as (host, listener):
            await begin(host, "one", SMALL, paused=True)
            await host.control("one", "step")
            await listener.until("one", StepDone)
            await host.control("one", "set", ("lr", 0.5))
            await host.control("one", "step")
            events = await listener.until("one", StepDone, 2)
            assert [event.value for event in events if isinstance(event, SettingChanged)] == [0.5]
            assert [step.lr for step in steps(events)] == [SMALL.optimizer["lr"], 0.5]

    asyncio.run(changed())


def test_weights_are_read_while_it_trains() -> None:
    async def read() -> None:
        async with a_host() as (host, listener):
            await begin(host, "one", replace(SMALL, epochs=100))
            await listener.until("one", StepDone)
            first, second = [model_from_bytes(MLP, await host.weights("one")) for _ in range(2)]
            assert {name: t.shape for name, t in first.state_dict().items()} == {
                name: t.shape for name, t in second.state_dict().items()
            }
            await host.control("one", "pause")
            assert await host.weights("one") == await host.weights("one")

    asyncio.run(read())


def test_what_fails_is_said_in_words_and_fails_alone() -> None:
    async def failing() -> None:
        nonsense: Any = {"kind": "classifier", "network": {"layers": [{"kind": "Quantum"}]}}
        async with a_host() as (host, listener):
            await begin(host, "good", SMALL)
            await host.start("bad", nonsense)
            events = await listener.until("bad", Failed)
            assert isinstance(events[0], Failed) and "Quantum" in str(events[0].why)
            assert statuses(events) == ["failed"]
            await host.control("bad", "resume")
            assert statuses(await listener.until("good", Finished))[0] == "running"

    asyncio.run(failing())


@pytest.mark.parametrize("error", [FileNotFoundError(2, "No such file", "/home/teacher/secret"), RuntimeError()])
def test_an_error_that_nobody_foresaw_ends_a_run_without_its_words(error: Exception) -> None:
    failed = describe_failure(error)
    assert str(failed.why).startswith("Training ended with an error that the playground does not know")
    assert not any(word in f"{failed.why} {failed.cure}" for word in ("/", "Error", "No such file"))


def test_checkpoints_that_cannot_be_written_are_said_without_their_place(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()

    async def writing() -> str:
        async with a_host(str(tmp_path / "file" / "checkpoints")) as (host, _):
            await begin(host, "one", replace(SMALL, epochs=100))
            while (told := await host.heartbeat()).trouble is None:
                await host.poll({"one": 10**9}, {"one": 10**9}, 0.1)
            return str(told.trouble)

    said = asyncio.run(writing())
    assert said.startswith("Checkpoints cannot be written at the moment") and "/" not in said
    assert str(tmp_path) in caplog.text


def test_a_forgotten_run_is_gone_and_unknown_ones_are_refused() -> None:
    async def forgotten() -> None:
        async with a_host() as (host, listener):
            await begin(host, "one", replace(SMALL, epochs=100))
            await listener.until("one", StepDone)
            await host.control("one", "stop")
            await host.forget("one")
            await host.forget("one")
            assert await host.poll({}, {}, 0) == ()
            stat = await host.stat()
            assert (stat["runs"], stat["training"]) == (0, 0)
            with pytest.raises(KeyError):
                await host.control("one", "pause")
            with pytest.raises(KeyError):
                await host.weights("one")

    asyncio.run(forgotten())
