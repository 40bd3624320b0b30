"""A run that goes on elsewhere repeats what was told, with the same changes at the same steps, and tells it once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.gan.events import GanStep
from engine.kind import Action
from engine.kinds import job_to_json
from engine.plane.config import PlaneGan
from engine.runs.event_log import ReplayLog
from engine.runs.info import Value
from engine.runs.worker.training import Training
from engine.training.events import Event, Finished, SettingChanged, StatusChanged, StepDone
from engine.training.kind import Classification
from engine.training.presets import PRESETS

MLP = PRESETS["mlp"]
JOB = Classification(MLP.network, replace(MLP.config, images=600, epochs=3, batch_size=50))
PLANE = PlaneGan(steps=60)
Order = tuple[int, Action, Value]
pytestmark = pytest.mark.usefixtures("folder")


def drive(run: Training, until: Callable[[Training], bool], orders: tuple[Order, ...] = ()) -> list[Event]:
    """Let a run work, giving it each order at its step; all that it tells."""
    told, left = list(run.events), list(orders)
    run.events.clear()
    while run.wants_to_train and not until(run):
        run.advance()
        told += run.events
        run.events.clear()
        while left and run.is_at_step and run.step == left[0][0]:
            run.control(*left.pop(0)[1:])
            told += run.events
            run.events.clear()
    return told


def cut_and_gone_on(
    job: Any, kept_at: int, cut_at: int, orders: tuple[Order, ...] = (), later: tuple[Order, ...] = ()
) -> tuple[list[Event], list[Event]]:
    """What a run tells up to a cut, and what the next host tells of it, from a checkpoint taken before."""
    first = Training("run", job_to_json(job), paused=False)
    before = drive(first, lambda run: run.is_at_step and run.step == kept_at, orders)
    checkpoint = first.checkpoint()
    assert checkpoint
    before += drive(
        first, lambda run: run.is_at_step and run.step == cut_at, tuple(o for o in orders if o[0] > kept_at)
    )
    log = ReplayLog()
    log.take(before)
    second = Training("run", job_to_json(job), False, replay=log, status="running", checkpoint=checkpoint)
    assert second.step == kept_at and second.is_repeating == (kept_at < cut_at)
    return before, drive(second, lambda run: False, later)


def whole(job: Any, orders: tuple[Order, ...] = ()) -> list[Event]:
    return drive(Training("run", job_to_json(job), paused=False), lambda run: False, orders)


def of(events: list[Event], *kinds: type[Any]) -> list[Event]:
    """Those of some kinds; times aside, they are the same in every life of a run."""
    chosen = [event for event in events if isinstance(event, kinds)]
    return [replace(e, samples_per_second=0.0, train_seconds=0.0) if isinstance(e, Finished) else e for e in chosen]


def test_a_rate_changed_before_the_loss_is_changed_again_at_its_step_and_told_once() -> None:
    orders: tuple[Order, ...] = ((14, "set", ("lr", 0.004)), (21, "set", ("lr", 0.0005)))
    before, after = cut_and_gone_on(JOB, 10, 25, orders)
    kinds = (StepDone, SettingChanged, Finished)
    assert of(before + after, *kinds) == of(whole(JOB, orders), *kinds)
    assert len(of(before + after, SettingChanged)) == 2


def test_a_rate_asked_for_again_meanwhile_waits_until_the_run_has_caught_up() -> None:
    orders: tuple[Order, ...] = ((20, "set", ("lr", 0.004)),)
    first, second = cut_and_gone_on(JOB, 10, 25, orders, later=((12, "set", ("lr", 0.004)),))
    assert of(first + second, StepDone) == of(whole(JOB, orders), StepDone)
    assert len(of(first + second, SettingChanged)) == 1


@pytest.mark.parametrize(
    "changes", [{"generator_steps": 0, "discriminator_steps": 3}, {"generator_steps": 2}, {"discriminator_steps": 0}]
)
def test_a_gan_in_which_one_side_rests_goes_on_as_it_would_have(changes: dict[str, int]) -> None:
    plane = replace(PLANE, **changes)
    before, after = cut_and_gone_on(plane, 20, 40)
    assert repr(of(before + after, GanStep)) == repr(of(whole(plane), GanStep))  # NaN is never equal


def test_settings_changed_on_the_way_are_not_told_twice() -> None:
    orders: tuple[Order, ...] = ((30, "set", ("generator_lr", 0.0004)),)
    before, after = cut_and_gone_on(PLANE, 20, 40, orders)
    assert of(before + after, GanStep) == of(whole(PLANE, orders), GanStep)
    assert len(of(before + after, SettingChanged)) == 1


def test_rounds_by_hand_are_repeated_by_the_same_hand() -> None:
    first = Training("run", job_to_json(PLANE), paused=False)
    before = drive(first, lambda run: run.is_at_step and run.step == 10)
    checkpoint = first.checkpoint()
    first.control("pause", None)
    for action in ("step_d", "step_d", "step_g"):
        first.control(action, None)
    before += drive(first, lambda run: False)
    assert [event.trained for event in before if isinstance(event, GanStep)][-3:] == [1, 1, 2]
    log = ReplayLog()
    log.take(before)
    second = Training("run", job_to_json(PLANE), True, replay=log, status="paused", checkpoint=checkpoint)
    second.control("step_d", None)  # while it is behind
    after = drive(second, lambda run: False)
    first.control("step_d", None)
    assert repr(of(after, GanStep)) == repr(of(drive(first, lambda run: False), GanStep))
    assert second.status == "paused"


def test_who_pauses_a_run_that_catches_up_has_it_paused() -> None:
    before, _ = cut_and_gone_on(JOB, 10, 10)
    log = ReplayLog()
    log.take([event for event in before if not isinstance(event, StepDone) or event.step <= 10])
    run = Training("run", job_to_json(JOB), False, replay=log, status="running")
    run.control("epoch", None)
    run.control("pause", None)
    told = drive(run, lambda run: False)
    assert run.status == "paused" and run.step == 10 and of(told, StepDone) == []


@pytest.mark.parametrize("flaw", ["broken", "ahead"])
def test_a_checkpoint_that_cannot_be_used_costs_time_and_nothing_else(flaw: str) -> None:
    first = Training("run", job_to_json(JOB), paused=False)
    before = drive(first, lambda run: run.is_at_step and run.step == 8)
    log = ReplayLog()
    log.take(before)
    drive(first, lambda run: run.is_at_step and run.step == 12)
    checkpoint = first.checkpoint()
    assert checkpoint
    kept = checkpoint[:1000] if flaw == "broken" else checkpoint
    second = Training("run", job_to_json(JOB), False, replay=log, status="running", checkpoint=kept)
    assert second.step == 0 and second.is_repeating
    after = drive(second, lambda run: False)
    assert of(before + after, StepDone, Finished) == of(whole(JOB), StepDone, Finished)
    assert of(after, StatusChanged) == [StatusChanged("finished")]
