"""Short runs of every kind come to what was recorded once: nothing moves a curve unnoticed.

After a change that is meant to move them: `python -m tests.engine.training.golden record`.
"""

import json
from typing import Any

import pytest

from tests.engine.training.golden import RECORD, RUNS, curve, told

RECORDED: dict[str, list[dict[str, Any]]] = json.loads(RECORD.read_text(encoding="utf-8"))
SHARES = ("accuracy", "mean", "spread", "difference", "near", "covered")  # of few pictures: one may be read otherwise


def near(name: str, value: float) -> Any:
    """What counts as the same on another kind of machine."""
    if isinstance(value, int):
        return value
    rel = 0.02 if name == "distance" else 1e-3  # it multiplies small differences of the pictures
    return pytest.approx(value, abs=0.06) if name.endswith(SHARES) else pytest.approx(value, rel=rel, abs=1e-4)


def test_every_run_is_recorded() -> None:
    assert list(RECORDED) == list(RUNS)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_comes_to_the_numbers_that_were_recorded(name: str) -> None:
    events = curve(told(name)["events"])
    assert [event.keys() for event in events] == [event.keys() for event in RECORDED[name]]
    for now, then in zip(events, RECORDED[name], strict=True):
        assert now == {field: near(field, value) for field, value in then.items()}
