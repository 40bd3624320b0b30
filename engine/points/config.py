"""A small network on points in the plane as plain data: the points, the network, how it learns. No torch."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from engine.catalogue.codec import Codec, Part
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, Param, SpecError, choose, integer, one_of, real
from engine.catalogue.regularisation import REGULARISATION
from engine.points.sets import EXTENT, FEATURES, OWN, SETS
from engine.text import Text

OwnPoint = tuple[float, float, int]
Edit = tuple[str, float]
MOST_LAYERS, MOST_UNITS, MOST_OWN, FEWEST_OWN, MOST_CLASSES = 6, 8, 300, 4, 3
NO_ACTIVATION = "None"
ACTIVATIONS = ("Tanh", "ReLU", "LeakyReLU", "ELU", "SiLU", "Sigmoid", "Softplus", "Step", NO_ACTIVATION)
GRADIENT, PERCEPTRON = "gradient", "perceptron"
LARGEST_WEIGHT = 1000.0
LR = "lr"

POINT_SETTINGS: dict[str, Param] = {
    "data": one_of(
        "circle",
        tuple(SETS),
        Text("Points"),
        Text("What the network is to tell apart, or which number to predict."),
        titles=tuple(row.title for row in SETS.values()),
    ),
    "count": integer(200, 4, 2000, Text("Points"), Text("Training and test points together.")),
    "noise": real(
        10.0, 0.0, 50.0, Text("Noise"), Text("How far points stray from their place; much of it mixes them."), "%"
    ),
    "test_share": real(
        0.3,
        0.0,
        0.9,
        Text("Test share"),
        Text("Part of the points that it never trains on, to see whether it learned by heart."),
    ),
    "activation": one_of(
        "Tanh",
        ACTIVATIONS,
        Text("Activation"),
        Text("Bends the sum of each hidden unit. Without one, all layers together are a single one."),
        titles=(*(Text(kind) for kind in ACTIVATIONS[:-1]), Text("None: straight lines only")),
    ),
    "rule": one_of(
        GRADIENT,
        (GRADIENT, PERCEPTRON),
        Text("Learning rule"),
        Text("How the weights change: down the gradient of the loss, or by Rosenblatt's rule for a single neuron."),
        titles=(Text("Gradient descent"), Text("Perceptron rule")),
    ),
    "batch_size": integer(10, 1, 100, Text("Batch size"), Text("Points for each step of the weights.")),
    "steps": integer(20_000, 1, 100_000, Text("Steps"), Text("Updates of the weights, at most.")),
    "seed": integer(
        0, 0, 2**31 - 1, Text("Seed"), Text("Start of every random choice; the same seed gives the same curve.")
    ),
}
PENALTIES = {name: REGULARISATION[name] for name in ("l2", "l1")}
RATE = real(0.1, 1e-6, 10.0, Text("Learning rate"), Text("How far each step goes."), log=True)
_WEIGHT = real(
    0.0,
    -LARGEST_WEIGHT,
    LARGEST_WEIGHT,
    Text("Weight"),
    Text("What an input is multiplied by, or the bias that is added."),
)


@dataclass(frozen=True, slots=True)
class PointsSpec:
    """One small network and its points. `points` are the visitor's own (x, y, class), for the set "own"; `units` are
    those of each hidden layer; `edits` are first weights set by hand, by their names."""

    data: str = "circle"
    points: tuple[OwnPoint, ...] = ()
    count: int = 200
    noise: float = 10.0
    test_share: float = 0.3
    features: tuple[str, ...] = ("x", "y")
    units: tuple[int, ...] = (4,)
    activation: str = "Tanh"
    rule: str = GRADIENT
    optimizer: Choice = field(
        default_factory=lambda: choose(OPTIMIZERS, "SGD", {"lr": 0.1, "momentum": 0.0}, Text("Optimizer"))
    )
    l2: float = 0.0
    l1: float = 0.0
    batch_size: int = 10
    steps: int = 20_000
    seed: int = 0
    edits: tuple[Edit, ...] = ()

    @property
    def name(self) -> Text:
        return SETS[self.data].title

    @property
    def classes(self) -> int:
        """0 for regression; of one's own points as many as they have, at least two."""
        if self.data == OWN:
            return max(2, 1 + max((label for *_, label in self.points), default=0))
        return SETS[self.data].classes

    @property
    def outputs(self) -> int:
        return 3 if self.classes == 3 else 1

    @property
    def sizes(self) -> tuple[int, ...]:
        """What goes into each layer, and what comes out of the last one."""
        return (len(self.features), *self.units, self.outputs)

    @property
    def parameters(self) -> int:
        return sum((a + 1) * b for a, b in pairwise(self.sizes))

    @property
    def lr(self) -> float:
        return float(self.optimizer["lr"])


def weight_names(spec: PointsSpec) -> Iterator[str]:
    """The name of every weight, in the order in which they are sent: of each layer first the weights, unit by unit,
    then the biases. "w1.2.3" leads to unit 2 of layer 1 from input 3, "b1.2" is its bias; all count from 1."""
    for layer, (inputs, units) in enumerate(pairwise(spec.sizes), 1):
        for unit in range(1, units + 1):
            yield from (f"w{layer}.{unit}.{i}" for i in range(1, inputs + 1))
        yield from (f"b{layer}.{unit}" for unit in range(1, units + 1))


