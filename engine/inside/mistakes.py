"""How a network reads the pictures of the test set: which digit, how sure, and where it is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from engine.data.mnist import load_mnist
from engine.inside.maps import bytes_of, short
from engine.network.load import FORWARD, picture_seconds
from engine.network.spec import CLASSES, Plan
from engine.training.predict import probabilities

READING_SECONDS = 4.0  # for all pictures, about; of a slow network only the first ones are read
LEARNING = 1000  # pictures that a network reads that still learns
AT_ONCE = 24  # pictures of one answer


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Of the first N test pictures the digits read (N,), and the share that the network gave each of them (N,)."""

    read: Tensor
    share: Tensor

    @property
    def true(self) -> Tensor:
        return load_mnist().test_labels[: len(self.read)]

    def confusion(self) -> list[list[int]]:
        """`[true][read]`, in pictures."""
        places = self.true * CLASSES + self.read
        counts: list[list[int]] = torch.bincount(places, minlength=CLASSES**2).view(CLASSES, CLASSES).tolist()
        return counts

    def pictures(self, true: int | None, read: int | None) -> Tensor:
        """The numbers of the pictures of one cell, or of all mistakes: the surest mistakes first, but of those read
        correctly the least sure."""
        is_asked = self.read != self.true if true is None else (self.true == true) & (self.read == read)
        found = is_asked.nonzero().flatten()
        return found[self.share[found].argsort(descending=true is None or true != read, stable=True)]


def affordable(plan: Plan, seconds: float, most: int) -> int:
    """How many pictures the network reads in about so long: all, or some hundreds."""
    count = int(seconds / max(1e-9, FORWARD * picture_seconds(plan)))
    return most if count >= most else max(100, count // 100 * 100)


def read_test_set(model: nn.Sequential, count: int) -> Readings:
    shares = torch.nan_to_num(probabilities(model, load_mnist().test_images[:count]))
    share, read = shares.max(1)
    return Readings(read, share)


def mistakes_to_json(
    readings: Readings, true: int | None = None, read: int | None = None, first: int = 0
) -> dict[str, Any]:
    """`confusion`, and `pictures` of a cell or of all mistakes from number `first` on, AT_ONCE at most."""
    found = readings.pictures(true, read)
    return {
        "count": len(readings.read),
        "of": len(load_mnist().test_images),
        "confusion": readings.confusion(),
        "pictures": _page(found, first, readings, lambda n: {"share": short(float(readings.share[n]))}),
    }


def differences_to_json(readings: Readings, other: Readings, first: int = 0) -> dict[str, Any]:
    """The pictures that two networks read differently, those first of which the first one is surest: of how many
    pictures that both have read (`count`), how often only the first (`right`), only the `other` or none is right; and
    AT_ONCE of them from number `first` on."""
    count = min(len(readings.read), len(other.read))
    true, one, two = readings.true[:count], readings.read[:count], other.read[:count]
    found = (one != two).nonzero().flatten()
    found = found[readings.share[found].argsort(descending=True, stable=True)]
    right, others = int((one == true)[found].sum()), int((two == true)[found].sum())
    return {
        "count": count,
        "right": right,
        "other": others,
        "none": len(found) - right - others,
        "pictures": _page(found, first, readings, lambda n: {"other": int(two[n])}),
    }


def _page(found: Tensor, first: int, readings: Readings, more: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """Those of the pictures `found` from number `first` on that are shown at once, with `more` of each."""
    first = min(first, max(0, len(found) - 1))
    shown = found[first : first + AT_ONCE]
    items = [
        {"number": n, "true": int(readings.true[n]), "read": int(readings.read[n]), **more(n)} for n in shown.tolist()
    ]
    return {"first": first, "total": len(found), "items": items, "pixels": bytes_of(pictures_of(shown))}


def pictures_of(numbers: Tensor) -> Tensor:
    """uint8 (N, 28, 28)."""
    return load_mnist().test_images[numbers]


BINS = 100  # of how sure the network is: from 0 to 1 %, and so on


def sureness_to_json(readings: Readings) -> dict[str, Any]:
    """How often the network is right where it is so sure: by BINS of its share for the digit read, how many pictures
    there are (`counts`), how many of them are read correctly (`right`) and the sum of the shares (`sums`)."""
    places = (readings.share.double() * BINS).long().clamp(0, BINS - 1)
    is_right = (readings.read == readings.true).double()
    told = {"count": len(readings.read), "of": len(load_mnist().test_images)}
    weights = {"counts": torch.ones_like(is_right), "right": is_right, "sums": readings.share.double()}
    return told | {
        name: [short(value) for value in torch.bincount(places, weight, minlength=BINS).tolist()]
        for name, weight in weights.items()
    }
