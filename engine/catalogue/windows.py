"""Shapes and costs of layers that slide a window over the picture, and of those that make it larger. No torch."""

import math
from collections.abc import Callable
from typing import Any

from engine.catalogue.params import Shape, SpecError
from engine.catalogue.shapes import Values, picture, removing, replacing
from engine.text import Text


def reach(values: Values) -> int:
    """The pixels from one end of a kernel to the other, those that a dilation leaves out included."""
    return int(values.get("dilation", 1) * (values["kernel_size"] - 1) + 1)


def count_windows(size: int, values: Values) -> int:
    """Count how many times a window fits along an axis: floor((size + 2 padding - reach) / stride) + 1."""
    return int((size + 2 * values["padding"] - reach(values)) // values["stride"] + 1)


def _check_window(kind: str, shape: Shape, values: Values) -> None:
    """Raise SpecError where the kernel of a convolution or the window of a pooling is larger than the picture."""
    _, height, width = picture(shape)
    size, padding = reach(values), values["padding"]
    side = min(height, width)
    if size <= side + 2 * padding:
        return
    told: dict[str, Any] = {"size": size, "height": height, "width": width, "padding": padding}
    if kind == "Conv2d" and padding:
        what = Text(
            "its {size} × {size} kernel is larger than the picture it receives, {height} × {width} with {padding} of "
            "padding on each side.",
            **told,
        )
    elif kind == "Conv2d":
        what = Text("its {size} × {size} kernel is larger than the picture it receives, {height} × {width}.", **told)
    elif padding:
        what = Text(
            "its {size} × {size} window is larger than the picture it receives, {height} × {width} with {padding} of "
            "padding on each side.",
            **told,
        )
    else:
        what = Text("its {size} × {size} window is larger than the picture it receives, {height} × {width}.", **told)
    raise _smaller(kind, what, values, min(side, values["kernel_size"]))


def _smaller(kind: str, what: Text, values: Values, side: int) -> SpecError:
    """The error whose cure is a kernel, or a window, of `side`."""
    changed = {**values, "kernel_size": side, "padding": 0}
    if kind == "Conv2d":
        label = Text("Use a {side} × {side} kernel", side=side)
        cure = Text("Use a kernel of at most {side} × {side}, or shrink the picture less before it.", side=side)
        if values["dilation"] > 1:
            cure = Text("Use dilation 1 and a kernel of at most {side} × {side}.", side=side)
            changed["dilation"] = 1
    else:
        label = Text("Use a {side} × {side} window", side=side)
        cure = Text("Use a window of at most {side} × {side}, or shrink the picture less before it.", side=side)
    return SpecError(what, cure, mend=replacing(kind, changed, label))


def _check_groups(shape: Shape, values: Values) -> None:
    """Raise SpecError where the groups of a convolution do not divide its channels."""
    channels, groups = shape[0], values["groups"]
    if channels % groups == 0 and values["channels"] % groups == 0:
        return
    most = math.gcd(channels, values["channels"], groups)
    what = Text(
        "its {groups:,} groups cannot share {received:,} channels coming in and {channels:,} going out equally.",
        groups=groups,
        received=channels,
        channels=values["channels"],
    )
    mend = replacing("Conv2d", {**values, "groups": most}, Text("Use groups {most:,}", most=most))
    raise SpecError(what, Text("Use a number of groups that divides both."), mend=mend)


def conv_out(shape: Shape, values: Values) -> Shape:
    _check_window("Conv2d", shape, values)
    _check_groups(shape, values)
    _, height, width = shape
    return values["channels"], count_windows(height, values), count_windows(width, values)


def conv_args(shape: Shape, values: Values) -> dict[str, Any]:
    """Those of a transposed convolution, too, which has neither dilation nor groups."""
    named = ("kernel_size", "stride", "padding", "dilation", "groups")
    window = {name: values[name] for name in named if name in values}
    return {"in_channels": shape[0], "out_channels": values["channels"], **window}


def conv_parameters(shape: Shape, values: Values) -> int:
    return int(values["channels"] * (shape[0] // values.get("groups", 1) * values["kernel_size"] ** 2 + 1))


def conv_multiply_adds(shape: Shape, values: Values) -> int:
    channels, height, width = conv_out(shape, values)
    return int(height * width * channels * (shape[0] // values["groups"]) * values["kernel_size"] ** 2)


def transposed_out(shape: Shape, values: Values) -> Shape:
    _, height, width = picture(shape)
    kernel, stride, padding = values["kernel_size"], values["stride"], values["padding"]
    sides = [(size - 1) * stride - 2 * padding + kernel for size in (height, width)]
    if min(sides) < 1:
        mend = replacing("ConvTranspose2d", {**values, "padding": 0}, Text("Use padding 0"))
        what = Text("its padding {padding} cuts all of the picture away.", padding=padding)
        raise SpecError(what, Text("Use less padding."), mend=mend)
    return values["channels"], sides[0], sides[1]


def transposed_multiply_adds(shape: Shape, values: Values) -> int:
    channels, height, width = shape
    return int(height * width * channels * values["channels"] * values["kernel_size"] ** 2)


def upsample_out(shape: Shape, values: Values) -> Shape:
    channels, height, width = picture(shape)
    return channels, height * values["scale"], width * values["scale"]


def whole_out(shape: Shape, _: Values) -> Shape:
    return picture(shape)[0], 1, 1


def pool_out(kind: str) -> Callable[[Shape, Values], Shape]:
    def out(shape: Shape, values: Values) -> Shape:
        channels, height, width = picture(shape)
        if (height, width) == (1, 1) and values["kernel_size"] > 1 and not values["padding"]:
            cure = Text("Remove it, or shrink less before it.")
            raise SpecError(Text("there is nothing left to pool: it receives 1 × 1."), cure, mend=removing(kind))
        _check_window(kind, shape, values)
        most = values["kernel_size"] // 2
        if values["padding"] > most:
            mend = replacing(kind, {**values, "padding": most}, Text("Use padding {most}", most=most))
            what = Text(
                "its padding {padding} is more than half its {size} × {size} window.",
                padding=values["padding"],
                size=values["kernel_size"],
            )
            raise SpecError(what, Text("Use at most {most}.", most=most), mend=mend)
        return channels, count_windows(height, values), count_windows(width, values)

    return out
