"""One number of a pooling: the window that it reads, and which of its numbers count."""

from typing import Any

import torch
from torch import Tensor, nn

from engine.inside.maps import short, shorts


def pool_unit(layer: nn.Module, x: Tensor, at: tuple[int, ...]) -> dict[str, Any]:
    """A number of a pooling of (C, H, W). Padding is empty: it never wins, and an average counts it as 0."""
    channel, row, column = at
    largest = isinstance(layer, nn.MaxPool2d | nn.AdaptiveMaxPool2d)
    if isinstance(layer, nn.MaxPool2d | nn.AvgPool2d):
        (high, wide), stride, padding = (_sides(part) for part in (layer.kernel_size, layer.stride, layer.padding))
        top, left = row * stride[0] - padding[0], column * stride[1] - padding[1]
    else:
        top, left, (high, wide) = 0, 0, x.shape[1:]
    window = x.new_full((high, wide), float("-inf") if largest else 0.0)
    for i in range(max(0, -top), min(high, x.shape[1] - top)):
        begin, end = max(0, -left), min(wide, x.shape[2] - left)
        window[i, begin:end] = x[channel, top + i, left + begin : left + end]
    place = {"window": {"top": top, "left": left, "size": [high, wide], "dilation": [1, 1]}, "channel": channel}
    return _reduced(window, largest) | place


def mean_unit(x: Tensor, number: int) -> dict[str, Any]:
    """The mean of a number over all steps of (T, F)."""
    return _reduced(x[:, number : number + 1], largest=False)


def _reduced(window: Tensor, largest: bool) -> dict[str, Any]:
    sum_or_max = window.max() if largest else window.mean()
    empty = torch.isinf(window)
    numbers = [
        [None if gone else number for number, gone in zip(*pair, strict=True)]
        for pair in zip(shorts(window.masked_fill(empty, 0)), empty.tolist(), strict=True)
    ]
    told = {"form": "max" if largest else "mean", "numbers": numbers, "sum": short(float(sum_or_max))}
    return told | ({"counts": divmod(int(window.argmax()), window.shape[1])} if largest else {})


def _sides(given: Any) -> tuple[int, int]:
    """A setting downwards and to the right, which torch keeps as one number where both are the same."""
    high, wide = given if isinstance(given, tuple) else (given, given)
    return int(high), int(wide)
