"""The program of a small network on points does what its run did, to the last bit."""

from typing import Any

import pytest
import torch

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import choose
from engine.export.points import points_program
from engine.points.config import PERCEPTRON, PointsSpec
from engine.points.events import PointsShown
from engine.points.train import train_points

OWN = ((-3.0, -3.0, 0), (3.0, 3.0, 1), (-3.0, 3.0, 2), (3.0, -3.0, 1), (1.0, 1.5, 0))
SPECS = {
    "circle": PointsSpec(steps=30),
    "penalties, Adam, an edit": PointsSpec(
        "xor",
        units=(3, 2),
        features=("x", "xy", "siny"),
        activation="LeakyReLU",
        optimizer=choose(OPTIMIZERS, "Adam", {}, ""),
        l1=0.01,
        l2=0.02,
        edits=(("w2.1.3", 0.75),),
        steps=30,
    ),
    "steps": PointsSpec("spiral", activation="Step", steps=30),
    "three classes": PointsSpec("three", activation="None", steps=30),
    "regression": PointsSpec("hills", steps=30),
    "own points": PointsSpec("own", OWN, steps=30),
    "perceptron": PointsSpec("xor", rule=PERCEPTRON, units=(), steps=90),
}


@pytest.mark.parametrize("name", SPECS)
def test_the_program_ends_with_the_weights_of_the_run(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    spec, space = SPECS[name], dict[str, Any]()
    *_, shown = (event for event in train_points(spec) if isinstance(event, PointsShown))
    exec(compile(points_program(spec), name, "exec"), space)
    weights = torch.cat([weight.detach().flatten() for weight in space["model"].parameters()]).tolist()
    assert [float(f"{weight:.6g}") for weight in weights] == pytest.approx(list(shown.weights), rel=1e-5, abs=1e-7)
    assert "training loss" in capsys.readouterr().out
