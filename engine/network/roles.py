"""The roles of networks: the output shape of each, and the layers that lead to it. Imports no torch."""

import math
from dataclasses import dataclass

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Choice, Mend, Shape, SpecError, Value, choose
from engine.catalogue.shapes import sizes
from engine.text import Text, plural

INPUT_SHAPE: Shape = (1, 28, 28)
CLASSES = 10


@dataclass(frozen=True, slots=True)
class Role:
    """The shape a network must end in, and what it is for in the title of an exported program, which is in English."""

    out: Shape
    purpose: str


ROLES: dict[str, Role] = {
    "classifier": Role((CLASSES,), "reads handwritten digits"),
    "generator": Role(INPUT_SHAPE, "writes digits"),
    "discriminator": Role((1,), "tells real digits from made ones"),
}


def misfit_at_end(role: str, layers: int, shape: Shape, wanted: Shape, digits: bool = True) -> SpecError | None:
    """Check the output shape of the last of so many layers against the one that is `wanted` of a `role`: None when it
    fits, else an error with what to add. `digits` says whether the classes are digits."""
    if shape == wanted:
        return None
    if not layers:
        return SpecError(Text("The network is empty."), Text("Add a layer or start from a preset."), layer=None)
    cure, choice = _to_picture(shape) if role == "generator" else _to_numbers(shape, wanted[0])
    return SpecError(
        _ends(role, shape, wanted, digits), cure, layer=layers, mend=Mend(_label(choice), "insert", layers, choice)
    )


def _ends(role: str, shape: Shape, wanted: Shape, digits: bool) -> Text:
    """How the network ends, and how it must."""
    match role:
        case "generator":
            return Text("The network ends in {shape} but must end in a picture of 1 × 28 × 28.", shape=sizes(shape))
        case "discriminator":
            return Text("The network ends in {shape} but must end in 1 number, its verdict.", shape=sizes(shape))
        case _ if digits:
            return Text(
                "The network ends in {shape} but must end in {count} numbers, one score for each digit.",
                shape=sizes(shape),
                count=wanted[0],
            )
        case _:
            return Text(
                "The network ends in {shape} but must end in {count} numbers, one score for each class.",
                shape=sizes(shape),
                count=wanted[0],
            )


def _layer(kind: str, **values: Value) -> Choice:
    return choose(LAYERS, kind, values, Text("Layer"))


def _to_numbers(shape: Shape, count: int) -> tuple[Text, Choice]:
    """What brings `shape` nearer to a row of `count` numbers, and that in words."""
    if len(shape) == 1:
        cure = plural("Add a Linear layer with {count} unit.", "Add a Linear layer with {count} units.", count=count)
        return cure, _layer("Linear", units=count)
    if math.prod(shape) == count:
        return Text("Add Flatten."), _layer("Flatten")
    cure = plural(
        "Add Flatten and a Linear layer with {count} unit.",
        "Add Flatten and a Linear layer with {count} units.",
        count=count,
    )
    return cure, _layer("Flatten")


def _to_picture(shape: Shape) -> tuple[Text, Choice]:
    """What brings `shape` nearer to a picture of 1 x 28 x 28, and that in words."""
    channels, side, _ = INPUT_SHAPE
    pixels = math.prod(INPUT_SHAPE)
    match shape:
        case (count,) if count == pixels:
            return Text("Add Reshape."), _layer("Reshape", channels=channels, height=side, width=side)
        case (_,):
            cure = Text("Add a Linear layer with {pixels} units and Reshape.", pixels=pixels)
            return cure, _layer("Linear", units=pixels)
        case (_, 28, 28):
            return Text("Add a convolution with 1 channel."), _layer("Conv2d", channels=channels, padding=1)
        case (_, 14, 14):
            cure = Text("Add a ConvTranspose2d with 1 channel: it doubles the sides.")
            return cure, _layer("ConvTranspose2d", channels=channels)
        case (_, 7, 7):
            return Text("Double its sides twice with ConvTranspose2d."), _layer("ConvTranspose2d")
        case _:
            return Text("Add Flatten, Linear and Reshape, or change what comes before."), _layer("Flatten")


def _label(choice: Choice) -> Text:
    if choice.kind == "Linear":
        return Text("Add Linear {units}", units=choice["units"])
    return Text("Add {kind}", kind=choice.kind)
