"""What a layer makes as small pictures of 8 bits a pixel, a page of them at a time."""

import base64
import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

MAPS, UNITS, COLUMNS = 16, 256, 256  # a page: of pictures, of single numbers, of the numbers of a step
SIDE = 64  # px of a picture; of a larger one every second or third row and column is left out, and so on


LARGEST = 3.4e38


@dataclass(frozen=True, slots=True)
class Page:
    """Pictures (N, H, W) out of `total`, from number `first` on; one in `every` rows and columns was kept."""

    pictures: Tensor
    first: int
    total: int
    every: int = 1


def page_of(output: Tensor, first: int = 0, most: int = MAPS) -> Page:
    """What a layer makes from number `first` on: of (C, H, W) at most `most` channels; of a sequence (T, F) one picture
    with a row for each step; of (F,) one picture of a single row."""
    match output.dim():
        case 3:
            parts, size = output, most
        case 2:
            parts, size = output.T, COLUMNS * most // MAPS
        case _:
            parts, size = output, UNITS * most // MAPS
    total, size = len(parts), max(1, size)
    first = min(first, total - 1)
    shown = parts[first : first + size]
    if output.dim() < 3:
        shown = (shown.T if output.dim() == 2 else shown.unsqueeze(0)).unsqueeze(0)
    rows = max(shown.shape[1:]) if output.dim() == 3 else shown.shape[1]
    every = -(-rows // SIDE)
    return Page(shown[:, ::every, :: every if output.dim() == 3 else 1], first, total, every)


def eight_bits(values: Tensor, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    """`{"low", "high", "pixels"}`: the numbers between `low` (0) and `high` (255), row by row, as base64. Without
    bounds they are the smallest and the largest number."""
    values = torch.nan_to_num(values.detach().float())
    low = float(values.min()) if low is None else low
    high = float(values.max()) if high is None else high
    scaled = (values - low) * (255 / (high - low) if high > low else 0)
    return {"low": short(low), "high": short(high), "pixels": bytes_of(scaled.round().clamp(0, 255).to(torch.uint8))}


def bytes_of(pixels: Tensor) -> str:
    """uint8 of any shape, row by row, as base64."""
    return base64.b64encode(pixels.contiguous().numpy().tobytes()).decode()


def picture(values: Tensor, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    """One picture (H, W) with its size."""
    return {"size": list(values.shape), **eight_bits(values, low, high)}


def short(value: float) -> float:
    """A number with seven digits, as exact as a float32; what is no number becomes 0."""
    value = 0.0 if math.isnan(value) else min(max(value, -LARGEST), LARGEST)
    return float(f"{value:.7g}")


def shorts(values: Tensor) -> Any:
    """Nested lists of numbers with seven digits."""
    numbers = values.tolist()
    return _shortened(numbers)


def _shortened(numbers: Any) -> Any:
    return [_shortened(one) for one in numbers] if isinstance(numbers, list) else short(numbers)
