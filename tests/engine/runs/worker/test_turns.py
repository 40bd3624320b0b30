"""Turns and pace: who trains next, and how fast it goes."""

import pytest

from engine.runs.worker.reports import Throughput
from engine.runs.worker.turns import Turns
from engine.training.config import TrainConfig
from engine.training.kind import samples_done


def test_runs_take_turns_in_the_order_they_came() -> None:
    turns = Turns()
    order = []
    for run in ("a", "b", "c"):
        turns.join(run)
    for _ in range(7):
        run = turns.next()
        assert run
        turns.charge(run, 0.05)
        order.append(run)
    assert order == ["a", "b", "c", "a", "b", "c", "a"]


def test_a_run_with_long_steps_gets_no_more_time_than_the_others() -> None:
    turns = Turns()
    turns.join("heavy")
    turns.join("light")
    seconds = {"heavy": 0.0, "light": 0.0}
    for _ in range(500):
        run = turns.next()
        assert run
        cost = 1.0 if run == "heavy" else 0.05
        turns.charge(run, cost)
        seconds[run] += cost
    assert abs(seconds["heavy"] - seconds["light"]) <= 1.0


def test_a_newcomer_is_next_but_does_not_make_up_for_the_past() -> None:
    turns = Turns()
    turns.join("old")
    turns.charge("old", 100.0)
    turns.join("new")
    turns.charge("old", 0.05)
    assert turns.next() == "new"
    turns.charge("new", 0.1)
    assert turns.next() == "old"


def test_nobody_is_next_once_all_have_left() -> None:
    turns = Turns()
    turns.join("a")
    turns.leave("a")
    turns.leave("a")
    turns.charge("a", 1.0)
    assert turns.next() is None


def test_pace_counts_pictures_and_leaves_pauses_out() -> None:
    config = TrainConfig(batch_size=10, images=1000, validation_share=0.0, epochs=2)
    pace = Throughput(config.steps, lambda step: samples_done(config, step))
    pace.restart(0.0, 0)
    assert pace.report(0.4, 4) is None
    progress = pace.report(0.5, 5)
    assert progress and progress.samples_per_second == pytest.approx(100)
    assert progress.seconds_left == pytest.approx((2000 - 50) / 100)
    pace.restart(1000.0, 5)
    later = pace.report(1001.0, 25)
    assert later and later.samples_per_second == pytest.approx(200)


def test_pace_looks_back_over_two_seconds_only() -> None:
    pace = Throughput(500, lambda step: 10 * step)
    pace.restart(0.0, 0)
    for half_second in range(1, 5):
        pace.report(half_second / 2, half_second)
    fast = [pace.report(2 + half_second / 2, 4 + 10 * half_second) for half_second in range(1, 5)]
    assert fast[-1] and fast[-1].samples_per_second == pytest.approx(200)


def test_the_short_last_batch_of_every_epoch_is_counted_as_it_is() -> None:
    config = TrainConfig(batch_size=64, images=1000, validation_share=0.0, epochs=3)
    assert samples_done(config, config.steps) == 3000
    assert samples_done(config, config.steps_per_epoch + 1) == 1064


def test_a_run_that_rests_is_left_out_and_wins_no_time_by_it() -> None:
    turns = Turns()
    for run in ("paced", "full"):
        turns.join(run)
    turns.charge("paced", 0.2)
    turns.rest("paced")
    for _ in range(3):
        assert turns.next() == "full"
        turns.charge("full", 0.05)
    turns.join("paced")
    assert turns.next() == "full"  # it has had 0.15 s, the one that rested 0.2
    turns.rest("paced")
    for _ in range(20):
        turns.charge("full", 0.05)
    turns.join("paced")
    turns.charge("paced", 0.05)
    assert turns.next() == "full"  # not a second of turns in a row
