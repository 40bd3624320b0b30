"""Memory is shared by owner; a host that takes too much of it mends itself, and gives back what is no longer needed."""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from engine.catalogue.params import SpecError
from engine.kinds import load_of
from engine.limits import MB, Limits, limits
from engine.network.spec import NetworkSpec, layer
from engine.runs.cluster.fairness import check_count, check_memory
from engine.runs.service import RunService
from engine.text import text_from_json
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from tests.engine.runs.conftest import PATIENCE, Read, Reading

MLP = Classification(PRESETS["mlp"].network, PRESETS["mlp"].config)


def wide(*units: int) -> Classification:
    layers = [layer(kind, **settings) for n in units for kind, settings in (("Linear", {"units": n}), ("ReLU", {}))]
    network = NetworkSpec((layer("Flatten"), *layers, layer("Linear", units=10)))
    return Classification(network, replace(MLP.config, batch_size=64, validation_share=0.0, images=6400, epochs=100))


LARGE, MIDDLE = wide(4000, 3000), wide(2000, 1500)  # 15 and 4.6 million parameters
MLP_LONG = replace(MLP, config=replace(MLP.config, epochs=100))
CNN = Classification(PRESETS["cnn"].network, PRESETS["cnn"].config)
THERE = 3000 * MB


@pytest.fixture(scope="module")
def service(folder: Any) -> Iterator[RunService]:
    """One of its own: whatever is left in it goes when its processes end."""
    service = RunService(2)
    service.begin()
    assert service.wait_ready(PATIENCE)
    yield service
    service.close()


def until(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def has_steps(reading: Reading) -> bool:
    return len(reading.column("step")) > 1


def claim(owner: str, needed: int, taken: Counter[str]) -> None:
    """Begin one more run of so many bytes. `taken` is what each owner has already."""
    check_memory(needed, taken[owner], taken.total(), THERE)
    taken[owner] += needed


def take_all(owners: Iterator[str], each: int) -> Counter[str]:
    """What owners get who begin runs in turn, until one is refused."""
    taken: Counter[str] = Counter()
    with pytest.raises(SpecError):
        for owner in owners:
            claim(owner, each, taken)
    return taken


@pytest.mark.parametrize("large", [100, 300, 440, 1125])
def test_whatever_others_took_a_small_run_fits(large: int) -> None:
    taken = take_all(itertools.cycle(["a", "b", "c", "d"]), large * MB)
    assert taken.total() >= THERE / 3
    for pupil in range(10):
        claim(f"pupil {pupil}", load_of(CNN).step_memory, taken)


def test_one_owner_gets_half_of_it_and_another_one_as_large_a_run() -> None:
    taken = take_all(itertools.repeat("a"), 400 * MB)
    assert taken["a"] == 1200 * MB
    claim("b", 400 * MB, taken)
    with pytest.raises(SpecError, match="one visitor may have 1,500 MB") as refused:
        claim("a", 400 * MB, taken)
    assert "Stop one of yours" in str(refused.value)


def test_the_largest_permitted_run_always_fits_on_an_empty_host() -> None:
    check_memory(limits().run_memory, 0, 0, limits().host_memory)


def test_the_teachers_machine_starts_a_run_however_many_cookies_one_pupil_has() -> None:
    small = load_of(CNN).step_memory
    taken = take_all((f"cookie {i}" for i in range(1000)), small)
    check_memory(small, 0, taken.total(), THERE, is_local=True)
    taken = take_all((f"cookie {i}" for i in range(1000)), 700 * MB)
    check_memory(700 * MB, 0, taken.total(), THERE, is_local=True)


def test_what_does_not_fit_is_refused_with_what_is_left() -> None:
    taken = Counter(dict.fromkeys("abc", 700 * MB))
    with pytest.raises(SpecError, match="700 MB of memory, and 150 MB of 3,000 MB are left") as refused:
        claim("d", 700 * MB, taken)
    assert "smaller batch" in str(refused.value)


def test_one_visitor_has_so_many_runs_and_no_more() -> None:
    check_count(limits().runs_per_owner - 1)
    with pytest.raises(SpecError, match="not over"):
        check_count(limits().runs_per_owner)


def memory(service: RunService) -> list[int]:
    return sorted(host.memory for host in service.machine().hosts if not host.is_heavy)


def bounded(monkeypatch: pytest.MonkeyPatch, host_mb: int) -> None:
    """As if hosts had so much, and the large network were taken for a light and a small one."""
    small = Limits(host_mb=host_mb)
    monkeypatch.setattr("engine.runs.cluster.planner.limits", lambda: small)
    monkeypatch.setattr(
        "engine.runs.service.load_of",
        lambda job: replace(load_of(job), seconds=0.0, chunk_seconds=0.0, picture_seconds=0.0, memory=10 * MB),
    )


@pytest.mark.long
def test_a_run_that_takes_more_memory_than_its_host_may_ends_with_the_reason(
    service: RunService, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounded(monkeypatch, 80)
    beside = service.start(MLP_LONG, "pupil")
    reading = read(service.start(MIDDLE, "hoarder"))
    assert reading.statuses[-1] == "failed"
    (failed,) = reading.named("failed")
    why, cure = str(text_from_json(failed["why"])), str(text_from_json(failed["cure"]))
    assert "80 MB is the limit" in why and "smaller batch or network" in cure
    until(lambda: memory(service)[-1] < 60 * MB)  # it is given back
    seen = read(beside, has_steps)
    assert not seen.is_over and not seen.named("recovered")


@pytest.mark.long
def test_the_largest_run_moves_where_there_is_room(
    service: RunService, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounded(monkeypatch, 3000)
    started = [service.start(job, "a") for job in (MIDDLE, MLP_LONG, MIDDLE)]

    def hosts_of_middle() -> set[int]:
        hosts = service.machine().hosts
        return {host.process for host in hosts for run in host.runs if run.run_id in (started[0], started[2])}

    for run_id in started:
        read(run_id, has_steps)
    assert len(hosts_of_middle()) == 1
    until(lambda: memory(service)[-1] > 100 * MB)

    def moved() -> bool:
        """The limit stays below what the runs take, which may still grow."""
        bounded(monkeypatch, memory(service)[-1] * 4 // 5 // MB)
        return len(hosts_of_middle()) == 2

    until(moved)
    bounded(monkeypatch, 3000)
    for run_id in started[::2]:
        seen = read(run_id, has_steps, after=0)
        assert not seen.is_over and not seen.named("recovered")


def test_ten_large_networks_of_one_visitor_do_not_keep_another_from_training(service: RunService, read: Read) -> None:
    started = []
    with pytest.raises(SpecError, match="one visitor may have"):
        for _ in range(10):
            started.append(service.start(LARGE, "hoarder", paused=True))
    assert started
    read(service.start(MLP, "pupil"), has_steps)
    with pytest.raises(SpecError, match="one visitor may have"):
        service.start(LARGE, "hoarder")
