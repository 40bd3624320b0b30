"""One frame of the film of a GAN in the plane: D's verdicts on a grid, G's points and D's gradient at each;
and the points that G is to imitate."""

import json
import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from engine.catalogue.params import Choice
from engine.gan.losses import GAN_LOSSES
from engine.gan.objective import generator_loss, verdict
from engine.plane.config import TARGETS, PlaneGan

EXTENT = 1.15  # half side of the square that is drawn
CELLS = 32  # of the maps, along each side
POINTS = 128  # with an arrow each
SAMPLED = 1000  # made points behind the density
COMPARED = 500
LINES, LINE_POINTS = 8, 13  # of the warped grid, in each direction
REACH = 2.0  # of the grid, in standard deviations of z
MOST = 9999
LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def frame(plane: PlaneGan, generator: nn.Module, discriminator: nn.Module, z: Tensor, real: Tensor) -> dict[str, Any]:
    """From z (SAMPLED, Z) and real points (COMPARED, 2), always the same ones.

    Lengths are in thousandths, arrows in hundredths of G's loss per unit of length. Maps are CELLS rows from the top, a
    character of LEVELS each: the verdict's from `low` to `high`, the density's from none to the fullest cell.
    """
    with torch.no_grad():
        made = generator(z)
        seen, low, high = verdict_map(plane.loss, discriminator)
        lines = generator(grid_z(plane.z))
    arrows = pushes(plane.loss, discriminator, made[:POINTS])
    found = measure_agreement(plane, made[:COMPARED], real)
    return {
        "made": round_scaled(made[:POINTS], 1000),
        "arrows": round_scaled(arrows, 100),
        "verdict": pack_levels((seen - low) / max(high - low, 1e-9)),
        "low": round(low, 3),
        "high": round(high, 3),
        "density": pack_levels(density(made)),
        "lines": round_scaled(lines, 1000),
        "line": LINE_POINTS,
        "near": round(found.near, 3),
        "covered": round(found.covered, 3),
        "modes_hit": found.modes_hit,
        "push": float(f"{torch.linalg.vector_norm(arrows, dim=1).mean():.3g}"),
    }


def frame_bytes(content: dict[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":"), allow_nan=False).encode()


def cell_centres() -> Tensor:
    """The centres of the maps' cells (CELLS * CELLS, 2), row by row from the top."""
    steps = (torch.arange(CELLS) + 0.5) * (2 * EXTENT / CELLS) - EXTENT
    y, x = torch.meshgrid(-steps, steps, indexing="ij")
    return torch.stack([x, y], -1).view(-1, 2)


def verdict_map(loss: Choice, discriminator: nn.Module) -> tuple[Tensor, float, float]:
    """D's verdict in each cell, and the ends of its scale: those the loss aims at, else the lowest and the highest."""
    seen = verdict(loss, discriminator(cell_centres())).flatten().nan_to_num(0.0)
    if GAN_LOSSES[loss.kind].even is None:
        return seen, float(seen.min()), float(seen.max())
    return seen, -1.0 if loss.kind == "Hinge" else 0.0, 1.0


def pushes(loss: Choice, discriminator: nn.Module, made: Tensor) -> Tensor:
    """The direction in which G's loss falls at each made point (N, 2): minus its gradient there, per point."""
    points = made.detach().clone().requires_grad_()
    with torch.enable_grad():
        (slope,) = torch.autograd.grad(generator_loss(loss, discriminator(points)) * len(points), points)
    return -slope.nan_to_num(0.0)


def density(made: Tensor) -> Tensor:
    """The share of made points (N, 2) in each cell, as part of that in the fullest one."""
    places = ((made * torch.tensor([1.0, -1.0]) + EXTENT) * (CELLS / (2 * EXTENT))).nan_to_num(-1.0).floor().long()
    inside = ((places >= 0) & (places < CELLS)).all(1)
    counts = torch.bincount(places[inside, 1] * CELLS + places[inside, 0], minlength=CELLS * CELLS)
    return counts / counts.max().clamp_min(1)


def grid_z(inputs: int) -> Tensor:
    """Make the lines of a straight grid of z, LINE_POINTS each; one line where z is a single number."""
    along = torch.linspace(-REACH, REACH, LINE_POINTS)
    if inputs == 1:
        return torch.linspace(-REACH, REACH, LINE_POINTS * LINES).unsqueeze(1)
    across = torch.linspace(-REACH, REACH, LINES)
    first = torch.stack(torch.meshgrid(across, along, indexing="ij"), -1).view(-1, 2)
    lines = torch.cat([first, first.flip(1)])
    return torch.cat([lines, torch.zeros(len(lines), inputs - 2)], 1)


def round_scaled(values: Tensor, scale: int) -> list[int]:
    """Round numbers to whole multiples of `1 / scale`, in one list."""
    return [int(v) for v in (values * scale).nan_to_num(0.0).round().clamp(-MOST, MOST).flatten().tolist()]


def pack_levels(shares: Tensor) -> str:
    """Write shares from 0 to 1 as one character of LEVELS each."""
    top = len(LEVELS) - 1
    return "".join(LEVELS[int(level)] for level in (shares * top).round().clamp(0, top).tolist())


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
