"""What a network reads: the data set its pictures are of, their classes, and how their pixels become numbers. No
torch."""

import math
import re
from dataclasses import dataclass
from typing import Any

from engine.catalogue.names import clean
from engine.catalogue.params import SpecError
from engine.text import Text

MNIST = "mnist"
DATA_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
MOST_CLASSES = 100
CLASS_NAME = 40  # characters


@dataclass(frozen=True, slots=True)
class Reads:
    """The pictures of one data set. Its name, its classes in the order of a network's scores, mean and standard
    deviation of the training pixels from 0 to 1, and the pixel of an empty place from 0 to 255."""

    data: str = MNIST
    classes: tuple[str, ...] = tuple("0123456789")
    mean: float = 0.1307
    std: float = 0.3081
    empty: int = 0

    @property
    def paper(self) -> float:
        """An empty pixel of a normalised picture."""
        return (self.empty / 255 - self.mean) / self.std

    @property
    def is_digits(self) -> bool:
        """Whether it is MNIST: the pad, Inside and the GANs are about digits alone."""
        return self.data == MNIST


DIGITS = Reads()


def reads_to_json(reads: Reads) -> dict[str, Any]:
    return {
        "name": reads.data,
        "classes": list(reads.classes),
        "mean": reads.mean,
        "std": reads.std,
        "empty": reads.empty,
    }


def reads_from_json(data: object) -> Reads:
    """Read untrusted parsed JSON; nothing stands for MNIST. Raises SpecError."""
    if data is None:
        return DIGITS
    if not isinstance(data, dict) or set(data) != {"name", "classes", "mean", "std", "empty"}:
        raise _unknown()
    name, classes, empty = data["name"], data["classes"], data["empty"]
    if not isinstance(name, str) or not DATA_NAME.fullmatch(name) or not isinstance(classes, list):
        raise _unknown()
    if not 2 <= len(classes) <= MOST_CLASSES or not all(is_class_name(one) for one in classes):
        raise _unknown()
    if len(set(classes)) < len(classes) or type(empty) is not int or not 0 <= empty <= 255:
        raise _unknown()
    mean, std = (_share(data[key]) for key in ("mean", "std"))
    if std < 1e-3:
        raise _unknown()
    reads = Reads(name, tuple(classes), mean, std, empty)
    if reads.is_digits and reads != DIGITS:
        raise _unknown()
    return reads


def is_class_name(name: object) -> bool:
    """Whether it is a visible line of text that is short enough."""
    return isinstance(name, str) and 0 < len(name.strip()) <= len(name) <= CLASS_NAME and clean(name) == name


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1 or not math.isfinite(value):
        raise _unknown()
    return float(value)


def _unknown() -> SpecError:
    what = Text("What the network reads is not said as it is here.")
    return SpecError(what, Text("Open a file that was saved here, or choose a data set on the Train page."))
