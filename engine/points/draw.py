"""Draws the points of a set, and what a network reads of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.points.config import PointsSpec
from engine.points.sets import EXTENT, GAP, HILL_RADIUS, HILLS, OWN

Sample = Callable[[int, float, torch.Generator], tuple[Tensor, Tensor]]  # count, noise from 0 to 0.5 -> places, targets


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Places (N, 2) to two decimals; targets (N,), classes as int64 or numbers as float32. The first `train` of them
    are for training."""

    places: Tensor
    targets: Tensor
    train: int


def draw_points(spec: PointsSpec) -> Points:
    """Draw the points of `spec`, in random order; they depend on its set, number, noise and seed alone."""
    chance = torch.Generator().manual_seed(spec.seed)
    if spec.data == OWN:
        places, targets = torch.tensor([p[:2] for p in spec.points]), torch.tensor([p[2] for p in spec.points])
    else:
        places, targets = SAMPLES[spec.data](spec.count, spec.noise / 100, chance)
    order = torch.randperm(len(places), generator=chance)
    places = (100 * places[order]).round().clamp(-100 * EXTENT, 100 * EXTENT) / 100
    count = len(places) - min(round(len(places) * spec.test_share), len(places) - 1)
    return Points(places, targets[order], count)


def inputs_of(features: tuple[str, ...], places: Tensor) -> Tensor:
    """What a network reads (N, F) of places (N, 2)."""
    x, y = places[:, 0], places[:, 1]
    made = {"x": x, "y": y, "xx": x * x, "yy": y * y, "xy": x * y, "sinx": x.sin(), "siny": y.sin()}
    return torch.stack([made[name] for name in features], 1)


def _halves(count: int, classes: int = 2) -> Tensor:
    return torch.arange(count) % classes


def _blobs(count: int, noise: float, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    classes = _halves(count)
    spread = math.sqrt(0.5 + 7 * noise)
    centres = torch.tensor([[-2.0, -2.0], [2.0, 2.0]])
    return centres[classes] + spread * torch.randn(count, 2, generator=chance), classes


def _three(count: int, noise: float, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    classes = _halves(count, 3)
    angle = 2 * math.pi * classes / 3 + math.pi / 2
    centres = 3.0 * torch.stack([angle.cos(), angle.sin()], 1)
    return centres + (0.6 + 2.5 * noise) * torch.randn(count, 2, generator=chance), classes


def _circle(count: int, noise: float, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    classes = _halves(count)
    share, angle = torch.rand(count, generator=chance), 2 * math.pi * torch.rand(count, generator=chance)
    radius = torch.where(classes == 1, 2.5 * share, 3.5 + 1.5 * share)
    places = torch.stack([radius * angle.cos(), radius * angle.sin()], 1)
    return places + _stray(count, 5 * noise / 3, chance), classes


def _xor(count: int, noise: float, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    quarter = torch.arange(count) % 4
    signs = torch.tensor([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])[quarter]
    places = signs * (GAP + (5 - GAP) * torch.rand(count, 2, generator=chance))
    return places + _stray(count, 5 * noise, chance), quarter % 2


def _spiral(count: int, noise: float, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    classes = _halves(count)
    way = (torch.arange(count) // 2 + 1) / max(1, count // 2)
    angle = 1.75 * 2 * math.pi * way + math.pi * classes
    places = 5 * way.unsqueeze(1) * torch.stack([angle.sin(), angle.cos()], 1)
    return places + _stray(count, noise, chance), classes


def _slope(count: int, noise: float, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    places = 12 * torch.rand(count, 2, generator=chance) - 6
    return _with_errors(places, places.sum(1) / 12, noise, chance)


def _hills(count: int, noise: float, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    places = 12 * torch.rand(count, 2, generator=chance) - 6
    values = torch.zeros(count)
    for x, y, sign in HILLS:
        far = (places - torch.tensor([x, y])).norm(dim=1)
        here = sign * (1 - far / HILL_RADIUS).clamp_min(0)
        values = torch.where(here.abs() > values.abs(), here, values)
    return _with_errors(places, values, noise, chance)


def _with_errors(places: Tensor, values: Tensor, noise: float, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    """Noise of a regression is in its numbers; these have three decimals."""
    values = values + noise * torch.randn(len(values), generator=chance)
    return places, (1000 * values.clamp(-1, 1)).round() / 1000


def _stray(count: int, most: float, chance: torch.Generator) -> Tensor:
    return most * (2 * torch.rand(count, 2, generator=chance) - 1)


SAMPLES: dict[str, Sample] = {
    "blobs": _blobs,
    "circle": _circle,
    "xor": _xor,
    "spiral": _spiral,
    "three": _three,
    "slope": _slope,
    "hills": _hills,
}
