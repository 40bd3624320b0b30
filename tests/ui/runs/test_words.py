"""Lists of runs say what really happened: how far each came, and what was changed on the way."""

from dataclasses import replace

import pytest

from engine.gan.recipes import RECIPES
from engine.runs.info import RunInfo, Status
from engine.runs.live import LiveRun
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from ui.home.cards import _about
from ui.runs.words import ROUNDS, course, rates
from ui.train.results import entry

QUICK = PRESETS["quick"]
RUN = RunInfo(
    *("one", "me", 1.0, "Quick", Classification(QUICK.network, QUICK.config), "finished", 7),
    {"test_accuracy": 0.9712},
    13_162,
    860,
)
STOPPED = replace(RUN, status="stopped", step=305, changed=(("lr", 1, 0.1),))


@pytest.mark.parametrize(
    ("status", "step", "words"),
    [
        ("starting", 0, "about to start"),
        ("running", 1305, "training now, step 1,305 of 860"),
        ("paused", 305, "paused at step 305 of 860"),
        ("stopped", 305, "stopped at step 305 of 860"),
        ("diverged", 12, "diverged at step 12 of 860"),
        ("failed", 0, "failed at step 0 of 860"),
        ("interrupted", 305, "interrupted at step 305 of 860, can go on"),
        ("finished", 860, "2 epochs"),
    ],
)
def test_how_far_a_run_came_is_said_with_how_it_ended(status: Status, step: int, words: str) -> None:
    assert course(replace(RUN, status=status, step=step)) == words


def test_a_run_whose_last_figures_are_worked_out_is_said_to_test() -> None:
    assert course(replace(RUN, status="running", finished=None, is_testing=True)) == "testing now"


def test_a_run_tests_from_its_last_step_or_from_stop_until_its_result() -> None:
    job = Classification(QUICK.network, QUICK.config)
    run = LiveRun("one", "me", job, 7, paused=False, status="running")
    assert not run.info().is_testing
    run.assignment.unconfirmed["stop"] = ("stop", None)
    assert run.info().is_testing
    run.assignment.unconfirmed.clear()
    run.replay.step = QUICK.config.steps
    assert run.info().is_testing
    run.is_over = True
    assert not run.info().is_testing


def test_a_gan_counts_in_rounds() -> None:
    gan = replace(RUN, job=RECIPES["mlp"].gan, status="stopped", step=1240)
    assert course(gan, ROUNDS) == "stopped at round 1,240 of 6,000"
    assert course(replace(gan, status="finished"), ROUNDS) == "all 6,000 rounds"


def test_a_learning_rate_is_told_with_what_it_was_changed_to() -> None:
    assert rates(RUN) == "learning rate 0.01"
    assert rates(STOPPED) == "learning rate 0.01, then 0.1"
    assert rates(replace(RUN, changed=(("lr", 5, 0.002),))) == "learning rate 0.01, changed 5 times, then 0.002"


def test_an_earlier_run_is_listed_as_what_it_was() -> None:
    assert entry(RUN).startswith("**97.1 %** · Quick · 2 epochs · Adam, learning rate 0.01 · ")
    assert entry(STOPPED).startswith(
        "**97.1 %** · Quick · stopped at step 305 of 860 · Adam, learning rate 0.01, then 0.1 · "
    )
    lost = replace(STOPPED, status="diverged", finished=None)
    assert entry(lost).startswith("**diverged at step 305 of 860** · Quick · Adam, learning rate 0.01, then 0.1 · ")


def test_home_says_that_a_run_was_stopped() -> None:
    assert _about(STOPPED).startswith("of the test pictures right, stopped at step 305 of 860, ")
    assert "stopped" not in _about(RUN)
