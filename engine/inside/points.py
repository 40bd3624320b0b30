"""One number of a layer that changes each number by itself, or by what is around it: norms, activations, dropout,
softmax."""

from typing import Any

import torch
from torch import Tensor, nn

from engine.inside.maps import short, shorts

Norm = nn.BatchNorm1d | nn.BatchNorm2d | nn.GroupNorm | nn.LayerNorm
CURVE = 41  # points of the drawn activation


def norm_unit(layer: Norm, x: Tensor, at: tuple[int, ...]) -> dict[str, Any]:
    """A number brought to mean 0 and variance 1, then scaled: with the mean and variance that the training kept
    running, or those of what came in."""
    if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
        place, running = at[:1], True
        assert layer.running_mean is not None and layer.running_var is not None
        mean, variance = layer.running_mean[place], layer.running_var[place]
    elif isinstance(layer, nn.GroupNorm):
        place, running = at[:1], False
        size = len(x) // layer.num_groups
        group = x[at[0] // size * size :][:size]
        mean, variance = group.mean(), group.var(correction=0)
    else:
        kept = len(layer.normalized_shape)
        place, running = at[len(at) - kept :], False
        numbers = x[at[: len(at) - kept]]
        mean, variance = numbers.mean(), numbers.var(correction=0)
    gamma, beta = (float(part[place]) if part is not None else start for part, start in _scale(layer))
    brought = (float(x[at]) - float(mean)) / (float(variance) + layer.eps) ** 0.5
    told = {"x": float(x[at]), "mean": float(mean), "variance": float(variance), "eps": layer.eps}
    told |= {"normed": brought, "gamma": gamma, "beta": beta, "sum": gamma * brought + beta}
    return {"form": "norm", "running": running, **{name: short(value) for name, value in told.items()}}


def _scale(layer: Norm) -> tuple[tuple[Tensor | None, float], tuple[Tensor | None, float]]:
    return (layer.weight, 1.0), (layer.bias, 0.0)


def activation_unit(layer: nn.Module, x: Tensor, at: tuple[int, ...]) -> dict[str, Any]:
    """What goes into an activation, and its curve around there."""
    value = float(x[at])
    wide = max(4.0, abs(value))
    xs = torch.linspace(-wide, wide, CURVE)
    with torch.no_grad():
        ys = layer(xs)
    return {"form": "activation", "x": short(value), "curve": [shorts(xs), shorts(ys)]}


def dropout_unit(layer: nn.Dropout, x: Tensor, at: tuple[int, ...]) -> dict[str, Any]:
    """What dropout would do while it trains; it is off while a digit is read."""
    count = x.numel()
    return {"form": "dropout", "x": short(float(x[at])), "p": layer.p, "count": count, "off": round(layer.p * count)}


def softmax_unit(x: Tensor, at: tuple[int, ...], logarithm: bool = False) -> dict[str, Any]:
    """How scores become shares: each score as a power of e, a part of their sum."""
    powers = (x - x.max()).exp()
    share = float(powers[at] / powers.sum())
    told = {"form": "softmax", "unit": at[0], "scores": shorts(x[:CURVE]), "total": short(float(powers.sum()))}
    told |= {"powers": shorts(powers[:CURVE]), "highest": short(float(x.max())), "logarithm": logarithm}
    told["sum"] = short(float(torch.tensor(share).log()) if logarithm else share)
    return told


def moved_from(layer: nn.Module, x: Tensor, at: tuple[int, ...]) -> dict[str, Any]:
    """Where a number comes from in a layer that only moves numbers: found by sending their places through it."""
    places = torch.arange(x.numel(), dtype=torch.float64).reshape(1, *x.shape)
    place = int(layer(places)[0][at])
    where = torch.unravel_index(torch.tensor(place), x.shape)
    return {"form": "moved", "from": [int(i) for i in where], "x": short(float(x.flatten()[place]))}


def shifted_unit(x: Tensor, y: Tensor, at: tuple[int, ...]) -> dict[str, Any]:
    """What a layer of positions adds to a number."""
    before, after = float(x[at]), float(y[at])
    return {"form": "add", "parts": [short(before), short(after - before)], "sum": short(after)}
