"""Shapes and costs of layers for sequences (T, F): T steps of F numbers each. No torch."""

import math
from typing import Any

from engine.catalogue.params import Shape, SpecError
from engine.catalogue.shapes import Values, inserting, lay_out, picture, removing, replacing, sizes
from engine.catalogue.windows import count_windows, reaches
from engine.text import Text, plural


def sequence(shape: Shape) -> Shape:
    """The shape (T, F). Raises SpecError on a picture or a flat vector."""
    if len(shape) == 3:
        what = Text("needs steps but receives a picture of {shape}.", shape=sizes(shape))
        raise SpecError(what, Text("Add RowsAsSteps before it."), mend=inserting("RowsAsSteps"))
    if len(shape) == 1:
        what = plural(
            "needs steps but receives a flat vector of {count} number.",
            "needs steps but receives a flat vector of {count:,} numbers.",
            count=shape[0],
        )
        cure = Text("Move it before Flatten, or lay the numbers out with Reshape and RowsAsSteps.")
        raise SpecError(what, cure, mend=lay_out(shape[0]))
    return shape


def _picture(kind: str, shape: Shape) -> Shape:
    """The shape (C, H, W) for a layer that makes steps of it. Raises SpecError on anything else."""
    if len(shape) == 2:
        what = Text("receives {shape} already.", shape=sizes(shape))
        raise SpecError(what, Text("Remove it."), mend=removing(kind))
    return picture(shape)


def rows_out(shape: Shape, values: Values) -> Shape:
    channels, height, width = _picture("RowsAsSteps", shape)
    return (height, channels * width) if values["along"] == "rows" else (width, channels * height)


def rows_in_keras(shape: Shape, values: Values) -> dict[str, Any]:
    steps, numbers = rows_out(shape, values)
    return {"order": (1, 3, 2) if values["along"] == "rows" else (2, 3, 1), "steps": steps, "numbers": numbers}


def patch_out(shape: Shape, values: Values) -> Shape:
    _, height, width = _picture("PatchEmbedding", shape)
    side = values["patch"]
    if height % side or width % side:
        most = max(n for n in range(1, side + 1) if height % n == 0 and width % n == 0)
        what = Text(
            "{height} × {width} cannot be cut into whole patches of {side} × {side}.",
            height=height,
            width=width,
            side=side,
        )
        label = Text("Use patches of {side} × {side}", side=most)
        mend = replacing("PatchEmbedding", {**values, "patch": most}, label)
        raise SpecError(what, Text("Use a side that divides both."), mend=mend)
    return height // side * (width // side), values["size"]


def patch_parameters(shape: Shape, values: Values) -> int:
    return int(values["size"] * (shape[0] * values["patch"] ** 2 + 1))


def conv1d_out(shape: Shape, values: Values) -> Shape:
    steps, _ = sequence(shape)
    size, padding = reaches(values)[0], values["padding"]
    if size > steps + 2 * padding:
        most = min(steps, values["kernel_size"])
        what = plural(
            "its kernel of {size} steps is longer than the sequence it receives, {count} step.",
            "its kernel of {size} steps is longer than the sequence it receives, {count:,} steps.",
            count=steps + 2 * padding,
            size=size,
        )
        changed = {**values, "kernel_size": most, "padding": 0, "dilation": 1}
        mend = replacing("Conv1d", changed, Text("Use a kernel of {most}", most=most))
        raise SpecError(what, Text("Use a shorter kernel, or more padding."), mend=mend)
    return count_windows(steps, values), values["channels"]


def conv1d_args(shape: Shape, values: Values) -> dict[str, Any]:
    window = {name: values[name] for name in ("kernel_size", "stride", "padding", "dilation", "bias")}
    return {"in_channels": shape[1], "out_channels": values["channels"], **window}


def conv1d_parameters(shape: Shape, values: Values) -> int:
    return int(values["channels"] * (shape[1] * values["kernel_size"] + values["bias"]))


def conv1d_multiply_adds(shape: Shape, values: Values) -> int:
    return int(math.prod(conv1d_out(shape, values)) * shape[1] * values["kernel_size"])


def directions(values: Values) -> int:
    return 2 if values["directions"] == "both" else 1


def recurrent_out(shape: Shape, values: Values) -> Shape:
    steps, _ = sequence(shape)
    width = values["units"] * directions(values)
    return (width,) if values["outputs"] == "last" else (steps, width)


def recurrent_args(shape: Shape, values: Values) -> dict[str, Any]:
    return {
        "input_size": shape[1],
        "hidden_size": values["units"],
        "bidirectional": values["directions"] == "both",
        "last": values["outputs"] == "last",
    }


def recurrent_in_keras(_: Shape, values: Values) -> dict[str, Any]:
    both = values["directions"] == "both"
    returned = "" if values["outputs"] == "last" else ", return_sequences=True"
    return {"opened": "layers.Bidirectional(" if both else "", "returned": returned, "closed": ")" if both else ""}


def recurrent_calls(shape: Shape, values: Values) -> int:
    return shape[0] * directions(values)


def token_out(shape: Shape, _: Values) -> Shape:
    steps, numbers = sequence(shape)
    return steps + 1, numbers


def delay_out(shape: Shape, values: Values) -> Shape:
    steps, numbers = sequence(shape)
    if values["kept"] > steps:
        what = plural(
            "keeps {kept} steps, but receives {count} step.",
            "keeps {kept} steps, but receives {count:,} steps.",
            count=steps,
            kept=values["kept"],
        )
        mend = replacing("Delay", {**values, "kept": steps}, Text("Keep {count:,}", count=steps))
        raise SpecError(what, Text("Keep fewer."), mend=mend)
    return values["kept"] + values["steps"], numbers


def same_steps(shape: Shape, _: Values) -> Shape:
    return sequence(shape)


def position_args(shape: Shape, _: Values) -> dict[str, Any]:
    return {"steps": shape[0], "size": shape[1]}


def one_step(shape: Shape, _: Values) -> Shape:
    return sequence(shape)[1:]


def turned(shape: Shape, _: Values) -> Shape:
    steps, numbers = sequence(shape)
    return numbers, steps


def attention_out(shape: Shape, values: Values) -> Shape:
    numbers, heads = sequence(shape)[1], values["heads"]
    if numbers % heads:
        most = math.gcd(numbers, heads)
        what = Text("its {heads} heads cannot share {numbers:,} numbers equally.", heads=heads, numbers=numbers)
        label = plural("Use {count} head", "Use {count} heads", count=most)
        mend = replacing("SelfAttention", {**values, "heads": most}, label)
        raise SpecError(what, Text("Use a number of heads that divides the numbers of a step."), mend=mend)
    return shape


def attention_multiply_adds(shape: Shape, _: Values) -> int:
    """Those of the weights, and of every step compared with every other and mixed from them."""
    steps, numbers = shape
    return 4 * steps * numbers**2 + 2 * steps**2 * numbers


def attention_kept(shape: Shape, values: Values) -> int:
    """Queries, keys, values, what they mix and what comes out, and how much each step looks at each."""
    steps, numbers = shape
    return int(5 * steps * numbers + values["heads"] * steps**2)
