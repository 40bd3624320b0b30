"""A closer look at a data set: how its classes differ on average, pictures that are almost the same in both parts, and
labels that a network doubts."""

import base64
import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from engine.data.found import data_set
from engine.data.mnist import Data, load_bundled, load_own
from engine.data.own import is_own_name, own_set
from engine.data.sets import DataSet

PARTS = ("train", "test")
AT_ONCE = 24  # pictures of one answer
DOUBLES = 96  # pairs that are kept, the nearest ones
CLOSER = 4 * DOUBLES  # pairs whose pixels are compared, those nearest by their small pictures
SMALL = 7  # px a side of the pictures that are compared first
ROWS = 64  # pictures to test with that are compared at once with all others: 15 MB of distances for MNIST
SUMMED = 4_096  # pictures whose pixels are summed at once
AVERAGED = 20_000  # pictures of a data set that are averaged, the first ones


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture to train with and one to test with, by their numbers, and the root mean square of the difference of
    their pixels, 0 to 1."""

    train: int
    test: int
    difference: float


def load(name: str) -> tuple[DataSet, Data]:
    """Raises SpecError where it is not here any more."""
    return data_set(name), load_own(name) if is_own_name(name) else load_bundled(name)


def averages(name: str) -> dict[str, Any]:
    """Of each class how many pictures there are to train with (`train`, those held back included) and to test with, how
    bright they are on average (`brightness`, 0 to 1) and how far from one another (`spread`, the standard deviation of
    a pixel), and their mean as a picture. Raises SpecError."""
    return _averages(name, _created(name))


def doubles(name: str, first: int = 0) -> dict[str, Any]:
    """The pairs of a picture to train with and one to test with that are most alike, from number `first` on: a network
    has seen such a test picture before. Raises SpecError."""
    row, data = load(name)
    pairs = _doubles(name, _created(name))
    first = min(first, max(0, len(pairs) - 1))
    shown = pairs[first : first + AT_ONCE // 2]
    items = [
        {"number": number, "part": part, "label": int(labels[number]), "difference": round(pair.difference, 4)}
        for pair in shown
        for part, number, labels in (("train", pair.train, data.train_labels), ("test", pair.test, data.test_labels))
    ]
    return _page(row, data, first, len(pairs), items)


def of_class(name: str, part: str, label: int, first: int = 0) -> dict[str, Any]:
    """The pictures of a class in one part, from number `first` on. Raises SpecError."""
    row, data = load(name)
    found = (_labels(data, part) == label).nonzero().flatten()
    first = min(first, max(0, len(found) - 1))
    items = [{"number": n, "part": part, "label": label} for n in found[first : first + AT_ONCE].tolist()]
    return _page(row, data, first, len(found), items)


def doubted(name: str, shares: Tensor, first: int = 0) -> dict[str, Any]:
    """The pictures to train with that a network reads as another class than their label, the surest first, of the first
    N, of which it gave the `shares` (N, classes). Raises SpecError."""
    row, data = load(name)
    share, read = shares.max(1)
    labels = data.train_labels[: len(shares)]
    found = (read != labels).nonzero().flatten()
    found = found[share[found].argsort(descending=True, stable=True)]
    first = min(first, max(0, len(found) - 1))
    items = [
        {
            "number": n,
            "part": "train",
            "label": int(labels[n]),
            "read": int(read[n]),
            "share": round(float(share[n]), 3),
        }
        for n in found[first : first + AT_ONCE].tolist()
    ]
    return _page(row, data, first, len(found), items) | {"count": len(shares)}


def _created(name: str) -> float:
    return own_set(name).created if is_own_name(name) else 0.0


def _labels(data: Data, part: str) -> Tensor:
    return data.train_labels if part == "train" else data.test_labels


def _page(row: DataSet, data: Data, first: int, total: int, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    images = {"train": data.train_images, "test": data.test_images}
    pictures = [images[item["part"]][item["number"]].numpy() for item in items]
    return {"first": first, "total": total, "items": items, "side": row.shape[-1], "strip": _strip(row, pictures)}


def _strip(row: DataSet, pictures: Sequence[Any]) -> str:
    """The pictures side by side as WebP, base64."""
    side = row.shape[-1]
    strip = np.full((side, max(1, len(pictures)) * side, 3), row.reads.empty, np.uint8)
    for place, picture in enumerate(pictures):
        strip[:, place * side : (place + 1) * side] = (
            picture.transpose(1, 2, 0) if picture.ndim == 3 else picture[..., None]
        )
    with io.BytesIO() as file:
        Image.fromarray(strip).save(file, "WEBP", quality=90, method=2)
        return base64.b64encode(file.getvalue()).decode()


@functools.lru_cache(maxsize=32)
def _averages(name: str, _created: float) -> dict[str, Any]:
    row, data = load(name)
    classes = len(row.reads.classes)
    count = min(AVERAGED, len(data.train_images))
    size = data.train_images[0].numel()
    counts = torch.zeros(classes)
    sums, squares = torch.zeros(classes, size), torch.zeros(classes, size)
    for start in range(0, count, SUMMED):
        labels = data.train_labels[start : min(count, start + SUMMED)]
        pixels = data.train_images[start : start + len(labels)].reshape(len(labels), -1).float() / 255
        which = torch.nn.functional.one_hot(labels, classes).float().T
        counts += which.sum(1)
        sums += which @ pixels
        squares += which @ pixels.square()
    mean = sums / counts.clamp(min=1).unsqueeze(1)
    spread = (squares / counts.clamp(min=1).unsqueeze(1) - mean.square()).clamp(min=0).sqrt()
    shape = data.train_images.shape[1:]
    pictures = [picture.mul(255).round().byte().view(shape).numpy() for picture in mean]
    train, test = (torch.bincount(labels, minlength=classes) for labels in (data.train_labels, data.test_labels))
    items = [
        {
            "label": label,
            "train": int(train[label]),
            "test": int(test[label]),
            "brightness": round(float(mean[label].mean()), 4),
            "spread": round(float(spread[label].mean()), 4),
        }
        for label in range(classes)
    ]
    return {"items": items, "side": row.shape[-1], "strip": _strip(row, pictures), "averaged": count}


@functools.lru_cache(maxsize=32)
def _doubles(name: str, _created: float) -> tuple[Pair, ...]:
    """The nearest pairs, one for each picture to test with, by small pictures first, then by all pixels."""
    _, data = load(name)
    train, test = _small(data.train_images), _small(data.test_images)
    lengths = train.square().sum(1)
    near, at = list[Tensor](), list[Tensor]()
    for start in range(0, len(test), ROWS):
        rows = test[start : start + ROWS]
        distance, place = torch.addmm(lengths, rows, train.T, alpha=-2).min(1)
        near.append(distance + rows.square().sum(1))
        at.append(place)
    nearest, places = torch.cat(near), torch.cat(at)
    pairs = list[Pair]()
    for number in nearest.argsort(stable=True)[:CLOSER].tolist():
        one, two = data.train_images[places[number]].float(), data.test_images[number].float()
        pairs.append(Pair(int(places[number]), number, float((one - two).square().mean().sqrt()) / 255))
    return tuple(sorted(pairs, key=lambda pair: pair.difference)[:DOUBLES])


def _small(images: Tensor) -> Tensor:
    """(N, pixels) float32, of grey pictures SMALL px a side."""
    parts = list[Tensor]()
    for part in torch.split(images, SUMMED):
        pixels = part.float() / 255
        grey = pixels.mean(1, keepdim=True) if pixels.dim() == 4 else pixels.unsqueeze(1)
        parts.append(adaptive_avg_pool2d(grey, SMALL).flatten(1))
    return torch.cat(parts)
