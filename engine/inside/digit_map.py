"""The map of digits: test pictures as points in the plane, near each other where a layer makes nearly the same of
them."""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.data.mnist import load_mnist, normalise
from engine.inside.asking import Pixels, as_input, at_once
from engine.inside.flow import output_of, shares_of
from engine.inside.maps import bytes_of, eight_bits, short, shorts
from engine.inside.network import Network
from engine.network.spec import CLASSES

MOST = 1000  # pictures
SECONDS = 1.0  # for all of them, about
NEAREST = 5
SIDES = (7, 4, 2, 1)  # cells of a map that is averaged
NUMBERS = 2048  # of one picture; maps are averaged until they have no more
KEPT = 2_000_000  # numbers of all pictures
AXES, BESIDE, ROUNDS = 2, 8, 12  # principal components; what is worked out beside them, and how often anew


@dataclass(frozen=True, slots=True, eq=False)
class DigitMap:
    """What one layer makes of the first N test pictures, float32 (N, D), and where each of them lies in the plane.

    Of the shares of the ten digits `axes` is None: all ten are given, and the browser turns them. Of any other layer
    `axes` (D, 2) are the first two principal components around `middle` (D,), and `explained` is the share of the
    variance that lies along each. `side` is that of the cells that larger maps are averaged to.
    """

    layer: str
    numbers: Tensor
    read: Tensor
    middle: Tensor
    axes: Tensor | None
    explained: tuple[float, ...]
    side: int | None

    def places(self, numbers: Tensor) -> Tensor:
        """(N, D) to (N, 2), or to the ten shares."""
        return numbers if self.axes is None else (numbers - self.middle) @ self.axes


def digit_map(network: Network, layer: str, count: int) -> DigitMap:
    """Of the first `count` test pictures, fewer where a layer makes very many numbers. Raises KeyError for no such
    layer."""
    found, read = [], []
    images = load_mnist().test_images
    with torch.no_grad():
        one, _ = output_of(network.plan, network.model, normalise(images[:1]), layer)
        side = _side(one.shape[1:])
        count = min(count, max(100, KEPT // _flat(one, side).shape[1]))
        for some in torch.split(images[:count], at_once(network.plan)):
            made, scores = output_of(network.plan, network.model, normalise(some), layer)
            found.append(_flat(made, side))
            read.append(torch.nan_to_num(scores).argmax(1))
    numbers = torch.cat(found)
    middle = numbers.mean(0)
    axes, explained = (None, ()) if layer == shares_of(network.plan) else principal(numbers - middle)
    return DigitMap(layer, numbers, torch.cat(read), middle, axes, explained, side)


def telling_layer(network: Network) -> str:
    """The last layer that makes more numbers than there are digits: what the scores are made from."""
    stages = [stage for stage in network.stages() if not stage.times]
    return next((stage.id for stage in reversed(stages) if stage.output.numel() > CLASSES), stages[-1].id)


def principal(spread: Tensor) -> tuple[Tensor, tuple[float, ...]]:
    """The first two principal components (D, 2) of numbers (N, D) around 0, and the share of the variance along each,
    by subspace iteration (Halko 2011). Each points to where its largest entry is positive."""
    wide = min(AXES + BESIDE, *spread.shape)
    base = torch.randn(spread.shape[1], wide, generator=torch.Generator().manual_seed(0))
    for _ in range(ROUNDS):
        base = torch.linalg.qr(spread.T @ (spread @ base))[0]
    _, strengths, turned = torch.linalg.svd(spread @ base, full_matrices=False)
    axes = F.pad(base @ turned.T, (0, max(0, AXES - wide)))[:, :AXES]
    axes = axes * torch.where(axes.gather(0, axes.abs().argmax(0, keepdim=True)) < 0, -1.0, 1.0)
    whole = float(spread.square().sum())
    shares = [short(float(strength) ** 2 / whole) if whole else 0.0 for strength in strengths[:AXES]]
    return axes, tuple(shares + [0.0] * (AXES - len(shares)))


def map_to_json(found: DigitMap) -> dict[str, Any]:
    """`places`, bytes between `low` and `high`: the ten shares of each picture; or its place along the two axes, two
    bytes each, the higher one first, as a map needs more than 256 places."""
    count = len(found.numbers)
    told: dict[str, Any] = {"layer": found.layer, "count": count, "side": found.side, "explained": found.explained}
    told["labels"] = bytes_of(load_mnist().test_labels[:count].to(torch.uint8))
    told["read"] = bytes_of(found.read.to(torch.uint8))
    places = torch.nan_to_num(found.places(found.numbers))
    if found.axes is None:
        return told | {"shares": eight_bits(places, 0, 1)["pixels"]}
    most = max(float(places.abs().max()), 1e-12)
    whole = ((places / most + 1) / 2 * 65535).round().clamp(0, 65535).to(torch.int32)
    pairs = torch.stack([whole // 256, whole % 256], dim=-1).to(torch.uint8)
    return told | {"most": short(most), "places": bytes_of(pairs)}


def placed(network: Network, found: DigitMap, image: Pixels) -> dict[str, Any]:
    """Where a digit lies on the map, and the pictures that the layer takes for the most alike, by distance in all of
    its numbers."""
    with torch.no_grad():
        made, _ = output_of(network.plan, network.model, as_input(image), found.layer)
    numbers = torch.nan_to_num(_flat(made, found.side))
    distances = (torch.nan_to_num(found.numbers) - numbers).norm(dim=1)
    far, nearest = distances.topk(min(NEAREST, len(distances)), largest=False)
    return {
        "here": shorts(torch.nan_to_num(found.places(numbers))[0]),
        "nearest": nearest.tolist(),
        "distances": shorts(far),
    }


def _side(shape: torch.Size) -> int | None:
    """To how many cells a side the maps of a layer are averaged; None for as they are."""
    if len(shape) != 3 or shape.numel() <= NUMBERS:
        return None
    return next((side for side in SIDES if shape[0] * side**2 <= NUMBERS and side <= min(shape[1:])), 1)


def _flat(made: Tensor, side: int | None) -> Tensor:
    """(N, ...) to (N, D)."""
    return (F.adaptive_avg_pool2d(made, side) if side else made).flatten(1)
