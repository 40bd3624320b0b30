"""What the user assembles: a network as plain data, and its plan, every shape, count and cost worked out. No torch."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.layers import INITS, LAYERS
from engine.params import (
    Choice,
    Mend,
    Shape,
    SpecError,
    Value,
    choice_from_json,
    choice_to_json,
    choose,
    number,
)

INPUT_SHAPE: Shape = (1, 28, 28)
CLASSES = 10
MAX_LAYERS = 100
MAX_PARAMETERS = 20_000_000
MAX_MULTIPLY_ADDS = 2_000_000_000
MAX_ACTIVATIONS = 2_000_000
MAX_JSON_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """An ordered list of layers on an input shape, with its initialisation. Hashable; `name` is for people only."""

    layers: tuple[Choice, ...] = ()
    init: str = "default"
    name: str = ""
    input_shape: Shape = INPUT_SHAPE


@dataclass(frozen=True, slots=True)
class PlannedLayer:
    """One layer resolved: shapes without the batch axis, learned numbers, multiply-adds a picture, torch arguments."""

    index: int
    layer: Choice
    in_shape: Shape
    out_shape: Shape
    parameters: int
    multiply_adds: int
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """A network that fits together, resolved against its input."""

    network: NetworkSpec
    layers: tuple[PlannedLayer, ...]

    @property
    def parameters(self) -> int:
        return sum(p.parameters for p in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Of one forward pass on one picture."""
        return sum(p.multiply_adds for p in self.layers)

    @property
    def activations(self) -> int:
        """Numbers that one picture leaves behind for the backward pass."""
        return sum(math.prod(p.out_shape) for p in self.layers)

    @property
    def ends_in_softmax(self) -> bool:
        return bool(self.layers) and self.layers[-1].layer.kind == "Softmax"


def layer(kind: str, **values: Value) -> Choice:
    """A checked layer, as in `layer("Conv2d", channels=32, kernel_size=3)`. Raises SpecError."""
    return choose(LAYERS, kind, values, "Layer")


def survey(network: NetworkSpec) -> tuple[tuple[PlannedLayer, ...], SpecError | None]:
    """Plan as far as the network fits together; the error says where and why it stops fitting, None when it does."""
    planned: list[PlannedLayer] = []
    shape = network.input_shape
    if len(network.layers) > MAX_LAYERS:
        return (), SpecError(f"{len(network.layers):,} layers are too many.", f"Keep to {MAX_LAYERS} or fewer.")
    for index, choice in enumerate(network.layers):
        row = LAYERS[choice.kind]
        values = dict(choice.values)
        try:
            out_shape = row.out(shape, values)
            step = PlannedLayer(
                index,
                choice,
                shape,
                out_shape,
                row.parameters(shape, values),
                row.multiply_adds(shape, values),
                row.args(shape, values),
            )
            planned.append(step)
            _check_size(planned)
        except SpecError as error:
            what = f"Layer {index + 1} ({choice.kind}): {error.what}"
            mend = replace(error.mend, index=index) if error.mend else None
            return tuple(planned[:index]), SpecError(what, error.cure, layer=index, mend=mend)
        shape = out_shape
    return tuple(planned), _misfit_at_end(network, shape)


def plan(network: NetworkSpec) -> Plan:
    """Resolve a network that must be ready to train: it fits together and ends in ten numbers. Raises SpecError."""
    planned, error = survey(network)
    if error:
        raise error
    return Plan(network, planned)


def mended(network: NetworkSpec, mend: Mend) -> NetworkSpec:
    """The network with a one-click cure applied."""
    layers = list(network.layers)
    if mend.action == "insert":
        layers.insert(mend.index, mend.choice)
    else:
        layers[mend.index] = mend.choice
    return replace(network, layers=tuple(layers))


def network_to_json(network: NetworkSpec) -> dict[str, Any]:
    return {
        "name": network.name,
        "input": list(network.input_shape),
        "init": network.init,
        "layers": [choice_to_json(choice) for choice in network.layers],
    }


