"""Shapes and costs of layers that slide a window over the picture, and of those that make it larger. No torch."""

import math
from collections.abc import Callable
from typing import Any

from engine.catalogue.params import Shape, SpecError, Value
from engine.catalogue.shapes import Values, picture, removing, replacing
from engine.text import Text

Pair = tuple[int, int]  # along the rows and along the columns: of a kernel its height and its width
SIDEWAYS = {"kernel_size": "kernel_width", "stride": "stride_across", "padding": "padding_across"}
LEAST = {"kernel_size": 1, "stride": 1, "padding": 0}


def both(values: Values, name: str) -> Pair:
    """A setting of a window downwards and to the right, where it has one of its own only if the two differ."""
    down, across = int(values[name]), int(values.get(SIDEWAYS[name], -1))
    return down, across if across >= LEAST[name] else down


def sideways(name: str, pair: Pair) -> dict[str, Value]:
    """The values with which a window has `pair` as the setting `name`."""
    return {name: pair[0], SIDEWAYS[name]: LEAST[name] - 1 if pair[0] == pair[1] else pair[1]}


def collapsed(pair: Pair) -> int | Pair:
    """One number where both are the same."""
    return pair[0] if pair[0] == pair[1] else pair


def pair_text(pair: Pair) -> int | Text:
    """The same for people: 3, or 3 × 5."""
    return pair[0] if pair[0] == pair[1] else Text("{high} × {wide}", high=pair[0], wide=pair[1])


def reaches(values: Values) -> Pair:
    """The pixels from one end of a kernel to the other, those that a dilation leaves out included."""
    high, wide = both(values, "kernel_size")
    spread = values.get("dilation", 1)
    return int(spread * (high - 1) + 1), int(spread * (wide - 1) + 1)


def count_windows(size: int, values: Values, axis: int = 0) -> int:
    """Count how many times a window fits along an axis: floor((size + 2 padding - reach) / stride) + 1."""
    padding, stride = both(values, "padding")[axis], both(values, "stride")[axis]
    return (size + 2 * padding - reaches(values)[axis]) // stride + 1


def _after(shape: Shape, values: Values) -> Pair:
    """How many windows fit below each other and side by side."""
    return count_windows(shape[1], values), count_windows(shape[2], values, 1)


def _area(values: Values) -> int:
    return math.prod(both(values, "kernel_size"))


def _check_window(kind: str, shape: Shape, values: Values) -> None:
    """Raise SpecError where the kernel of a convolution or the window of a pooling is larger than the picture."""
    _, height, width = picture(shape)
    (high, wide), padding = reaches(values), both(values, "padding")
    if high <= height + 2 * padding[0] and wide <= width + 2 * padding[1]:
        return
    told: dict[str, Any] = {"high": high, "wide": wide, "height": height, "width": width}
    told |= {"padding": pair_text(padding)}
    if kind == "Conv2d" and any(padding):
        what = Text(
            "its {high} × {wide} kernel is larger than the picture it receives, {height} × {width} with {padding} of "
            "padding on each side.",
            **told,
        )
    elif kind == "Conv2d":
        what = Text("its {high} × {wide} kernel is larger than the picture it receives, {height} × {width}.", **told)
    elif any(padding):
        what = Text(
            "its {high} × {wide} window is larger than the picture it receives, {height} × {width} with {padding} of "
            "padding on each side.",
            **told,
        )
    else:
        what = Text("its {high} × {wide} window is larger than the picture it receives, {height} × {width}.", **told)
    raise _smaller(kind, what, values, (height, width))


def _smaller(kind: str, what: Text, values: Values, most: Pair) -> SpecError:
    """The error whose cure is a kernel, or a window, that fits into a picture of `most`; a square one stays square."""
    kernel = both(values, "kernel_size")
    high, wide = (min(size, side) for size, side in zip(kernel, most, strict=True))
    if kernel[0] == kernel[1]:
        high = wide = min(high, wide)
    changed = {**values, **sideways("kernel_size", (high, wide)), **sideways("padding", (0, 0))}
    told = {"high": high, "wide": wide}
    if kind == "Conv2d":
        label = Text("Use a {high} × {wide} kernel", **told)
        cure = Text("Use a kernel of at most {high} × {wide}, or shrink the picture less before it.", **told)
        if values["dilation"] > 1:
            cure = Text("Use dilation 1 and a kernel of at most {high} × {wide}.", **told)
            changed["dilation"] = 1
    else:
        label = Text("Use a {high} × {wide} window", **told)
        cure = Text("Use a window of at most {high} × {wide}, or shrink the picture less before it.", **told)
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
    return values["channels"], *_after(shape, values)


def conv_args(shape: Shape, values: Values) -> dict[str, Any]:
    """Those of a transposed convolution, too, which has neither dilation nor groups."""
    others = {name: values[name] for name in ("dilation", "groups", "bias") if name in values}
    return {"in_channels": shape[0], "out_channels": values["channels"], **pool_args(shape, values), **others}


def pool_args(_: Shape, values: Values) -> dict[str, Any]:
    return {name: collapsed(both(values, name)) for name in SIDEWAYS}


def conv_parameters(shape: Shape, values: Values) -> int:
    return int(values["channels"] * (shape[0] // values.get("groups", 1) * _area(values) + values["bias"]))


def conv_multiply_adds(shape: Shape, values: Values) -> int:
    channels, height, width = conv_out(shape, values)
    return int(height * width * channels * (shape[0] // values["groups"]) * _area(values))


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
    return int(height * width * channels * values["channels"] * _area(values))


def upsample_out(shape: Shape, values: Values) -> Shape:
    channels, height, width = picture(shape)
    return channels, height * values["scale"], width * values["scale"]


def whole_out(shape: Shape, _: Values) -> Shape:
    return picture(shape)[0], 1, 1


def pool_out(kind: str) -> Callable[[Shape, Values], Shape]:
    def out(shape: Shape, values: Values) -> Shape:
        channels, height, width = picture(shape)
        kernel, padding = both(values, "kernel_size"), both(values, "padding")
        if (height, width) == (1, 1) and max(kernel) > 1 and not any(padding):
            cure = Text("Remove it, or shrink less before it.")
            raise SpecError(Text("there is nothing left to pool: it receives 1 × 1."), cure, mend=removing(kind))
        _check_window(kind, shape, values)
        half = kernel[0] // 2, kernel[1] // 2
        if padding[0] > half[0] or padding[1] > half[1]:
            rows, columns = map(min, padding, half)
            most = pair_text((rows, columns))
            changed = {**values, **sideways("padding", (rows, columns))}
            mend = replacing(kind, changed, Text("Use padding {most}", most=most))
            what = Text(
                "its padding {padding} is more than half its {high} × {wide} window.",
                padding=pair_text(padding),
                high=kernel[0],
                wide=kernel[1],
            )
            raise SpecError(what, Text("Use at most {most}.", most=most), mend=mend)
        return channels, *_after(shape, values)

    return out
