"""A network as plain data, as the user assembles it, and its plan with all shapes, counts and costs. No torch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.catalogue.codec import Part
from engine.catalogue.layers import INITS, LAYERS
from engine.catalogue.names import clean, name_from_json
from engine.catalogue.params import (
    Choice,
    Mend,
    Shape,
    SpecError,
    Value,
    choice_from_json,
    choose,
)
from engine.catalogue.shapes import shape_text as shape_text
from engine.catalogue.shapes import sizes as sizes
from engine.limits import limits
from engine.network.roles import CLASSES as CLASSES
from engine.network.roles import INPUT_SHAPE as INPUT_SHAPE
from engine.network.roles import ROLES as ROLES
from engine.network.roles import misfit_at_end
from engine.text import Text

MAX_Z = 512
MAX_LAYERS, MAX_PARAMETERS = limits().layers, limits().parameters
MAX_JSON_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """An ordered list of layers on an input shape, with its initialisation. Hashable.

    `name` is for people only, and always a short line of text. `role` is one of ROLES. A generator reads z, so many
    random numbers; other networks read a picture.
    """

    layers: tuple[Choice, ...] = ()
    init: str = "default"
    name: str = ""
    input_shape: Shape = INPUT_SHAPE
    role: str = "classifier"

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean(self.name))

    @property
    def takes_labels(self) -> bool:
        """Whether its model is called with labels beside its input."""
        return any(LAYERS[choice.kind].takes_label for choice in self.layers)


@dataclass(frozen=True, slots=True)
class PlannedLayer:
    """One layer resolved: shapes without the batch axis, learned numbers, multiply-adds a picture, torch arguments, the
    numbers that one picture keeps for the backward pass, and what must be done one after the other."""

    index: int
    layer: Choice
    in_shape: Shape
    out_shape: Shape
    parameters: int
    multiply_adds: int
    args: Mapping[str, Any]
    activations: int
    calls: int


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
        """The multiply-adds of one forward pass on one picture."""
        return sum(p.multiply_adds for p in self.layers)

    @property
    def activations(self) -> int:
        """The numbers that one picture keeps for the backward pass."""
        return sum(p.activations for p in self.layers)

    @property
    def takes_labels(self) -> bool:
        """Whether the model is called with labels beside its input."""
        return self.network.takes_labels

    @property
    def ends_in_softmax(self) -> bool:
        return bool(self.layers) and self.layers[-1].layer.kind == "Softmax"


def layer(kind: str, **values: Value) -> Choice:
    """A checked layer, as in `layer("Conv2d", channels=32, kernel_size=3)`. Raises SpecError."""
    return choose(LAYERS, kind, values, Text("Layer"))


def survey(network: NetworkSpec) -> tuple[tuple[PlannedLayer, ...], SpecError | None]:
    """Plan as far as the network fits together; the error says where and why it stops fitting, None when it does."""
    planned: list[PlannedLayer] = []
    shape = network.input_shape
    if len(network.layers) > MAX_LAYERS:
        return (), _too_long(len(network.layers))
    for index, choice in enumerate(network.layers):
        row = LAYERS[choice.kind]
        values = dict(choice.values)
        try:
            if row.takes_label and network.role == "classifier":
                away = Mend(Text("Remove {kind}", kind=choice.kind), "replace", index, None)
                raise SpecError(
                    Text("tells the network the answer it is to find."), Text("Remove it: it is for GANs."), mend=away
                )
            out_shape = row.out(shape, values)
            step = PlannedLayer(
                index,
                choice,
                shape,
                out_shape,
                row.parameters(shape, values),
                row.multiply_adds(shape, values),
                row.args(shape, values),
                row.activations(shape, values),
                row.calls(shape, values),
            )
            planned.append(step)
            _check_size(planned)
        except SpecError as error:
            what = Text("Layer {number} ({kind}): {what}", number=index + 1, kind=choice.kind, what=error.what)
            mend = replace(error.mend, index=index, choice=_completed(error.mend.choice)) if error.mend else None
            return tuple(planned[:index]), SpecError(what, error.cure, layer=index, mend=mend)
        shape = out_shape
    return tuple(planned), misfit_at_end(network.role, len(network.layers), shape)


def _completed(choice: Choice | None) -> Choice | None:
    """A layer of a cure with the settings that the cure says nothing about."""
    return choice and layer(choice.kind, **dict(choice.values))


def plan(network: NetworkSpec) -> Plan:
    """Resolve a network that must be ready to train: it fits together and ends as its role asks. Raises SpecError."""
    planned, error = survey(network)
    if error:
        raise error
    return Plan(network, planned)


def mend_network(network: NetworkSpec, mend: Mend) -> NetworkSpec:
    """Apply a one-click cure to a network."""
    layers = list(network.layers)
    end = mend.index if mend.action == "insert" else mend.index + 1
    layers[mend.index : end] = [] if mend.choice is None else [mend.choice]
    return replace(network, layers=tuple(layers))


def network_to_json(network: NetworkSpec) -> dict[str, Any]:
    role = {} if network.role == "classifier" else {"role": network.role}
    return {
        "name": network.name,
        **role,
        "input": list(network.input_shape),
        "init": network.init,
        "layers": [layer_to_json(choice) for choice in network.layers],
    }


def layer_to_json(choice: Choice) -> dict[str, Any]:
    """A layer without what is advanced and stands at its default: a network is saved as it was before there was such a
    setting."""
    row = LAYERS.get(choice.kind)
    usual = {name: param.default for name, param in row.params.items() if param.advanced} if row else {}
    return {"kind": choice.kind, **{name: value for name, value in choice.values if usual.get(name) != value}}


def network_from_json(data: object) -> NetworkSpec:
    """Read a network from untrusted JSON (parsed, or text). It may not fit together yet. Raises SpecError."""
    if isinstance(data, str):
        data = parse_json(data)
    if not isinstance(data, dict) or not isinstance(data.get("layers"), list):
        raise SpecError(Text("This is not a network."), Text("Expected an object with a list of layers."))
    layers = data["layers"]
    if len(layers) > MAX_LAYERS:
        raise _too_long(len(layers))
    name = name_from_json(data.get("name", ""))
    init = data.get("init", "default")
    if not isinstance(init, str) or init not in INITS:
        what = Text("The initialisation {init} is not known.", init=repr(str(init)[:40]))
        raise SpecError(what, Text("Use one of {options}.", options=", ".join(INITS)))
    role = data.get("role", "classifier")
    if not isinstance(role, str) or role not in ROLES:
        what = Text("The role {role} is not known.", role=repr(str(role)[:40]))
        raise SpecError(what, Text("Use one of {options}.", options=", ".join(ROLES)))
    input_shape = _input_from_json(data.get("input"), role)
    chosen = tuple(
        choice_from_json(LAYERS, item, Text("Layer {number}", number=i + 1)) for i, item in enumerate(layers)
    )
    return NetworkSpec(chosen, init, name, input_shape, role)


def _input_from_json(data: object, role: str) -> Shape:
    if role != "generator":
        if data not in (None, list(INPUT_SHAPE)):
            raise SpecError(Text("The input shape is not 1 × 28 × 28."), Text("Networks here read MNIST pictures."))
        return INPUT_SHAPE
    size = data[0] if isinstance(data, list) and len(data) == 1 else None
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MAX_Z:
        what = Text("The generator's input is not a row of numbers.")
        raise SpecError(what, Text("Use from 1 to {most} random numbers.", most=MAX_Z))
    return (size,)


def parse_json(text: str) -> object:
    """Parse untrusted JSON text of bounded length, without NaN or Infinity. Raises SpecError."""
    if len(text) > MAX_JSON_CHARACTERS:
        what = Text("The text has {count:,} characters.", count=len(text))
        raise SpecError(what, Text("A saved network has at most {most:,}.", most=MAX_JSON_CHARACTERS))
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise SpecError(Text("The text is not valid JSON."), Text("Open a file that was saved here.")) from error


def _too_long(layers: int) -> SpecError:
    what = Text("{count:,} layers are too many.", count=layers)
    return SpecError(what, Text("Keep to {most} or fewer.", most=MAX_LAYERS))


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _check_size(planned: list[PlannedLayer]) -> None:
    """Raise SpecError when the last layer makes the network larger than the limits."""
    parameters = sum(p.parameters for p in planned)
    multiply_adds = sum(p.multiply_adds for p in planned)
    if parameters > MAX_PARAMETERS:
        what = Text("it would bring the network to {count:,} parameters.", count=parameters)
        raise SpecError(what, Text("Make it smaller: {limit:,} are the limit.", limit=MAX_PARAMETERS))
    if multiply_adds > limits().multiply_adds:
        what = Text("it would bring the network to {count:,} multiply-adds a picture.", count=multiply_adds)
        most = limits().multiply_adds
        raise SpecError(what, Text("Use fewer channels or a larger stride: {limit:,} are the limit.", limit=most))
    activations = sum(p.activations for p in planned)
    if activations > limits().activations:
        what = Text("it would bring the network to {count:,} numbers to remember for every picture.", count=activations)
        most = limits().activations
        raise SpecError(
            what, Text("Shrink the picture earlier or use fewer channels: {limit:,} are the limit.", limit=most)
        )


NETWORK = Part(network_from_json, network_to_json)
