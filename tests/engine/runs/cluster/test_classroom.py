"""A short lesson: two visitors on one host, and training processes that are killed under short runs."""

from collections.abc import Iterator

import pytest

from benchmarks.class_fair import share_of_one
from benchmarks.class_kills import killing
from engine.runs.service import RunService

PATIENCE = 120.0


@pytest.fixture
def one_host(folder: object) -> Iterator[RunService]:
    service = RunService(1)
    service.begin()
    assert service.wait_ready(PATIENCE)
    yield service
    service.close()


def test_an_owner_with_one_run_gets_half_of_the_steps_beside_one_with_ten(one_host: RunService) -> None:
    assert 0.4 < share_of_one(one_host, seconds=6.0) < 0.6


@pytest.mark.long
def test_runs_whose_processes_are_killed_are_all_there_whole_and_as_if_undisturbed(service: RunService) -> None:
    tally = killing(service, kills=2, at_once=3, pause=0.5)
    assert len(tally.kills) == 2
    assert len(tally.runs) >= 3
    assert (tally.lost, tally.repeated, tally.gaps, tally.unequal) == ([], [], [], [])
