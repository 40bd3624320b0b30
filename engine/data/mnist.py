"""The pictures of the bundled data sets, MNIST first of all, as tensors; how a training splits and normalises them."""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.catalogue.params import SpecError
from engine.data.idx import Pixels, load_idx
from engine.data.own import ARRAYS, folder_of, own_set
from engine.data.sets import MNIST, DataSet, bundled
from engine.network.spec import DIGITS, Reads
from engine.text import Text
from engine.training.config import TrainConfig

SOURCE, MD5 = MNIST.folder, MNIST.files
HEADERS = 16, 8  # bytes before the pixels, before the labels


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """A loaded data set. Images are uint8, `(N, H, W)` grey or `(N, 3, H, W)`, of MNIST light ink on 0, `(60000, 28,
    28)` and `(10000, 28, 28)`; labels int64. Only to be read."""

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    reads: Reads = DIGITS


@functools.cache
def load_mnist() -> Data:
    """The whole of MNIST, once a process. Raises SpecError when a file of the download is missing or damaged."""
    return _data(MNIST, load_idx(MNIST.name, SOURCE, MD5))


@functools.cache
def load_bundled(name: str) -> Data:
    """Any of the bundled data sets, likewise."""
    row = bundled(name)
    return load_mnist() if row is MNIST else _data(row, load_idx(name, row.folder, row.files))


def load_own(name: str) -> Data:
    """A data set of somebody's own, mapped from its files. Raises SpecError where it is not here."""
    own, folder = own_set(name), folder_of(name)
    return _mapped(folder, own.created, own.row.reads)


@functools.lru_cache(maxsize=8)
def _mapped(folder: Path, _created: float, reads: Reads) -> Data:
    try:
        train, train_labels, test, test_labels = (
            torch.from_numpy(np.load(folder / f"{name}.npy", mmap_mode="c", allow_pickle=False)) for name in ARRAYS
        )
    except (OSError, ValueError) as error:
        what = Text("These pictures cannot be read.")
        raise SpecError(what, Text("Send them again on the Data page.")) from error
    return Data(train, train_labels, test, test_labels, reads)


def _data(row: DataSet, raw: tuple[Pixels, ...]) -> Data:
    train_images, train_labels, test_images, test_labels = raw
    _, *sides = row.shape
    train, test = (torch.from_numpy(part[HEADERS[0] :].reshape(-1, *sides)) for part in (train_images, test_images))
    labels = (torch.from_numpy(part[HEADERS[1] :].astype(np.int64)) for part in (train_labels, test_labels))
    return Data(train, next(labels), test, next(labels), row.reads)


def split(config: TrainConfig, labels: Tensor, classes: int = len(DIGITS.classes)) -> tuple[Tensor, Tensor]:
    """Indices int32 to train on and to validate on: the last share of the first `config.images` pictures is held back,
    for another fold the share before it.

    Stratified, it is the last share of every class instead; the totals are the same. With an imbalance, the first
    pictures of each class are used, as many as it has then.
    """
    chosen = _chosen(config, labels, classes)
    labels = labels[chosen]
    held_back = torch.zeros(config.images, dtype=torch.bool)
    if not config.stratified:
        held_back[_fold(config, config.images, config.validation_images)] = True
    else:
        places = [(labels == one).nonzero().flatten() for one in range(classes)]
        for of_class, count in zip(places, _shares(config, [len(p) for p in places]), strict=True):
            held_back[of_class[_fold(config, len(of_class), count)]] = True
    return chosen[~held_back], chosen[held_back]


def _chosen(config: TrainConfig, labels: Tensor, classes: int) -> Tensor:
    """Indices int32 of the pictures that are used: as they come, or so many of each class, spread evenly."""
    by_class = config.class_images(classes)
    if by_class is None:
        return torch.arange(config.images, dtype=torch.int32)
    firsts = [(labels == one).nonzero().flatten()[:count] for one, count in enumerate(by_class)]
    places = torch.cat([(torch.arange(count, dtype=torch.float64) + 0.5) / count for count in by_class])
    return torch.cat(firsts)[places.argsort(stable=True)].int()


def _fold(config: TrainConfig, total: int, count: int) -> Tensor:
    """The places (count,) int64 of the fold that is held back; beyond the first place it goes on at the last."""
    return torch.arange(total - config.fold * count, total - (config.fold - 1) * count) % max(1, total)


def normalise(images: Tensor, reads: Reads = DIGITS) -> Tensor:
    """Pixels 0 to 255 `(N, H, W)` or `(N, 3, H, W)`, uint8 or float32, to float32 `(N, C, H, W)`: over the training
    set, mean 0 and standard deviation 1."""
    # One pass over memory, three times as fast as the textbook's three.
    pictures = images if images.dim() == 4 else images.unsqueeze(1)
    return torch.add(torch.tensor(-reads.mean / reads.std), pictures, alpha=1 / (255 * reads.std))


def _shares(config: TrainConfig, counts: list[int]) -> list[int]:
    """`config.validation_images` apportioned to the classes by their counts, largest remainders first."""
    quotas = [divmod(config.validation_images * count, config.images) for count in counts]
    missing = config.validation_images - sum(whole for whole, _ in quotas)
    by_remainder = sorted(range(len(counts)), key=lambda one: -quotas[one][1])
    return [whole + (one in by_remainder[:missing]) for one, (whole, _) in enumerate(quotas)]
