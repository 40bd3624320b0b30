"""Augments batches of pictures while a network trains: every picture is changed anew each time, in one pass for the
whole batch. The names and their meaning are those of Keras' ImageDataGenerator.

The functions are also copied into exported programs: they use `torch` and `F` alone.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def augment(
    images: Tensor,
    paper: float,
    rotation_range: float = 0.0,
    width_shift_range: float = 0.0,
    height_shift_range: float = 0.0,
    shear_range: float = 0.0,
    zoom_range: float = 0.0,
    horizontal_flip: bool = False,
    vertical_flip: bool = False,
    elastic: float = 0.0,
    erase: float = 0.0,
) -> Tensor:
    """Pictures (B, C, H, W), each turned, slanted, zoomed, shifted, mirrored, bent and erased at random. `paper` is the
    value of an empty pixel."""
    count = len(images)
    turn, shear = spread(count, rotation_range).deg2rad(), spread(count, shear_range).deg2rad()
    across, down = 1 + spread(count, zoom_range), 1 + spread(count, zoom_range)
    if horizontal_flip:
        across = torch.where(torch.rand(count) < 0.5, -across, across)
    if vertical_flip:
        down = torch.where(torch.rand(count) < 0.5, -down, down)
    right, below = 2 * spread(count, width_shift_range), 2 * spread(count, height_shift_range)  # in halves of a side
    cos, sin = turn.cos(), turn.sin()
    rows = [
        torch.stack([cos * across, -(sin * shear.cos() + cos * shear.sin()) * down, right], 1),
        torch.stack([sin * across, (cos * shear.cos() - sin * shear.sin()) * down, below], 1),
    ]
    grid = F.affine_grid(torch.stack(rows, 1).to(images.device), list(images.shape), align_corners=False)
    if elastic:
        _, _, height, width = images.shape
        grid = grid + bend(count, height, width, elastic).to(images.device)
    changed = F.grid_sample(images - paper, grid, align_corners=False) + paper
    return wipe(changed, paper, erase) if erase else changed


def bend(count: int, height: int, width: int, pixels: float) -> Tensor:
    """How far from its own place each pixel comes from (count, H, W, 2), in halves of a side: smooth random moves of
    about so many pixels, from a coarse grid of 5 x 5 (elastic distortion, after Simard 2003)."""
    coarse = torch.randn(count, 2, 5, 5) * (2 * pixels / torch.tensor([width, height])).view(1, 2, 1, 1)
    return F.interpolate(coarse, size=(height, width), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)


def spread(count: int, limit: float) -> Tensor:
    """Random numbers (count,), uniform from `-limit` to `limit`."""
    return (2 * torch.rand(count) - 1) * limit


def wipe(images: Tensor, paper: float, share: float) -> Tensor:
    """The pictures (B, C, H, W), a rectangle of paper on a share of them (random erasing, Zhong 2017)."""
    count, _, height, width = images.shape
    inside = torch.ones(count, height, width, dtype=torch.bool)
    for size, axis in ((height, 1), (width, 2)):
        long = torch.randint(size // 7, 13 * size // 28, (count, 1))
        first = (torch.rand(count, 1) * (size - long + 1)).long()
        places = torch.arange(size)
        inside = inside & ((places >= first) & (places < first + long)).unsqueeze(3 - axis)
    chosen = torch.rand(count, 1, 1) < share
    return images.masked_fill((inside & chosen).unsqueeze(1).to(images.device), paper)
