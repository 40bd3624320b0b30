"""Shapes in words, what a layer may expect of one, and misfits with their cure. No torch.

A picture is (C, H, W), a sequence (T, F): T steps of F numbers each; a flat vector is (F,).
"""

import math
from collections.abc import Mapping
from typing import Any

from engine.catalogue.params import Choice, Mend, Shape, SpecError
from engine.text import Text, plural

Values = Mapping[str, Any]
LABELS = 10  # the digits a network can be asked for
MOST_UNITS = 4096  # of a Linear layer
MOST_CHANNELS = 4096  # of a Reshape


def sizes(shape: Shape) -> Text:
    """A shape as people write it, such as 1 × 28 × 28; a sequence in words, such as 28 steps of 28 numbers."""
    if len(shape) == 2:
        steps = plural("{count} step", "{count:,} steps", count=shape[0])
        numbers = plural("{count} number", "{count:,} numbers", count=shape[1])
        return Text("{steps} of {numbers}", steps=steps, numbers=numbers)
    places = (f"{{{axis}:,}}" for axis in range(len(shape)))
    return Text(" × ".join(places), **{str(axis): size for axis, size in enumerate(shape)})


def shape_text(shape: Shape) -> str:
    """The same in English."""
    return str(sizes(shape))


def not_flat(shape: Shape) -> Text:
    return Text("needs a flat vector but receives {shape}.", shape=sizes(shape))


def no_picture(shape: Shape) -> Text:
    """Say that a layer for pictures receives a flat vector, or a sequence."""
    if len(shape) == 2:
        return Text("needs a picture but receives {shape}.", shape=sizes(shape))
    return plural(
        "needs a picture but receives a flat vector of {count} number.",
        "needs a picture but receives a flat vector of {count:,} numbers.",
        count=shape[0],
    )


def replacing(kind: str, values: Values, label: Text) -> Mend:
    return Mend(label, "replace", 0, Choice(kind, tuple(values.items())))


def removing(kind: str) -> Mend:
    return Mend(Text("Remove {kind}", kind=kind), "replace", 0, None)


def inserting(kind: str, **values: Any) -> Mend:
    return Mend(Text("Add {kind}", kind=kind), "insert", 0, Choice(kind, tuple(values.items())))


def flat(shape: Shape) -> int:
    """The length of a flat vector. Raises SpecError on a picture or a sequence."""
    if len(shape) != 1:
        raise SpecError(not_flat(shape), Text("Add Flatten before it."), mend=inserting("Flatten"))
    return shape[0]


def picture(shape: Shape) -> Shape:
    """The shape (C, H, W). Raises SpecError on a flat vector or a sequence."""
    if len(shape) == 2:
        cure = Text("Move it before the picture becomes steps, or lay the numbers out with Flatten and Reshape.")
        raise SpecError(no_picture(shape), cure, mend=inserting("Flatten"))
    if len(shape) != 3:
        cure = Text("Move it before Flatten, or lay the numbers out with Reshape.")
        raise SpecError(no_picture(shape), cure, mend=lay_out(shape[0]))
    return shape


def lay_out(count: int) -> Mend | None:
    """The Reshape of so many numbers to one picture of 28 x 28, else to pictures of 7 x 7, else to single pixels."""
    side = 28 if count == 28 * 28 else 7 if count % 49 == 0 else 1
    channels = count // side**2
    if channels > MOST_CHANNELS:
        return None
    return inserting("Reshape", channels=channels, height=side, width=side)


def reshape_out(shape: Shape, values: Values) -> Shape:
    count, wanted = flat(shape), (values["channels"], values["height"], values["width"])
    needed = math.prod(wanted)
    if needed != count:
        what = plural(
            "needs {count} number for {shape}, but receives {received:,}.",
            "needs {count:,} numbers for {shape}, but receives {received:,}.",
            count=needed,
            shape=sizes(wanted),
            received=count,
        )
        cure = plural(
            "Let {count} number come before it, or change its sides.",
            "Let {count:,} numbers come before it, or change its sides.",
            count=needed,
        )
        linear = Choice("Linear", (("units", needed), ("spectral_norm", False)))
        fits = needed <= MOST_UNITS
        mend = Mend(Text("Add Linear {units:,}", units=needed), "insert", 0, linear) if fits else None
        raise SpecError(what, cure, mend=mend)
    return wanted


def _no_sequence(shape: Shape) -> Shape:
    """The shape of a picture or a flat vector. Raises SpecError on a sequence."""
    if len(shape) == 2:
        what = Text("needs a picture or a flat vector but receives {shape}.", shape=sizes(shape))
        raise SpecError(what, Text("Add Flatten before it."), mend=inserting("Flatten"))
    return shape


def label_concat_out(shape: Shape, _: Values) -> Shape:
    return (_no_sequence(shape)[0] + LABELS, *shape[1:])


def label_embedding_out(shape: Shape, values: Values) -> Shape:
    return (_no_sequence(shape)[0] + values["size"], *shape[1:])


def label_embedding_parameters(shape: Shape, values: Values) -> int:
    return int(LABELS * values["size"] * math.prod(shape[1:]))


def label_projection_out(shape: Shape, _: Values) -> Shape:
    flat(shape)
    return (1,)


def linear_out(shape: Shape, values: Values) -> Shape:
    if len(shape) == 2:
        return shape[0], values["units"]
    flat(shape)
    return (values["units"],)


def linear_multiply_adds(shape: Shape, values: Values) -> int:
    return int(math.prod(shape) * values["units"])


def flat_out(shape: Shape, _: Values) -> Shape:
    return (flat(shape),)


def flatten_out(shape: Shape, _: Values) -> Shape:
    return (math.prod(shape),)
