"""How one number of a layer comes about, and what else there is to see of the layer."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import SpecError
from engine.inside.attention import looks
from engine.inside.flow import Stage
from engine.inside.gates import gates, readings
from engine.inside.maps import picture, short, shorts
from engine.inside.points import (
    Norm,
    activation_unit,
    dropout_unit,
    moved_from,
    norm_unit,
    shifted_unit,
    softmax_unit,
)
from engine.inside.sums import conv_unit, linear_unit, parts_unit
from engine.inside.windows import mean_unit, pool_unit
from engine.text import Text

At = tuple[int, ...]
MOVES = {"Flatten", "Reshape", "RowsAsSteps", "Transpose", "Delay", "PickStep"}


def checked(stage: Stage, at: Sequence[int] | None) -> At:
    """The place of a number in what the stage makes; of its largest one where none is given. Raises SpecError."""
    shape = stage.output.shape
    if at is None:
        return tuple(int(i) for i in torch.unravel_index(torch.nan_to_num(stage.output).argmax(), shape))
    if len(at) != len(shape) or not all(0 <= i < n for i, n in zip(at, shape, strict=True)):
        what = Text("This layer has no such number.")
        raise SpecError(what, Text("Choose one within {shape}.", shape=" × ".join(map(str, shape))))
    return tuple(at)


def explain(stage: Stage, at: At) -> dict[str, Any]:
    """How the number at `at` comes about: its `form` says what else is told; `sum` is what comes out where something is
    added up."""
    with torch.no_grad():
        told = _explained(stage, stage.module, at)
    x = stage.inputs[0]
    return {"at": list(at), "value": short(float(stage.output[at])), "in": list(x.shape)} | told


def _explained(stage: Stage, layer: Any, at: At) -> dict[str, Any]:
    x, y = stage.inputs[0], stage.output
    if layer is None:
        join = stage.id.rpartition(".")[2]
        return parts_unit(stage.inputs, join, at) if len(stage.inputs) > 1 else {"form": "plain"}
    match stage.kind:
        case "Conv2d":
            return conv_unit(layer, x, at)
        case "Conv1d":
            told = conv_unit(layer, x.T.unsqueeze(1), (at[1], 0, at[0]))
            across = told["window"]
            steps = {"top": across["left"], "left": 0, "size": [across["size"][1], x.shape[1]]}
            return told | {"steps": True, "window": {**steps, "dilation": [layer.dilation[0], 1]}}
        case "PatchEmbedding":
            across = x.shape[2] // layer.read.weight.shape[3]
            return conv_unit(layer.read, x, (at[1], *divmod(at[0], across)))
        case "Linear":
            return linear_unit(layer, x[at[:-1]], at[-1]) | _step(x, at)
        case "Dropout":
            return dropout_unit(layer, x, at)
        case "Softmax" | "LogSoftmax":
            return softmax_unit(x, at, stage.kind == "LogSoftmax")
        case "MeanOverSteps":
            return mean_unit(x, at[0])
        case "Delay" if at[0] >= layer.kept:
            return {"form": "plain"}
        case "LearnedPositions" | "SinusoidalPositions":
            return shifted_unit(x, y, at)
    if stage.kind in MOVES:
        return moved_from(layer, x, at)
    if isinstance(layer, Norm):
        return norm_unit(layer, x, at) | (_step(x, at) if stage.kind == "LayerNorm" else {})
    match LAYERS[stage.kind].group:
        case "Pooling":
            return pool_unit(layer, x, at)
        case "Activation":
            return activation_unit(layer, x, at)
    return {"form": "plain"}


def _step(x: Tensor, at: At) -> dict[str, Any]:
    """The window of a layer that reads each step of a sequence alone."""
    if x.dim() != 2:
        return {}
    return {"window": {"top": at[0], "left": 0, "size": [1, x.shape[1]], "dilation": [1, 1]}}


def heat_of(stage: Stage, rest: nn.Module | None) -> dict[str, Any]:
    """What happens over time in a recurrent layer, or which step looks at which in attention, as pictures; empty for
    other layers. `rest` is what stands behind the layer, None where it stands in a block."""
    x, layer = stage.inputs[0], stage.module
    with torch.no_grad():
        if isinstance(layer, nn.RNNBase):
            told = {"gates": _gate_pictures(layer, x)}
            read = readings(layer, rest, x) if rest is not None else None
            return told | ({"readings": shorts(read)} if read is not None else {})
        if stage.kind == "SelfAttention":
            heads = looks(layer, x)  # type: ignore[arg-type]
            most = float(heads.max())
            return {"heads": [picture(_bounded(head), 0.0, most) for head in heads], "patches": _across(len(x))}
    return {}


def _gate_pictures(layer: nn.RNNBase, x: Tensor) -> list[dict[str, Any]]:
    """One for each gate and direction: a row for each step, a column for each unit."""
    return [
        {"name": name, "backwards": backwards, **picture(_bounded(rows), *_bounds(name))}
        for backwards in ([False, True] if layer.bidirectional else [False])
        for name, rows in gates(layer, x, backwards).items()
    ]


def _bounds(name: str) -> tuple[float | None, float | None]:
    """Gates are between 0 and 1, states between -1 and 1, but a cell may be anything."""
    return {"hidden": (-1.0, 1.0), "cell": (None, None)}.get(name, (0.0, 1.0))


MOST = 128  # rows and columns of a heat map


def _bounded(rows: Tensor) -> Tensor:
    return rows[:MOST, :MOST]


def _across(steps: int) -> int:
    """How many patches stand side by side, when the steps are those of a square, maybe after a class token; else 0."""
    return next((side for side in (math.isqrt(steps), math.isqrt(steps - 1)) if side * side in (steps, steps - 1)), 0)
