"""The roles of networks: the output shape of each, and the layers that lead to it. Imports no torch."""

import math
from dataclasses import dataclass

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Choice, Mend, Shape, SpecError, Value, choose
from engine.catalogue.shapes import shape_text

INPUT_SHAPE: Shape = (1, 28, 28)
CLASSES = 10


@dataclass(frozen=True, slots=True)
class Role:
    """The shape a network must end in, that in words, and what it is for in an exported program's title."""

    out: Shape
    ending: str
    purpose: str


ROLES: dict[str, Role] = {
    "classifier": Role((CLASSES,), f"{CLASSES} numbers, one score for each digit", "reads handwritten digits"),
    "generator": Role(INPUT_SHAPE, "a picture of 1 x 28 x 28", "writes digits"),
    "discriminator": Role((1,), "1 number, its verdict", "tells real digits from made ones"),
}


def misfit_at_end(role: str, layers: int, shape: Shape) -> SpecError | None:
    """Check the output shape of the last of so many layers against `role`: None when it fits, else an error with what
    to add."""
    if shape == ROLES[role].out:
        return None
    if not layers:
        return SpecError("The network is empty.", "Add a layer or start from a preset.", layer=None)
    what = f"The network ends in {shape_text(shape)} but must end in {ROLES[role].ending}."
    cure, choice = _to_picture(shape) if role == "generator" else _to_numbers(shape, ROLES[role].out[0])
    return SpecError(what, cure, layer=layers, mend=Mend(_label(choice), "insert", layers, choice))


def _layer(kind: str, **values: Value) -> Choice:
    return choose(LAYERS, kind, values, "Layer")


def _to_numbers(shape: Shape, count: int) -> tuple[str, Choice]:
    """The layer that brings `shape` nearer to a row of `count` numbers, and its description."""
    linear = f"a Linear layer with {count} unit{'s' * (count != 1)}"
    if len(shape) > 1:
        return f"Add Flatten{'' if math.prod(shape) == count else f' and {linear}'}.", _layer("Flatten")
    return f"Add {linear}.", _layer("Linear", units=count)


def _to_picture(shape: Shape) -> tuple[str, Choice]:
    """The layer that brings `shape` nearer to a picture of 1 x 28 x 28, and its description."""
    channels, side, _ = INPUT_SHAPE
    pixels = math.prod(INPUT_SHAPE)
    match shape:
        case (count,) if count == pixels:
            return "Add Reshape.", _layer("Reshape", channels=channels, height=side, width=side)
        case (_,):
            return f"Add a Linear layer with {pixels} units and Reshape.", _layer("Linear", units=pixels)
        case (_, 28, 28):
            return "Add a convolution with 1 channel.", _layer("Conv2d", channels=channels, padding=1)
        case (_, 14, 14):
            cure = "Add a ConvTranspose2d with 1 channel: it doubles the sides."
            return cure, _layer("ConvTranspose2d", channels=channels)
        case (_, 7, 7):
            return "Double its sides twice with ConvTranspose2d.", _layer("ConvTranspose2d")
        case _:
            return "Add Flatten, Linear and Reshape, or change what comes before.", _layer("Flatten")


def _label(choice: Choice) -> str:
    return f"Add {choice.kind}" + (f" {choice['units']}" if choice.kind == "Linear" else "")
