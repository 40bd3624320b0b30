"""Runs with long steps have a host of their own; a run that is alone may have all cores."""

import time
from dataclasses import replace

import pytest

from engine.kinds import load_of
from engine.limits import limits
from engine.network.spec import NetworkSpec, layer
from engine.runs.service import RunService
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from tests.engine.runs.conftest import OWNER, Read, Reading, until

MLP, CNN = PRESETS["mlp"], PRESETS["cnn"]
LONG = Classification(MLP.network, replace(MLP.config, images=2000, epochs=100, batch_size=8))
CONVOLUTIONS = [layer("Conv2d", channels=32, kernel_size=3, padding=1), layer("ReLU")] * 3
HEAVY = Classification(
    NetworkSpec((*CONVOLUTIONS, layer("Flatten"), layer("Linear", units=10))),
    replace(MLP.config, images=4000, batch_size=256, validation_share=0.0),
)


def has_steps(reading: Reading) -> bool:
    return bool(reading.column("step"))


def test_a_run_with_long_steps_goes_to_a_host_of_its_own_class(service: RunService, read: Read) -> None:
    assert limits().heavy_seconds < load_of(HEAVY).step_seconds < limits().step_seconds
    light, heavy = service.start(LONG, OWNER), service.start(HEAVY, "another")
    read(light, has_steps)
    read(heavy, has_steps)
    (host,) = [host for host in service.machine().hosts if host.is_heavy]
    assert [run.run_id for run in host.runs] == [heavy]
    before = service.run(light).seq  # type: ignore[union-attr]
    read(heavy, lambda reading: len(reading.column("step")) >= 2)
    assert service.run(light).seq > before  # type: ignore[union-attr]


@pytest.mark.long
def test_a_run_whose_steps_turn_out_long_is_moved_away_from_the_others(
    service: RunService, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "engine.runs.service.load_of",
        lambda job: replace(load_of(job), seconds=0.0, picture_seconds=0.0, chunk_seconds=0.0),
    )
    heavy = service.start(HEAVY, OWNER)

    def is_moved() -> bool:
        return any(host.is_heavy and host.runs for host in service.machine().hosts)

    until(is_moved)
    seen = read(heavy, lambda reading: len(reading.column("step")) > 4)
    assert seen.column("step") == list(range(1, len(seen.column("step")) + 1))
    assert not seen.named("recovered")


def test_only_a_run_that_is_alone_and_asks_for_it_gets_all_cores(
    service: RunService, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = service.start(Classification(CNN.network, replace(CNN.config, cores="all")), OWNER)

    def threads() -> list[int]:
        return sorted(host.threads for host in service.machine().hosts)

    if service.machine().cores < 2:
        pytest.skip("there is only one core")
    until(lambda: threads()[-1] == service.machine().cores)
    other = service.start(LONG, "another")
    until(lambda: set(threads()) == {1})
    service.control(other, "another", "stop")
    until(lambda: threads()[-1] > 1)
    service.control(one, OWNER, "stop")
    read(one)


def test_a_run_that_is_alone_and_repeatable_keeps_to_one_core(service: RunService, read: Read) -> None:
    one = service.start(Classification(CNN.network, CNN.config), OWNER)
    read(one, lambda reading: len(reading.column("step")) > 5)
    time.sleep(1.2)  # a pulse
    assert {host.threads for host in service.machine().hosts} == {1}
    service.control(one, OWNER, "stop")
    read(one)
