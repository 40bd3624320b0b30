"""Shape inference: output shapes, parameter counts, and misfits with their cure. No torch."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from engine.catalogue.params import Choice, Mend, Shape, SpecError
from engine.text import Text, plural

Values = Mapping[str, Any]
LABELS = 10  # the digits a network can be asked for
MOST_UNITS = 4096  # of a Linear layer
MOST_CHANNELS = 4096  # of a Reshape


def sizes(shape: Shape) -> Text:
    """A shape as people write it, such as 1 × 28 × 28."""
    places = (f"{{{axis}:,}}" for axis in range(len(shape)))
    return Text(" × ".join(places), **{str(axis): size for axis, size in enumerate(shape)})


def shape_text(shape: Shape) -> str:
    """The same in English."""
    return str(sizes(shape))


def _not_flat(shape: Shape) -> Text:
    return Text("needs a flat vector but receives {shape}.", shape=sizes(shape))


def _no_picture(shape: Shape) -> Text:
    return plural(
        "needs a picture but receives a flat vector of {count} number.",
        "needs a picture but receives a flat vector of {count:,} numbers.",
        count=shape[0],
    )


def _replace(kind: str, values: Values, label: Text) -> Mend:
    return Mend(label, "replace", 0, Choice(kind, tuple(values.items())))


def _flat(shape: Shape) -> int:
    """The length of a flat vector. Raises SpecError on a picture."""
    if len(shape) != 1:
        mend = Mend(Text("Add Flatten"), "insert", 0, Choice("Flatten"))
        raise SpecError(_not_flat(shape), Text("Add Flatten before it."), mend=mend)
    return shape[0]


def _picture(shape: Shape) -> Shape:
    """The shape (C, H, W). Raises SpecError on a flat vector."""
    if len(shape) != 3:
        cure = Text("Move it before Flatten, or lay the numbers out with Reshape.")
        raise SpecError(_no_picture(shape), cure, mend=_lay_out(shape[0]))
    return shape


def _lay_out(count: int) -> Mend | None:
    """The Reshape of so many numbers to one picture of 28 x 28, else to pictures of 7 x 7, else to single pixels."""
    side = 28 if count == 28 * 28 else 7 if count % 49 == 0 else 1
    channels = count // side**2
    if channels > MOST_CHANNELS:
        return None
    values = (("channels", channels), ("height", side), ("width", side))
    return Mend(Text("Add Reshape"), "insert", 0, Choice("Reshape", values))


def _count_windows(size: int, values: Values) -> int:
    """Count how many times a window fits along an axis: floor((size + 2 padding - kernel) / stride) + 1."""
    kernel, stride, padding = values["kernel_size"], values["stride"], values["padding"]
    return int((size + 2 * padding - kernel) // stride + 1)


def _check_window(kind: str, shape: Shape, values: Values) -> None:
    """Raise SpecError where the kernel of a convolution or the window of a pooling is larger than the picture."""
    _, height, width = _picture(shape)
    size, padding = values["kernel_size"], values["padding"]
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
    if kind == "Conv2d":
        label = Text("Use a {side} × {side} kernel", side=side)
        cure = Text("Use a kernel of at most {side} × {side}, or shrink the picture less before it.", side=side)
    else:
        label = Text("Use a {side} × {side} window", side=side)
        cure = Text("Use a window of at most {side} × {side}, or shrink the picture less before it.", side=side)
    raise SpecError(what, cure, mend=_replace(kind, {**values, "kernel_size": side, "padding": 0}, label))


def transposed_out(shape: Shape, values: Values) -> Shape:
    _, height, width = _picture(shape)
    kernel, stride, padding = values["kernel_size"], values["stride"], values["padding"]
    sides = [(size - 1) * stride - 2 * padding + kernel for size in (height, width)]
    if min(sides) < 1:
        mend = _replace("ConvTranspose2d", {**values, "padding": 0}, Text("Use padding 0"))
        what = Text("its padding {padding} cuts all of the picture away.", padding=padding)
        raise SpecError(what, Text("Use less padding."), mend=mend)
    return values["channels"], sides[0], sides[1]


def transposed_multiply_adds(shape: Shape, values: Values) -> int:
    channels, height, width = shape
    return int(height * width * channels * values["channels"] * values["kernel_size"] ** 2)


def upsample_out(shape: Shape, values: Values) -> Shape:
    channels, height, width = _picture(shape)
    return channels, height * values["scale"], width * values["scale"]


def reshape_out(shape: Shape, values: Values) -> Shape:
    count, wanted = _flat(shape), (values["channels"], values["height"], values["width"])
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


def label_concat_out(shape: Shape, _: Values) -> Shape:
    return (shape[0] + LABELS, *shape[1:])


def label_embedding_out(shape: Shape, values: Values) -> Shape:
    return (shape[0] + values["size"], *shape[1:])


def label_embedding_parameters(shape: Shape, values: Values) -> int:
    return int(LABELS * values["size"] * math.prod(shape[1:]))


def label_projection_out(shape: Shape, _: Values) -> Shape:
    _flat(shape)
    return (1,)


def linear_out(shape: Shape, values: Values) -> Shape:
    _flat(shape)
    return (values["units"],)


def softmax_out(shape: Shape, _: Values) -> Shape:
    return (_flat(shape),)


def mean_out(shape: Shape, _: Values) -> Shape:
    return _picture(shape)[0], 1, 1


def conv_out(shape: Shape, values: Values) -> Shape:
    _check_window("Conv2d", shape, values)
    _, height, width = shape
    return values["channels"], _count_windows(height, values), _count_windows(width, values)


def conv_args(shape: Shape, values: Values) -> dict[str, Any]:
    window = {name: values[name] for name in ("kernel_size", "stride", "padding")}
    return {"in_channels": shape[0], "out_channels": values["channels"], **window}


def conv_parameters(shape: Shape, values: Values) -> int:
    return int(values["channels"] * (shape[0] * values["kernel_size"] ** 2 + 1))


def conv_multiply_adds(shape: Shape, values: Values) -> int:
    channels, height, width = conv_out(shape, values)
    return int(height * width * channels * shape[0] * values["kernel_size"] ** 2)


def pool_out(kind: str) -> Callable[[Shape, Values], Shape]:
    def out(shape: Shape, values: Values) -> Shape:
        channels, height, width = _picture(shape)
        if (height, width) == (1, 1) and values["kernel_size"] > 1 and not values["padding"]:
            mend = Mend(Text("Remove {kind}", kind=kind), "replace", 0, None)
            cure = Text("Remove it, or shrink less before it.")
            raise SpecError(Text("there is nothing left to pool: it receives 1 × 1."), cure, mend=mend)
        _check_window(kind, shape, values)
        most = values["kernel_size"] // 2
        if values["padding"] > most:
            mend = _replace(kind, {**values, "padding": most}, Text("Use padding {most}", most=most))
            what = Text(
                "its padding {padding} is more than half its {size} × {size} window.",
                padding=values["padding"],
                size=values["kernel_size"],
            )
            raise SpecError(what, Text("Use at most {most}.", most=most), mend=mend)
        return channels, _count_windows(height, values), _count_windows(width, values)

    return out


def norm1d_out(shape: Shape, _: Values) -> Shape:
    if len(shape) != 1:
        mend = Mend(Text("Use BatchNorm2d"), "replace", 0, Choice("BatchNorm2d"))
        raise SpecError(_not_flat(shape), Text("Use BatchNorm2d here."), mend=mend)
    return shape


def norm2d_out(shape: Shape, _: Values) -> Shape:
    if len(shape) != 3:
        mend = Mend(Text("Use BatchNorm1d"), "replace", 0, Choice("BatchNorm1d"))
        raise SpecError(_no_picture(shape), Text("Use BatchNorm1d here."), mend=mend)
    return shape


def flatten_out(shape: Shape, _: Values) -> Shape:
    return (math.prod(shape),)


def norm_args(shape: Shape, _: Values) -> dict[str, Any]:
    return {"num_features": shape[0]}


def norm_parameters(shape: Shape, _: Values) -> int:
    return 2 * shape[0]
