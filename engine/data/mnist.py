"""MNIST: 70,000 handwritten digits, unpacked once into memory-mapped files that every process shares."""

import contextlib
import functools
import gzip
import hashlib
import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.catalogue.params import SpecError
from engine.files import ASSETS, data_folder, write_whole
from engine.text import Text
from engine.training.config import TrainConfig

SOURCE = ASSETS / "mnist"
MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
MEAN, STD = 0.1307, 0.3081  # of the training pixels, on the scale 0 to 1

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True, eq=False)
class Mnist:
    """Images are uint8, light ink on 0, `(60000, 28, 28)` and `(10000, 28, 28)`; labels int64. Only to be read."""

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor


@functools.cache
def load_mnist() -> Mnist:
    """The whole data set, once a process. Raises SpecError when a file of the download is missing or damaged."""
    train_images, train_labels, test_images, test_labels = (_load_raw(name) for name in MD5)
    return Mnist(_images(train_images), _labels(train_labels), _images(test_images), _labels(test_labels))


def split(config: TrainConfig, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Indices int32 to train on and to validate on: the last share of the first `config.images` pictures is held back.

    Stratified, it is the last share of every digit instead; the totals are the same.
    """
    held_back = torch.zeros(config.images, dtype=torch.bool)
    if not config.stratified:
        held_back[config.train_images :] = True
    else:
        places = [(labels[: config.images] == digit).nonzero().flatten() for digit in range(10)]
        for of_digit, count in zip(places, _shares(config, [len(p) for p in places]), strict=True):
            held_back[of_digit[len(of_digit) - count :]] = True
    return (~held_back).nonzero().flatten().int(), held_back.nonzero().flatten().int()


def normalise(images: Tensor) -> Tensor:
    """Pixels 0 to 255 `(N, 28, 28)`, uint8 or float32, to float32 `(N, 1, 28, 28)`: over the training set, mean 0 and
    standard deviation 1."""
    # One pass over memory, three times as fast as the textbook's three.
    return torch.add(torch.tensor(-MEAN / STD), images.unsqueeze(1), alpha=1 / (255 * STD))


def _images(raw: Pixels) -> Tensor:
    return torch.from_numpy(raw[16:].reshape(-1, 28, 28))


def _labels(raw: Pixels) -> Tensor:
    return torch.from_numpy(raw[8:].astype(np.int64))


def _shares(config: TrainConfig, counts: list[int]) -> list[int]:
    """`config.validation_images` apportioned to the digits by their counts, largest remainders first."""
    quotas = [divmod(config.validation_images * count, config.images) for count in counts]
    missing = config.validation_images - sum(whole for whole, _ in quotas)
    by_remainder = sorted(range(10), key=lambda digit: -quotas[digit][1])
    return [whole + (digit in by_remainder[:missing]) for digit, (whole, _) in enumerate(quotas)]


def _load_raw(name: str) -> Pixels:
    """Load one raw file: mapped from the data folder, or in memory where that folder cannot be written."""
    try:
        return _map(data_folder() / "mnist" / name)
    except OSError:
        return np.frombuffer(bytearray(_unpacked(name)), np.uint8)


def _map(copy: Path) -> Pixels:
    """Map the verified copy of one file; make a new copy when it is missing or damaged."""
    seal = copy.with_name(f"{copy.name}.verified.json")
    if not _is_sealed(copy, seal):
        if not _is_intact(copy):
            _unpack(copy)
        with contextlib.suppress(OSError):  # without a seal the next start verifies again
            write_whole(seal, json.dumps(_facts(copy)).encode())
    # Copy-on-write: pages stay shared as long as nobody writes, and torch accepts the array without a warning.
    return np.memmap(copy, np.uint8, "c")


def _unpack(copy: Path) -> None:
    content = _unpacked(copy.name)
    try:
        write_whole(copy, content)
    except OSError:
        if not _is_intact(copy):  # Windows refuses when another process made the copy a moment ago and maps it already
            raise


def _is_intact(copy: Path) -> bool:
    return copy.is_file() and _md5(copy.read_bytes()) == MD5[copy.name]


def _is_sealed(copy: Path, seal: Path) -> bool:
    """Whether the copy is still the file that was verified: hashing 55 MB at every start would cost 0.1 s."""
    try:
        return bool(json.loads(seal.read_bytes()) == _facts(copy))
    except (OSError, ValueError):
        return False


def _facts(copy: Path) -> dict[str, str | int]:
    stat = copy.stat()
    return {"md5": MD5[copy.name], "size": stat.st_size, "changed": stat.st_mtime_ns}


def _unpacked(name: str) -> bytes:
    source = SOURCE / f"{name}.gz"
    damaged = Text("MNIST's file {file} is damaged.", file=source.name)
    try:
        content = gzip.decompress(source.read_bytes())
    except FileNotFoundError:
        raise _unusable(source, Text("MNIST's file {file} is missing.", file=source.name)) from None
    except (OSError, EOFError, zlib.error) as error:
        raise _unusable(source, damaged) from error
    if _md5(content) != MD5[name]:
        raise _unusable(source, damaged)
    return content


def _unusable(source: Path, what: Text) -> SpecError:
    return SpecError(what, Text("Put the original back into {folder}.", folder=str(source.parent)))


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
