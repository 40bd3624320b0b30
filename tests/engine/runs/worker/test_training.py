"""One run inside a host, driven by hand: what single steps do in the middle of a round."""

from typing import Any

import pytest

from engine.gan.events import GanStep, RoundShown
from engine.kinds import job_to_json
from engine.plane.config import PlaneGan
from engine.runs.event_log import ReplayLog
from engine.runs.worker.training import Training
from engine.training.events import FrameDrawn, LayersMeasured, OrderDone, SettingChanged, StepDone, StepShown
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from tests.engine.runs.gans import LONG

CLASSIFIER = Classification(PRESETS["perceptron"].network, PRESETS["perceptron"].config)
PLANE = PlaneGan(units=4, layers=1, batch_size=4, discriminator_steps=5)
pytestmark = pytest.mark.usefixtures("folder")


def a_run(job: Any) -> Training:
    run = Training("one", job_to_json(job), paused=True)
    rest(run)
    return run


def rest(run: Training) -> list[Any]:
    """Go on as far as the run wants to; what it said on the way."""
    while run.wants_to_train:
        run.advance()
    said = run.events[:]
    run.events.clear()
    return said


def trained(events: list[Any]) -> list[int]:
    return [event.trained for event in events if isinstance(event, GanStep)]


@pytest.mark.parametrize("job", [LONG, PLANE], ids=["digits", "plane"])
def test_a_paused_start_shows_the_first_frame_and_no_round(job: Any) -> None:
    run = Training("one", job_to_json(job), paused=True)
    said = rest(run)
    assert [type(event) for event in said if isinstance(event, FrameDrawn | GanStep)] == [FrameDrawn]
    assert run.status == "paused"


@pytest.mark.parametrize("job", [LONG, PLANE], ids=["digits", "plane"])
def test_a_single_step_trains_who_was_asked_for(job: Any) -> None:
    run = a_run(job)
    for action, who in (("step_d", 1), ("step_g", 2), ("step", 3)):
        run.control(action, None)  # type: ignore[arg-type]
        assert trained(rest(run)) == [who]


def test_a_round_at_hand_ends_before_a_single_step_begins() -> None:
    run = a_run(PLANE)
    run.control("resume", None)
    run.advance()  # one of five updates of D
    run.control("pause", None)
    assert not trained(run.events)
    run.control("step_g", None)
    run.control("step_d", None)
    assert trained(rest(run)) == [3, 2, 1]


def test_a_round_in_slow_motion_is_told_in_one_piece() -> None:
    run = a_run(LONG)
    run.control("slow", None)
    run.advance()
    while not run.events or not isinstance(run.events[-1], RoundShown):
        run.advance()
    assert run.is_in_step  # an order that comes now waits until the round is over
    run.advance()
    assert [type(event) for event in run.events] == [FrameDrawn, RoundShown, OrderDone, GanStep]


@pytest.mark.parametrize("job", [CLASSIFIER, PLANE], ids=["classifier", "plane"])
def test_a_pace_makes_a_run_rest_after_each_step_and_every_order_ends_the_rest(job: Any) -> None:
    run = Training("one", job_to_json(job), paused=False)
    run.control("set", ("pace", 0.01))
    while not run.is_at_step:
        run.advance()
    assert run.is_resting and run.wants_to_train
    run.control("pause", None)
    run.control("step", None)
    assert not run.is_resting and run.wants_to_train
    run.control("resume", None)
    while not run.is_resting:
        run.advance()
    run.control("set", ("pace", 0.0))
    before = run.step
    while run.step < before + 3:
        run.advance()
        assert not run.is_resting
    assert [event.value for event in run.events if isinstance(event, SettingChanged)] == [0.01, 0.0]


def test_a_pace_outlives_the_loss_of_a_process_and_leaves_the_steps_as_they_are() -> None:
    free, paced = (Training("one", job_to_json(CLASSIFIER), paused=False) for _ in range(2))
    paced.control("set", ("pace", 100.0))
    replay = ReplayLog()
    for run in (free, paced):
        while run.step < 5:
            run.advance()
    replay.take(paced.events)
    later = Training("one", job_to_json(CLASSIFIER), False, replay=replay, status="running")
    while later.is_repeating:
        assert not later.is_resting
        later.advance()
    assert later.pace == 100.0
    losses = [[event.loss for event in run.events if isinstance(event, StepDone)] for run in (free, paced)]
    assert losses[0] == losses[1]
    later.advance()
    free.advance()
    assert later.events[-1] == free.events[-1] and later.is_resting


def test_at_the_slowest_pace_every_step_is_shown_also_after_the_loss_of_a_process() -> None:
    def shown(run: Training) -> list[int]:
        return [event.step for event in run.events if isinstance(event, StepShown)]

    run, replay = Training("one", job_to_json(CLASSIFIER), paused=True), ReplayLog()
    replay.take(rest(run))
    for action, told in (("slow", [StepShown, OrderDone, StepDone]), ("step", [StepDone])):
        run.control(action, None)
        events = [event for event in rest(run) if not isinstance(event, LayersMeasured)]
        assert [type(event) for event in events] == told
        replay.take(events)
    run.control("set", ("pace", 0.2))
    run.control("resume", None)
    while run.step < 4:
        run.advance()
    assert shown(run) == [3, 4]
    replay.take(run.events)
    later = Training("one", job_to_json(CLASSIFIER), False, replay=replay, status="running")
    while later.step < 5:
        later.advance()
    assert shown(later) == [1, 5]  # what was shown by hand may be told again
    later.control("set", ("pace", 1.0))
    while later.step < 6:
        later.advance()
    assert shown(later) == [1, 5]
