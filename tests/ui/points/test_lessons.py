"""The lessons on points: their examples exist, their numbers are computed, their conditions are met by who did it."""

import re
from dataclasses import asdict, replace
from typing import Any

import pytest

from engine.files import ASSETS
from engine.lessons.conditions import Condition
from engine.lessons.lesson import Number
from engine.lessons.read import lesson_from_text
from engine.points.config import PointsSpec
from engine.points.draw import draw_points, inputs_of
from engine.points.network import loss_of, make_network
from engine.points.train import train_points
from engine.runs.info import RunInfo
from ui.learn.facts import facts_of
from ui.points.tries import TRIES

LESSONS = {
    path.stem: lesson_from_text(path.read_text(encoding="utf-8")) for path in (ASSETS / "lessons").glob("02-?-*.md")
}
NEURON, XOR = TRIES["perceptron"].spec, TRIES["perceptron-xor"].spec
AROUND = tuple((float(x), 0.0, int(x > 0)) for x in (-4, -2, 2, 4))


def until(lesson: str, step: int) -> Condition:
    condition = LESSONS[lesson].steps[step].until
    assert condition
    return condition


def facts(spec: PointsSpec, **run: Any) -> dict[str, Any]:
    """Of a run of `spec` that came to its end."""
    *_, last = train_points(spec)
    end = asdict(last)  # type: ignore[call-overload]
    told = {"status": "finished", "finished": end, "step": end["step"]} | run
    return facts_of(RunInfo("id", "owner", 0.0, "", spec, seq=1, parameters=spec.parameters, **told))


def test_the_examples_that_lessons_open_exist() -> None:
    ways = [way.address for lesson in LESSONS.values() for step in lesson.steps for way in step.ways]
    assert len(LESSONS) == 4 and set(re.findall(r"try=([\w-]+)", " ".join(ways))) <= set(TRIES)


def test_the_numbers_asked_for_are_those_of_the_first_point() -> None:
    spec = TRIES["numbers"].spec
    points, model = draw_points(spec), make_network(spec)
    z = model(inputs_of(spec.features, points.places[:1])).detach().requires_grad_()
    loss = loss_of(spec.classes, z, points.targets[:1])
    loss.backward()  # type: ignore[no-untyped-call]
    assert points.targets[0] == 0 and z.grad is not None
    asked = [step.asks.right for step in LESSONS["02-c-numbers"].steps if isinstance(step.asks, Number)]
    assert asked == pytest.approx([loss.item(), z.sigmoid().item()], abs=5e-5)


def test_the_first_lesson_is_done_by_hand_by_the_rule_and_never_with_xor() -> None:
    by_hand = replace(NEURON, edits=(("w1.1.1", 1.0), ("w1.1.2", 1.0), ("b1.1", 0.0)))
    assert until("02-a-neuron", 1).is_met([facts(by_hand)]) and not until("02-a-neuron", 1).is_met([facts(NEURON)])
    assert until("02-a-neuron", 2).is_met([facts(NEURON)]) and not until("02-a-neuron", 2).is_met([facts(by_hand)])
    assert until("02-a-neuron", 3).is_met([facts(replace(XOR, steps=400))])
    assert until("02-a-neuron", 4).is_met([facts(replace(NEURON, data="own", points=AROUND))])


def test_xor_is_solved_by_units_or_by_an_input_but_not_without_a_bend() -> None:
    hidden = replace(TRIES["hidden"].spec, steps=4000)
    straight = replace(hidden, units=(4, 4), activation="None", steps=500)
    by_hand = replace(hidden, units=(), features=("x", "y", "xy"), steps=1000)
    runs = [facts(spec) for spec in (hidden, straight, by_hand)]
    for step, done in ((1, 0), (2, 1), (3, 2)):
        assert [until("02-b-xor", step).is_met([run]) for run in runs] == [number == done for number in range(3)]


def test_steps_by_hand_and_slow_rates_are_seen() -> None:
    spec = TRIES["numbers"].spec
    paused = facts(replace(spec, steps=3), status="paused", finished=None)
    assert until("02-c-numbers", 3).is_met([paused])
    moved = facts(replace(spec, steps=3), changed=(("w1.1.1", 1, 2.0), ("pace", 2, 1.0)))
    assert moved["hand"] == 1
    slow = TRIES["neuron"].spec
    slow = replace(slow, optimizer=slow.optimizer.but(lr=0.0005), steps=300)
    assert until("02-d-descent", 1).is_met([facts(slow)])
    right = replace(slow, optimizer=slow.optimizer.but(lr=0.1), steps=500)
    assert until("02-d-descent", 2).is_met([facts(right)])
