"""Shapes and costs of norms. No torch."""

import math
from typing import Any

from engine.catalogue.params import Shape, SpecError
from engine.catalogue.shapes import Values, no_picture, not_flat, removing, replacing, sizes
from engine.text import Text


def norm1d_out(shape: Shape, _: Values) -> Shape:
    _check_steps(shape)
    if len(shape) != 1:
        mend = replacing("BatchNorm2d", {}, Text("Use BatchNorm2d"))
        raise SpecError(not_flat(shape), Text("Use BatchNorm2d here."), mend=mend)
    return shape


def norm2d_out(shape: Shape, _: Values) -> Shape:
    _check_steps(shape)
    if len(shape) != 3:
        mend = replacing("BatchNorm1d", {}, Text("Use BatchNorm1d"))
        raise SpecError(no_picture(shape), Text("Use BatchNorm1d here."), mend=mend)
    return shape


def _check_steps(shape: Shape) -> None:
    """Raise SpecError on a sequence, of which LayerNorm is the norm."""
    if len(shape) == 2:
        mend = replacing("LayerNorm", {}, Text("Use LayerNorm"))
        what = Text("cannot compare {shape}.", shape=sizes(shape))
        raise SpecError(what, Text("Use LayerNorm here: it looks at each step alone."), mend=mend)


def norm_args(shape: Shape, _: Values) -> dict[str, Any]:
    return {"num_features": shape[0]}


def norm_parameters(shape: Shape, _: Values) -> int:
    return 2 * shape[0]


def group_norm_out(shape: Shape, values: Values) -> Shape:
    """Groups of whole channels that are more than a single number each."""
    _check_steps(shape)
    channels, groups = shape[0], values["groups"]
    if math.prod(shape) == 1:
        cure = Text("Remove it, or leave more numbers before it.")
        raise SpecError(Text("there is a single number, nothing to compare it with."), cure, mend=removing("GroupNorm"))
    if channels % groups == 0 and math.prod(shape) > groups:
        return shape
    most = math.gcd(channels, groups)
    if math.prod(shape) == most:
        most = 1
    mend = replacing("GroupNorm", {**values, "groups": most}, Text("Use groups {most:,}", most=most))
    if channels % groups:
        what = Text(
            "its {groups:,} groups cannot share {channels:,} channels equally.", groups=groups, channels=channels
        )
        raise SpecError(what, Text("Use a number of groups that divides the channels."), mend=mend)
    what = Text("each of its {groups:,} groups would be a single number.", groups=groups)
    raise SpecError(what, Text("Use fewer groups."), mend=mend)


def normalised(shape: Shape) -> tuple[int, ...]:
    """The axes that LayerNorm takes together: all of a picture or a vector, of a sequence each step alone."""
    return shape[1:] if len(shape) == 2 else shape


def layer_norm_parameters(shape: Shape, _: Values) -> int:
    return 2 * math.prod(normalised(shape))
