"""Which networks can be chosen to read a drawing, and how they are named."""

from typing import Any

import pytest

from engine.runs.info import RunInfo, Status
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from ui.pad import readers
from ui.runs.words import ago

NOW = 1_000_000.0
QUICK = PRESETS["quick"]


def a_run(run_id: str, status: Status, finished: dict[str, Any] | None = None, name: str = "Quick") -> RunInfo:
    created = NOW - 120
    return RunInfo(
        run_id, "owner", created, name, Classification(QUICK.network, QUICK.config), status, 7, finished, 1000
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "just now"), (59, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"), (3 * 86400, "3 days ago")],
)
def test_ages_are_said_in_one_unit(seconds: float, words: str) -> None:
    assert ago(NOW - seconds, NOW) == words


def test_networks_that_learn_come_first_then_the_bundled_one_then_the_finished() -> None:
    done = a_run("done", "finished", {"test_accuracy": 0.9871})
    labels = readers([done, a_run("now", "running"), a_run("held", "paused", name="")], NOW)
    assert list(labels) == ["now", "held", "demo", "done"]
    assert labels["now"] == "Quick, training now"
    assert labels["held"] == "Your network, training paused"
    assert labels["done"] == "Quick, 98.7 %, 2 minutes ago"
    assert labels["demo"].startswith("Bundled model, 99.")


def test_a_run_that_kept_no_weights_cannot_be_chosen() -> None:
    assert list(readers([a_run("broken", "diverged"), a_run("lost", "failed")], NOW)) == ["demo"]
