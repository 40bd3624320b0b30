"""Draws points from a target distribution, and measures how well made points agree with them."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.plane.config import TARGETS, PlaneGan

NEAR = 3.0  # standard deviations of the target's noise
LEAST_SHARE = 0.25  # of what a clump is due


def real_points(plane: PlaneGan, count: int, chance: torch.Generator | None = None) -> Tensor:
    """Draw real points (N, 2) float32, with the generator `chance` or torch's own random state."""
    target = TARGETS[plane.target]
    if target.centres or plane.target == "drawn":
        centres = torch.tensor(target.centres or plane.points)
        points = centres[torch.randint(len(centres), (count,), generator=chance)]
    elif plane.target == "spiral":
        way = torch.rand(count, generator=chance).sqrt()  # further outside the same angle is a longer path
        radius, angle = 0.08 + 0.77 * way, 4 * math.pi * way
        points = torch.stack([radius * angle.cos(), radius * angle.sin()], 1)
    else:
        angle = math.pi * torch.rand(count, generator=chance)
        side = torch.randint(2, (count,), generator=chance)
        x = torch.where(side == 0, angle.cos(), 1 - angle.cos()) - 0.5
        y = torch.where(side == 0, angle.sin(), 0.5 - angle.sin()) - 0.25
        points = 0.55 * torch.stack([x, y], 1)
    return points + target.spread * torch.randn(count, 2, generator=chance)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Share of made points by a real one, share of real ones by which a made one lies, and the clumps that get at least
    LEAST_SHARE of the points they are due: precision, recall and modes."""

    near: float
    covered: float
    modes_hit: int


def measure_agreement(plane: PlaneGan, made: Tensor, real: Tensor) -> Agreement:
    """Measure how well made points (N, 2) agree with real ones (M, 2); "by" means within three standard deviations."""
    target = TARGETS[plane.target]
    close = torch.cdist(made, real) < NEAR * target.spread
    hit = 0
    if target.centres:
        centres = torch.tensor(target.centres)
        counts = (torch.cdist(made, centres) < NEAR * target.spread).sum(0)
        hit = int((counts >= LEAST_SHARE * len(made) / len(centres)).sum())
    return Agreement(float(close.any(1).float().mean()), float(close.any(0).float().mean()), hit)