_LARGEST = PointsSpec(features=tuple(FEATURES)[:MOST_UNITS], units=(MOST_UNITS,) * MOST_LAYERS, data="three")
LIVE: Mapping[str, Param] = {LR: RATE, **PENALTIES, **dict.fromkeys(weight_names(_LARGEST), _WEIGHT)}


def change_points(spec: PointsSpec, name: str, value: float) -> PointsSpec:
    """Change a live setting. A weight is no part of the job: the stream sets it. Raises SpecError."""
    if name == LR:
        return replace(spec, optimizer=spec.optimizer.but(lr=value))
    if name in PENALTIES:
        changes: dict[str, Any] = {name: value}
        return replace(spec, **changes)
    _check_edit(spec, name)
    return spec


def _check_edit(spec: PointsSpec, name: str) -> None:
    if name not in weight_names(spec):
        what = Text("The network has no weight {name}.", name=repr(name[:20]))
        raise SpecError(what, Text("Choose one that is drawn."))


def lacks_points(spec: PointsSpec) -> bool:
    """Whether the visitor has still to set points of their own."""
    return spec.data == OWN and (len(spec.points) < FEWEST_OWN or len({label for *_, label in spec.points}) < 2)


def check_points(spec: PointsSpec) -> None:
    """Raise SpecError unless there are points to learn from and the rule fits the network."""
    if lacks_points(spec):
        what = Text("There are too few points of your own.")
        raise SpecError(what, Text("Set at least {least}, of two classes or more.", least=FEWEST_OWN))
    if spec.rule == PERCEPTRON and (spec.units or spec.classes != 2):
        what = Text("The perceptron rule is for one neuron and two classes.")
        raise SpecError(what, Text("Take the hidden layers away, or learn by gradient descent."))
    for name, _ in spec.edits:
        _check_edit(spec, name)


def points_from_json(data: object) -> tuple[OwnPoint, ...]:
    """Own points `[[x, y, class], ...]` within the square, to two decimals. Raises SpecError."""
    if not isinstance(data, list | tuple) or len(data) > MOST_OWN:
        most = Text("Expected a list of at most {most} points.", most=MOST_OWN)
        raise SpecError(Text("The points cannot be read."), most)
    if not all(_is_point(point) for point in data):
        what = Text("A point lies outside the square, or has no class.")
        raise SpecError(what, Text("Give each as [x, y, class], x and y from -6 to 6, the class from 0 to 2."))
    return tuple((round(float(x), 2), round(float(y), 2), label) for x, y, label in data)


def _is_point(point: object) -> bool:
    if not isinstance(point, list | tuple) or len(point) != 3:
        return False
    *place, label = point
    inside = all(_is_number(part) and -EXTENT <= part <= EXTENT for part in place)
    return inside and type(label) is int and 0 <= label < MOST_CLASSES


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _features_from_json(data: object) -> tuple[str, ...]:
    if not isinstance(data, list | tuple) or not data or not all(isinstance(name, str) for name in data):
        raise SpecError(Text("The network reads nothing."), Text("Choose at least one input, such as x."))
    chosen = tuple(name for name in FEATURES if name in data)
    if len(chosen) != len(data):
        raise SpecError(Text("An input is not known."), Text("Known are {names}.", names=", ".join(FEATURES)))
    return chosen


def _units_from_json(data: object) -> tuple[int, ...]:
    good = isinstance(data, list | tuple) and len(data) <= MOST_LAYERS
    if not good or not all(type(units) is int and 1 <= units <= MOST_UNITS for units in data):  # type: ignore[attr-defined]
        what = Text("The hidden layers cannot be read.")
        cure = Text("Use at most {layers} layers of 1 to {units} units.", layers=MOST_LAYERS, units=MOST_UNITS)
        raise SpecError(what, cure)
    return tuple(data)  # type: ignore[arg-type]


def edits_from_json(data: object) -> tuple[Edit, ...]:
    """Weights set by hand, `[[name, value], ...]`. Raises SpecError."""
    good = isinstance(data, list | tuple) and len(data) <= len(LIVE)
    if not good or not all(isinstance(e, list | tuple) and len(e) == 2 and e[0] in LIVE for e in data):  # type: ignore[attr-defined]
        raise SpecError(Text("The weights set by hand cannot be read."), Text("Check the file or link."))
    return tuple((str(name), float(_WEIGHT.check(value, str(name)))) for name, value in data)  # type: ignore[attr-defined]


def _as_lists(rows: tuple[tuple[Any, ...], ...]) -> list[list[Any]]:
    return [list(row) for row in rows]


POINTS_CODEC: Codec[PointsSpec] = Codec(
    PointsSpec,
    Text("2-D playground"),
    {
        "points": Part(points_from_json, _as_lists),
        "features": Part(_features_from_json, list),
        "units": Part(_units_from_json, list),
        "edits": Part(edits_from_json, _as_lists),
        "optimizer": OPTIMIZERS,
        **POINT_SETTINGS,
        **PENALTIES,
    },
    {"optimizer": Text("Optimizer")},
)
