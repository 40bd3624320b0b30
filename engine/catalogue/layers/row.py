"""The form of a row of the layer catalogue, and settings that several rows share. Imports no torch."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.catalogue.params import Param, Shape, flag, integer
from engine.catalogue.shapes import Values
from engine.text import Text


def same_shape(shape: Shape, _: Values) -> Shape:
    return shape


def own_values(_: Shape, values: Values) -> dict[str, Any]:
    return dict(values)


def no_values(_: Shape, __: Values) -> dict[str, Any]:
    return {}


def _nothing(_: Shape, __: Values) -> int:
    return 0


def _one(_: Shape, __: Values) -> int:
    return 1


@dataclass(frozen=True, slots=True)
class LayerRow:
    """`out` gives the output shape (C, H, W), (T, F) or (F,), without the batch axis, or raises SpecError without
    saying where.

    `torch` names the class in torch.nn, in `engine.network.own_layers` when `home` says that it is our own, or in
    `label_layers` beside it when it takes the label; `args` gives its arguments. `keras` is its source, one layer a
    line, called with `keras_inputs`; values are filled in by name, as are those of `keras_values` and, where they are
    needed, `{strides}`, `{dilation}`, `{shared}` (groups), `{same}` (padding), `{start}` (initialiser) and `{gamma}`
    (of a norm that starts at zero).
    `group` is one of GROUPS; `source` the address of the paper. `multiply_adds` counts those of the weights, and of the
    steps that attention compares, for one picture: 0 for layers that have none. `kept` counts the numbers that one
    picture leaves for the backward pass where these are more than what comes out; `calls` what must be done one after
    the other. `bodies` is how few and how many lists a block holds.
    """

    torch: str
    keras: str
    group: str
    doc: Text
    params: Mapping[str, Param] = field(default_factory=dict)
    out: Callable[[Shape, Values], Shape] = same_shape
    args: Callable[[Shape, Values], dict[str, Any]] = own_values
    parameters: Callable[[Shape, Values], int] = _nothing
    multiply_adds: Callable[[Shape, Values], int] = _nothing
    kept: Callable[[Shape, Values], int] = _nothing
    calls: Callable[[Shape, Values], int] = _one
    home: Literal["torch", "own", "label"] = "torch"
    source: str = ""
    keras_values: Callable[[Shape, Values], dict[str, Any]] = no_values
    keras_inputs: str = "x"
    bodies: tuple[int, int] = (0, 0)

    @property
    def takes_label(self) -> bool:
        return self.home == "label"

    def activations(self, shape: Shape, values: Values) -> int:
        """The numbers that one picture keeps for the backward pass."""
        return max(math.prod(self.out(shape, values)), self.kept(shape, values))


SIDEWAYS = {
    "kernel_width": integer(
        0,
        0,
        28,
        Text("Width"),
        Text("How wide it is, where it is no square: 3 high and 5 wide follows strokes that lie."),
        "px",
        advanced=True,
        lowest=Text("same"),
    ),
    "stride_across": integer(
        0,
        0,
        28,
        Text("Stride to the right"),
        Text("How far it moves from left to right, where that is not as far as downwards."),
        "px",
        advanced=True,
        lowest=Text("same"),
    ),
    "padding_across": integer(
        -1,
        -1,
        14,
        Text("Padding left and right"),
        Text("The border at the sides, where it is not as thick as above and below."),
        "px",
        advanced=True,
        lowest=Text("same"),
    ),
}  # of a window: `engine.catalogue.windows` reads them
BIAS = {
    "bias": flag(
        True,
        Text("Bias"),
        Text("Adds a learned number to every channel. A norm that follows takes the mean away, and the bias with it."),
        advanced=True,
    )
}
SPECTRAL = {
    "spectral_norm": flag(
        False,
        Text("Spectral norm"),
        Text(
            "Divides the weights by their largest singular value, so that it cannot stretch anything by more than 1. "
            "Keeps the discriminator of a GAN calm (Miyato 2018)."
        ),
        advanced=True,
    )
}
