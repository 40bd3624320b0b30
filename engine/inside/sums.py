"""One number of a convolution or a Linear layer as a sum: what comes in, times its weights, plus the bias."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.inside.maps import short, shorts

CHANNELS, TERMS = 8, 12  # shown one by one, the largest first; the others as one sum


def conv_unit(layer: nn.Conv1d | nn.Conv2d, x: Tensor, at: tuple[int, ...]) -> dict[str, Any]:
    """Channel `at[0]` of a convolution at row `at[1]` and column `at[2]`: the patch of (C, H, W) that it reads, times
    its kernel. A Conv1d is one of a single row, (C, 1, T)."""
    channel, row, column = at
    kernel, (stride, padding, dilation) = layer.weight[channel], _window(layer)
    if kernel.dim() == 2:
        kernel = kernel.unsqueeze(1)
    first = channel // (layer.out_channels // layer.groups) * len(kernel)
    top, left = row * stride[0] - padding[0], column * stride[1] - padding[1]
    padded = functional.pad(x[first : first + len(kernel)], (padding[1], padding[1], padding[0], padding[0]))
    high, wide = (1 + dilation[i] * (kernel.shape[i + 1] - 1) for i in (0, 1))
    rows, columns = top + padding[0], left + padding[1]
    patch = padded[:, rows : rows + high : dilation[0], columns : columns + wide : dilation[1]]
    sums = (patch * kernel).sum((1, 2))
    shown = sums.abs().argsort(descending=True, stable=True)[:CHANNELS].tolist()
    bias = float(layer.bias[channel]) if layer.bias is not None else 0.0
    return {
        "form": "conv",
        "window": {"top": top, "left": left, "size": list(patch.shape[1:]), "dilation": list(dilation)},
        "channels": [
            {
                "channel": first + place,
                "patch": shorts(patch[place]),
                "kernel": shorts(kernel[place]),
                "sum": short(float(sums[place])),
            }
            for place in shown
        ],
        "others": {"count": len(kernel) - len(shown), "sum": short(float(sums.sum() - sums[shown].sum()))},
        "bias": short(bias),
        "sum": short(float(sums.sum()) + bias),
    }


def _window(layer: nn.Conv1d | nn.Conv2d) -> tuple[tuple[int, ...], ...]:
    """Stride, padding and dilation along rows and columns."""
    given = (tuple(map(int, part)) for part in (layer.stride, layer.padding, layer.dilation))
    still = (1, 0, 1)  # along the rows that a Conv1d does not have
    return tuple((none, *part)[-2:] for none, part in zip(still, given, strict=True))


def linear_unit(layer: nn.Linear, x: Tensor, unit: int) -> dict[str, Any]:
    """A unit of a Linear layer that reads (F,): the inputs that count most, by what they add or take away."""
    products = layer.weight[unit] * x
    shown = products.abs().argsort(descending=True, stable=True)[:TERMS].tolist()
    bias = float(layer.bias[unit]) if layer.bias is not None else 0.0
    return {
        "form": "linear",
        "terms": [
            {"input": i, "x": short(float(x[i])), "weight": short(float(layer.weight[unit, i]))}
            | {"product": short(float(products[i]))}
            for i in shown
        ],
        "others": {"count": len(x) - len(shown), "sum": short(float(products.sum() - products[shown].sum()))},
        "bias": short(bias),
        "sum": short(float(products.sum()) + bias),
    }


def parts_unit(parts: tuple[Tensor, ...], join: str, at: tuple[int, ...]) -> dict[str, Any]:
    """A number of a join: what each of its parts has there. Side by side, it is that of one part alone."""
    if join == "concatenate":
        axis, place = (1, at[1]) if len(at) == 2 else (0, at[0])
        for number, part in enumerate(parts):
            if place < part.shape[axis]:
                where = (*at[:axis], place, *at[axis + 1 :])
                return {"form": "moved", "part": number, "from": list(where), "x": short(float(part[where]))}
            place -= part.shape[axis]
    reached = [part[tuple(min(i, n - 1) for i, n in zip(at, part.shape, strict=True))] for part in parts]
    total = torch.stack(reached).prod() if join == "multiply" else torch.stack(reached).sum()
    return {"form": join, "parts": shorts(torch.stack(reached)), "sum": short(float(total))}
