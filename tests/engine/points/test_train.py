"""Small networks on points: they learn what they can, a perceptron only what a line separates."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import torch

from engine.catalogue.params import SpecError
from engine.kinds import change_job, check_job, job_from_json, job_to_json
from engine.points.config import ACTIVATIONS, PERCEPTRON, PointsSpec, weight_names
from engine.points.draw import draw_points, inputs_of
from engine.points.events import PointsFinished, PointsMeasured, PointsShown, PointsStarted, PointsStep
from engine.points.network import make_network
from engine.points.sets import FEATURES, OWN, SETS
from engine.points.train import train_points, untrained
from engine.training.events import SettingChanged
from engine.training.streams import Controls

CORNERS = ((-3.0, -3.0, 0), (3.0, 3.0, 0), (-3.0, 3.0, 1), (3.0, -3.0, 1))
NEURON = PointsSpec(rule=PERCEPTRON, units=(), noise=0.0, steps=3000)


def last(spec: PointsSpec) -> Any:
    return list(train_points(spec))[-1]


def of(events: list[Any], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


@pytest.mark.parametrize("data", SETS)
def test_every_set_is_drawn_inside_the_square_and_the_same_again(data: str) -> None:
    spec = PointsSpec(data=data, points=CORNERS, features=tuple(FEATURES), steps=20)
    check_job(spec)
    assert job_from_json(job_to_json(spec)) == spec
    one, other = draw_points(spec), draw_points(spec)
    assert torch.equal(one.places, other.places) and torch.equal(one.targets, other.targets)
    assert one.places.abs().max() <= 6 and 0 < one.train < len(one.places)
    assert set(one.targets.tolist()) == set(range(spec.classes)) if spec.classes else one.targets.abs().max() <= 1
    assert isinstance(last(spec), PointsFinished)


def test_the_hidden_layer_solves_what_a_perceptron_never_does() -> None:
    line, xor = last(replace(NEURON, data="blobs")), last(replace(NEURON, data="xor"))
    assert line.flawless and line.train_accuracy == 1.0 and line.step < 3000
    assert not xor.flawless and xor.step == 3000 and xor.train_accuracy < 0.9
    assert last(PointsSpec(data="xor", noise=0.0, steps=3000)).train_accuracy > 0.95


def test_one_step_of_the_perceptron_is_rosenblatts_rule() -> None:
    spec = replace(NEURON, data="xor", steps=9)
    points, model = draw_points(spec), make_network(spec)
    inputs = inputs_of(spec.features, points.places)
    weight, bias = (part.detach().clone() for part in model.parameters())
    events = list(train_points(spec, Controls(order="step")))
    shown = of(events, PointsShown)
    for before, after in pairwise(shown[:10]):
        x, target = inputs[before.next], int(points.targets[before.next])
        error = target - int(float(weight[0] @ x + bias[0]) > 0)
        weight, bias = weight + spec.lr * error * x, bias + spec.lr * error
        assert after.weights == pytest.approx([*weight[0].tolist(), float(bias)], rel=1e-4, abs=1e-5)
    assert [step.loss in (0.0, 1.0) for step in of(events, PointsStep)] == [True] * 9


def test_a_weight_set_by_hand_holds_from_the_next_step_and_before_the_first() -> None:
    spec = PointsSpec(units=(2,), steps=5)
    names = list(weight_names(spec))
    assert len(names) == spec.parameters and names[:3] == ["w1.1.1", "w1.1.2", "w1.2.1"] and names[4] == "b1.1"
    _, shown = untrained(replace(spec, edits=(("w1.2.1", 4.5), ("b2.1", -2.0))))
    assert dict(zip(names, shown.weights, strict=True)) | {"w1.2.1": 4.5, "b2.1": -2.0} == dict(
        zip(names, shown.weights, strict=True)
    )
    controls = Controls(order="step", changes={"w1.2.1": 500.0})
    events = list(train_points(spec, controls))
    assert of(events, SettingChanged) == [SettingChanged(0, "w1.2.1", 500.0)]
    assert of(events, PointsShown)[1].weights[2] == pytest.approx(500, abs=5)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_learns_something(activation: str) -> None:
    events = list(train_points(PointsSpec(data="blobs", activation=activation, steps=300)))
    first, *_, newest = of(events, PointsMeasured)
    assert newest.train_loss < first.train_loss and isinstance(events[0], PointsStarted)


def test_what_does_not_fit_is_refused_with_a_cure() -> None:
    for wrong, said in (
        (replace(NEURON, units=(2,)), "hidden layers away"),
        (replace(NEURON, data="hills"), "two classes"),
        (PointsSpec(data=OWN), "Set at least 4"),
        (PointsSpec(edits=(("w9.1.1", 1.0),)), "no weight"),
    ):
        with pytest.raises(SpecError, match=said):
            check_job(wrong)
    for name, value in (("units", [9]), ("units", [1] * 7), ("features", []), ("points", [[7, 0, 1]]), ("edits", [[]])):
        with pytest.raises(SpecError):
            job_from_json({"kind": "points", name: value})
    with pytest.raises(SpecError):
        change_job(PointsSpec(units=()), "w2.1.1", 1.0)
