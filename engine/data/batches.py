"""Makes shuffled batches of pictures, a new order in each epoch, the same for the same seed; and random variants of
them, as digits drawn on a pad differ from MNIST's."""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Generator, Tensor
from torch.nn.functional import affine_grid, avg_pool2d, grid_sample, interpolate, max_pool2d

AT_ONCE = 256  # pictures
PLAIN_SHARE = 0.15
ROTATION = math.radians(15)
SCALE, STRETCH, SHEAR = 0.12, 0.12, 0.25  # up to; the first two are logarithms
SHIFT_PX, ELASTIC_PX = 2.0, 0.9  # up to; standard deviation of the displacement
SIDE = 28


def shuffle(count: int, seed: int, epoch: int) -> Tensor:
    """The indices 0 to `count - 1` (N,) int64 in the order of `epoch`."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed * 1_000_003 + epoch))


def batches(
    images: Tensor, labels: Tensor, places: Tensor, size: int, prepare: Callable[[Tensor], Tensor], device: torch.device
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield prepared images and labels at the indices `places`, `size` at a time, fewer at the end.

    Gathers some hundred pictures at a time and hands out contiguous views: faster than a gather per batch,
    and small enough for thirty runs side by side.
    """
    for chosen in torch.split(places, max(1, AT_ONCE // size) * size) if len(places) else ():
        pictures = prepare(images.index_select(0, chosen).to(device))
        digits = labels.index_select(0, chosen).to(device)
        yield from zip(torch.split(pictures, size), torch.split(digits, size), strict=True)
        del pictures, digits  # before the next ones are made: memory holds one set only


def augment(images: Tensor, generator: Generator) -> Tensor:
    """uint8 `(N, 28, 28)` to float32 of the same shape, 0 to 255: turned, stretched, bent, thinner or thicker, softer.

    A share of `PLAIN_SHARE` stays as it is, so that the model keeps to MNIST too.
    """
    plain = images.unsqueeze(1).to(torch.float32) / 255
    grid = affine_grid(_affine(len(images), generator), [len(images), 1, SIDE, SIDE], align_corners=False)
    bent = grid_sample(plain, grid + _elastic(len(images), generator), align_corners=False)
    varied = _blur(_change_thickness(bent, generator), generator)
    kept = torch.rand(len(images), 1, 1, 1, generator=generator) < PLAIN_SHARE
    return torch.where(kept, plain, varied).squeeze(1) * 255


def _spread(count: int, limit: float, generator: Generator) -> Tensor:
    """`count` numbers, uniform from `-limit` to `limit`."""
    return (2 * torch.rand(count, generator=generator) - 1) * limit


def _affine(count: int, generator: Generator) -> Tensor:
    """Matrices `(count, 2, 3)` of a turn, a shear, a scale for each axis and a shift, in grid units (half a side)."""
    turn = _spread(count, ROTATION, generator)
    shear = _spread(count, SHEAR, generator)
    scale, stretch = _spread(count, SCALE, generator), _spread(count, STRETCH, generator)
    wide, high = torch.exp(scale + stretch), torch.exp(scale - stretch)
    x, y = (_spread(count, SHIFT_PX / (SIDE / 2), generator) for _ in range(2))
    first = torch.stack([wide * turn.cos(), high * (shear * turn.cos() - turn.sin()), x], 1)
    second = torch.stack([wide * turn.sin(), high * (shear * turn.sin() + turn.cos()), y], 1)
    return torch.stack([first, second], 1)


def _elastic(count: int, generator: Generator) -> Tensor:
    """A smooth random displacement of every pixel `(count, 28, 28, 2)`, after Simard et al. 2003, in grid units."""
    coarse = torch.randn(count, 2, 5, 5, generator=generator) * (ELASTIC_PX / (SIDE / 2))
    return interpolate(coarse, size=(SIDE, SIDE), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)


def _change_thickness(pictures: Tensor, generator: Generator) -> Tensor:
    """Make strokes up to two pixels thicker or thinner, with the same darkest ink."""
    weight = _spread(len(pictures), 1, generator).reshape(-1, 1, 1, 1)
    thicker = _dilate(pictures).sub_(pictures) * weight.clamp(min=0)
    thinner = _dilate(-pictures).add_(pictures) * (-0.7 * weight).clamp(min=0)
    mixed = pictures + thicker - thinner
    return mixed / mixed.amax((1, 2, 3), keepdim=True).clamp(min=0.05)


def _dilate(pictures: Tensor) -> Tensor:
    """Each pixel the largest of itself and its four neighbours."""
    across = max_pool2d(pictures, (1, 3), 1, (0, 1))
    return torch.maximum(across, max_pool2d(pictures, (3, 1), 1, (1, 0)))


def _blur(pictures: Tensor, generator: Generator) -> Tensor:
    """Make edges softer or harder, as a photo or a pad does."""
    amount, contrast = (torch.rand(len(pictures), 1, 1, 1, generator=generator) for _ in range(2))
    soft = torch.lerp(pictures, avg_pool2d(pictures, 3, 1, 1), amount * 0.4)
    return (soft * (1 + 0.4 * contrast)).clamp_(0, 1)
