"""How many test pictures a network still reads when they are turned, shifted, noisy, blurred, thicker or in part
covered."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.mnist import load_mnist
from engine.inside.maps import bytes_of, short
from engine.training.predict import probabilities

SECONDS = 3.0  # for all of it, about
MOST = 500  # pictures
SEED = 0  # of noise, and of where pictures are covered
SAMPLE = 0  # the test picture that is shown as an example: a 7


def turned(pictures: Tensor, degrees: float) -> Tensor:
    """Turned to the left around the middle."""
    angle = math.radians(degrees)
    one = torch.tensor([[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0]])
    grid = F.affine_grid(one.expand(len(pictures), 2, 3), [len(pictures), 1, *pictures.shape[1:]], align_corners=False)
    return F.grid_sample(pictures.unsqueeze(1), grid, align_corners=False).squeeze(1)


def shifted(pictures: Tensor, pixels: float) -> Tensor:
    """Shifted to the right."""
    by = round(pixels)
    return F.pad(pictures, (by, 0))[..., : pictures.shape[-1]]


def noisy(pictures: Tensor, share: float) -> Tensor:
    """With normal noise, whose standard deviation is a share of the way from paper to ink."""
    noise = torch.randn(pictures.shape, generator=torch.Generator().manual_seed(SEED))
    return (pictures + 255 * share * noise).clamp(0, 255)


def blurred(pictures: Tensor, sigma: float) -> Tensor:
    """Blurred by a normal distribution of so many pixels."""
    if not sigma:
        return pictures
    reach = math.ceil(3 * sigma)
    weights = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / sigma) ** 2)
    weights = weights / weights.sum()
    across = F.conv2d(pictures.unsqueeze(1), weights.view(1, 1, 1, -1), padding=(0, reach))
    return F.conv2d(across, weights.view(1, 1, -1, 1), padding=(reach, 0)).squeeze(1)


def thickened(pictures: Tensor, pixels: float) -> Tensor:
    """Strokes so many pixels thicker on each side; thinner below 0."""
    side = 2 * abs(round(pixels)) + 1
    sign = -1 if pixels < 0 else 1
    return sign * F.max_pool2d(sign * pictures.unsqueeze(1), side, 1, side // 2).squeeze(1)


def covered(pictures: Tensor, side: float) -> Tensor:
    """With a square of paper somewhere in the middle 20 x 20 pixels."""
    width, dice = round(side), torch.Generator().manual_seed(SEED)
    count, high, wide = pictures.shape
    tops, lefts = torch.randint(4, 24 - min(width, 19), (2, count, 1, 1), generator=dice)
    rows, columns = torch.arange(high).view(1, -1, 1), torch.arange(wide).view(1, 1, -1)
    hidden = (rows >= tops) & (rows < tops + width) & (columns >= lefts) & (columns < lefts + width)
    return pictures.masked_fill(hidden, 0)


@dataclass(frozen=True, slots=True)
class Change:
    """Changes pictures float32 (N, 28, 28) from 0 to 255 by one of `levels`; that which changes nothing is 0."""

    change: Callable[[Tensor, float], Tensor]
    levels: tuple[float, ...]


CHANGES = {
    "turned": Change(turned, (0, 10, 20, 30, 45, 60, 90)),
    "shifted": Change(shifted, (0, 1, 2, 3, 4, 6, 8)),
    "noisy": Change(noisy, (0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8)),
    "blurred": Change(blurred, (0, 0.5, 1, 1.5, 2, 2.5, 3)),
    "thickened": Change(thickened, (-1, 0, 1, 2, 3)),
    "covered": Change(covered, (0, 4, 6, 8, 10, 12, 14)),
}
EVALUATIONS = sum(len(change.levels) for change in CHANGES.values())


def robustness(model: nn.Sequential, count: int) -> dict[str, Any]:
    """As JSON: for each of CHANGES the share of the first `count` test pictures that is read at each level, and what
    the example looks like there."""
    data = load_mnist()
    pictures, labels = data.test_images[:count].float(), data.test_labels[:count]
    told = []
    for name, change in CHANGES.items():
        accuracy, samples = [], []
        for level in change.levels:
            changed = change.change(pictures, level)
            read = torch.nan_to_num(probabilities(model, changed)).argmax(1)
            accuracy.append(short(float((read == labels).float().mean())))
            samples.append(changed[SAMPLE].round().to(torch.uint8))
        told.append(
            {"name": name, "levels": change.levels, "accuracy": accuracy, "pixels": bytes_of(torch.stack(samples))}
        )
    return {"count": count, "changes": told}