def network_from_json(data: object) -> NetworkSpec:
    """Read a network from untrusted JSON (parsed, or text). It may not fit together yet. Raises SpecError."""
    if isinstance(data, str):
        data = parsed_json(data)
    if not isinstance(data, dict) or not isinstance(data.get("layers"), list):
        raise SpecError("This is not a network.", "Expected an object with a list of layers.")
    layers = data["layers"]
    if len(layers) > MAX_LAYERS:
        raise SpecError(f"{len(layers):,} layers are too many.", f"Keep to {MAX_LAYERS} or fewer.")
    name = data.get("name", "")
    if not isinstance(name, str) or len(name) > 60 or not name.isprintable():
        raise SpecError("The network's name is not a short line of text.", "Use up to 60 characters.")
    init = data.get("init", "default")
    if not isinstance(init, str) or init not in INITS:
        raise SpecError(f"The initialisation {str(init)[:40]!r} is not known.", f"Use one of {', '.join(INITS)}.")
    if data.get("input", list(INPUT_SHAPE)) != list(INPUT_SHAPE):
        raise SpecError("The input shape is not 1 x 28 x 28.", "Networks here read MNIST pictures.")
    chosen = tuple(choice_from_json(LAYERS, item, f"Layer {i + 1}") for i, item in enumerate(layers))
    return NetworkSpec(chosen, init, name)


def parsed_json(text: str) -> object:
    """Parse untrusted JSON text of bounded length, without NaN or Infinity. Raises SpecError."""
    if len(text) > MAX_JSON_CHARACTERS:
        raise SpecError(
            f"The text has {len(text):,} characters.", f"A saved network has at most {MAX_JSON_CHARACTERS:,}."
        )
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise SpecError("The text is not valid JSON.", "Open a file that was saved here.") from error


def shape_text(shape: Iterable[int]) -> str:
    return " x ".join(number(size) for size in shape)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _check_size(planned: list[PlannedLayer]) -> None:
    """Raise when the last layer takes the network over what one laptop should carry."""
    parameters = sum(p.parameters for p in planned)
    multiply_adds = sum(p.multiply_adds for p in planned)
    if parameters > MAX_PARAMETERS:
        what = f"it would bring the network to {parameters:,} parameters."
        raise SpecError(what, f"Make it smaller: {MAX_PARAMETERS:,} are the limit.")
    if multiply_adds > MAX_MULTIPLY_ADDS:
        what = f"it would bring the network to {multiply_adds:,} multiply-adds a picture."
        raise SpecError(what, f"Use fewer channels or a larger stride: {MAX_MULTIPLY_ADDS:,} are the limit.")
    activations = sum(math.prod(p.out_shape) for p in planned)
    if activations > MAX_ACTIVATIONS:
        what = f"it would bring the network to {activations:,} numbers to remember for every picture."
        raise SpecError(what, f"Shrink the picture earlier or use fewer channels: {MAX_ACTIVATIONS:,} are the limit.")


def _misfit_at_end(network: NetworkSpec, shape: Shape) -> SpecError | None:
    """None when the last shape is the ten classes; otherwise what to add, at the position after the last layer."""
    end = len(network.layers)
    if shape == (CLASSES,):
        return None
    if not network.layers:
        return SpecError("The network is empty.", "Add a layer or start from a preset.", layer=None)
    what = f"The network ends in {shape_text(shape)} but must end in {CLASSES} numbers, one score for each digit."
    if len(shape) > 1:
        mend = Mend("Add Flatten", "insert", end, layer("Flatten"))
        rest = "" if math.prod(shape) == CLASSES else f" and a Linear layer with {CLASSES} units"
        return SpecError(what, f"Add Flatten{rest}.", layer=end, mend=mend)
    mend = Mend(f"Add Linear {CLASSES}", "insert", end, layer("Linear", units=CLASSES))
    return SpecError(what, f"Add a Linear layer with {CLASSES} units.", layer=end, mend=mend)
