"""A closer look at a data set: how its classes differ on average, pictures that are almost the same in both parts, and
labels that a network doubts."""

import base64
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, one_hot

from engine.data.found import data_set, load_set
from engine.data.mnist import Data
from engine.data.own import is_own_name, own_set
from engine.data.sets import DataSet
from engine.data.wall import as_webp, grid

PARTS = ("train", "test")
AT_ONCE = 24  # pictures of one answer
DOUBLES = 96  # pairs that are kept, the nearest ones
CLOSER = 4 * DOUBLES  # pairs whose pixels are compared, those nearest by their small pictures
SMALL = 7  # px a side of the pictures that are compared first
ROWS = 64  # pictures to test with that are compared at once with all others: 15 MB of distances for MNIST
NUMBERS = 3_000_000  # pixels that are numbers at once: 12 MB
AVERAGED = 20_000  # pictures of a data set that are averaged, the first ones


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture to train with and one to test with, by their numbers, and the root mean square of the difference of
    their pixels, 0 to 1."""

    train: int
    test: int
    difference: float


def averages(name: str) -> dict[str, Any]:
    """Of each class how many pictures there are to train with (`train`, those held back included) and to test with, how
    bright they are on average (`brightness`, 0 to 1) and how far from one another (`spread`, the standard deviation of
    a pixel), and their mean as a picture. Raises SpecError."""
    return _averages(name, _created(name))


def doubles(name: str, first: int = 0) -> dict[str, Any]:
    """The pairs of a picture to train with and one to test with that are most alike, from number `first` on: a network
    has seen such a test picture before. Raises SpecError."""
    row, data = data_set(name), load_set(name)
    pairs = _doubles(name, _created(name))
    first = _within(first, len(pairs))
    items = [
        {"part": part, "number": number, "difference": round(pair.difference, 4)}
        for pair in pairs[first : first + AT_ONCE // 2]
        for part, number in (("train", pair.train), ("test", pair.test))
    ]
    return _page(row, data, first, len(pairs), items)


def of_class(name: str, part: str, label: int, first: int = 0) -> dict[str, Any]:
    """The pictures of a class in one part, from number `first` on. Raises SpecError."""
    row, data = data_set(name), load_set(name)
    _, labels = _part(data, part)
    found = (labels == label).nonzero().flatten()
    first = _within(first, len(found))
    items = [{"part": part, "number": n} for n in found[first : first + AT_ONCE].tolist()]
    return _page(row, data, first, len(found), items)


def doubted(name: str, shares: Tensor, first: int = 0) -> dict[str, Any]:
    """The pictures to train with that a network reads as another class than their label, the surest first, of the first
    N, of which it gave the `shares` (N, classes). Raises SpecError."""
    row, data = data_set(name), load_set(name)
    share, read = shares.max(1)
    labels = data.train_labels[: len(shares)]
    found = (read != labels).nonzero().flatten()
    found = found[share[found].argsort(descending=True, stable=True)]
    first = _within(first, len(found))
    items = [
        {"part": "train", "number": n, "read": int(read[n]), "share": round(float(share[n]), 3)}
        for n in found[first : first + AT_ONCE].tolist()
    ]
    return _page(row, data, first, len(found), items) | {"count": len(shares)}


def _created(name: str) -> float:
    return own_set(name).created if is_own_name(name) else 0.0


def _part(data: Data, part: str) -> tuple[Tensor, Tensor]:
    """Its images and labels."""
    return (data.train_images, data.train_labels) if part == "train" else (data.test_images, data.test_labels)


def _within(first: int, total: int) -> int:
    return min(first, max(0, total - 1))


def _page(row: DataSet, data: Data, first: int, total: int, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The items with the labels of their pictures, and these."""
    pictures = list[Tensor]()
    for item in items:
        images, labels = _part(data, item["part"])
        item["label"] = int(labels[item["number"]])
        pictures.append(images[item["number"]])
    return _strip(row, pictures) | {"first": first, "total": total, "items": items}


def _strip(row: DataSet, pictures: Sequence[Tensor]) -> dict[str, Any]:
    """The pictures side by side as WebP, base64, and how many pixels a side each has."""
    content = as_webp(grid(row, pictures, max(1, len(pictures))))
    return {"strip": base64.b64encode(content).decode(), "side": row.shape[-1]}


@functools.lru_cache(maxsize=32)
def _averages(name: str, _created: float) -> dict[str, Any]:
    row, data = data_set(name), load_set(name)
    classes = len(row.reads.classes)
    count = min(AVERAGED, len(data.train_images))
    size = data.train_images[0].numel()
    counts = torch.zeros(classes)
    sums, squares = torch.zeros(classes, size), torch.zeros(classes, size)
    for images, labels in zip(_parts(data.train_images[:count]), _parts(data.train_labels[:count], size), strict=True):
        pixels = images.reshape(len(images), -1).float() / 255
        which = one_hot(labels, classes).float().T
        counts += which.sum(1)
        sums += which @ pixels
        squares += which @ pixels.square()
    mean = sums / counts.clamp(min=1).unsqueeze(1)
    spread = (squares / counts.clamp(min=1).unsqueeze(1) - mean.square()).clamp(min=0).sqrt()
    shape = data.train_images.shape[1:]
    pictures = [picture.mul(255).round().byte().view(shape) for picture in mean]
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
    return _strip(row, pictures) | {"items": items, "averaged": count}


@functools.lru_cache(maxsize=32)
def _doubles(name: str, _created: float) -> tuple[Pair, ...]:
    """The nearest pairs, one for each picture to test with, by small pictures first, then by all pixels."""
    data = load_set(name)
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
    for part in _parts(images):
        pixels = part.float() / 255
        grey = pixels.mean(1, keepdim=True) if pixels.dim() == 4 else pixels.unsqueeze(1)
        parts.append(adaptive_avg_pool2d(grey, SMALL).flatten(1))
    return torch.cat(parts)


def _parts(tensors: Tensor, numbers: int = 0) -> Sequence[Tensor]:
    """As many of them at once as have NUMBERS numbers; each stands for so many, by default for its own."""
    return torch.split(tensors, max(1, NUMBERS // (numbers or tensors[0].numel())))
