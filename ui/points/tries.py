"""Networks and points to begin with on the 2-D playground, and what to look for with the settings of now. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, choose
from engine.points.config import NO_ACTIVATION, PERCEPTRON, PointsSpec, lacks_points
from engine.text import Text


def _sgd(lr: float) -> Choice:
    return choose(OPTIMIZERS, "SGD", {"lr": lr, "momentum": 0.0}, Text("Optimizer"))


_ADAM = choose(OPTIMIZERS, "Adam", {"lr": 0.01}, Text("Optimizer"))


@dataclass(frozen=True, slots=True)
class Try:
    """Something to begin with."""

    title: Text
    icon: str
    why: Text
    spec: PointsSpec


_NEURON = PointsSpec("blobs", units=(), rule=PERCEPTRON, noise=0.0, count=60, test_share=0.0, batch_size=1, seed=1)
TRIES: Mapping[str, Try] = {
    "perceptron": Try(
        Text("Perceptron"),
        "linear_scale",
        Text("One neuron, Rosenblatt's rule, two clouds. Press Step: each mistake turns the line."),
        _NEURON,
    ),
    "perceptron-xor": Try(
        Text("Perceptron and XOR"),
        "all_inclusive",
        Text("The same neuron on XOR. Guess first: after how many steps is it done?"),
        replace(_NEURON, data="xor", seed=0),
    ),
    "neuron": Try(
        Text("One smooth neuron"),
        "show_chart",
        Text("A neuron that says a probability, so that a gradient can teach it."),
        PointsSpec("blobs", units=(), optimizer=_sgd(0.03)),
    ),
    "hidden": Try(
        Text("XOR, hidden layer"),
        "hub",
        Text("Four hidden units, each with a line of its own, and an output that puts them together."),
        PointsSpec("xor", units=(4,), noise=0.0),
    ),
    "numbers": Try(
        Text("2-2-1 in numbers"),
        "calculate",
        Text("Two inputs, two hidden units, one output: small enough to follow every number, forward and backward."),
        PointsSpec("xor", units=(2,), noise=0.0, count=60, test_share=0.0, batch_size=1),
    ),
    "spiral": Try(
        Text("Spiral"),
        "cyclone",
        Text("The hardest set: two layers of eight, and patience."),
        PointsSpec("spiral", units=(8, 8), activation="ReLU", noise=0.0, optimizer=_ADAM),
    ),
    "regression": Try(
        Text("Regression"),
        "landscape",
        Text("A number for each place instead of a class."),
        PointsSpec("hills", units=(8, 4), noise=0.0),
    ),
}


def look_for(spec: PointsSpec) -> Text:
    """One sentence on what to look for with these settings."""
    if lacks_points(spec):
        return Text("**Set points of your own:** take a class, then press or draw in the square. Then press Start.")
    if spec.rule == PERCEPTRON and spec.data == "xor":
        return Text("**No straight line separates XOR:** the neuron mends one mistake and makes another, for ever.")
    if spec.rule == PERCEPTRON:
        return Text(
            "**The ring marks the next point.** On the wrong side it turns the line; on the right side nothing changes."
        )
    if not spec.units:
        return Text("**One neuron draws one straight line.** The arrow points to the side that it calls class 1.")
    if spec.activation == NO_ACTIVATION:
        return Text("**Without an activation all layers are one:** however many there are, the border stays straight.")
    if not spec.classes:
        return Text("**The colour is the number that it predicts:** orange below 0, blue above.")
    return Text(
        "**Each unit draws a border of its own;** the next layer puts them together. Press one to see it large."
    )
