"""A short lesson: two visitors on one host."""

from collections.abc import Iterator

import pytest

from benchmarks.class_fair import share_of_one
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
