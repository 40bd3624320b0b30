"""The data sets that a network can learn from, as rows, and how a network and its settings follow one. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.catalogue.params import Choice, Shape, SpecError
from engine.files import ASSETS
from engine.network.spec import DIGITS, NetworkSpec, Reads
from engine.text import Text
from engine.training.config import TrainConfig


@dataclass(frozen=True, slots=True)
class DataSet:
    """One data set. `train` counts its pictures to train and to validate on, of which the last `validation` are meant
    to be held back, where that is said; `test` those that are read once, at the end; `of_each` those to train with that
    every class has at least. `files` are the names of its IDX
    files, in the order pictures and labels to train, pictures and labels to test, each with the MD5 of its content.
    `source` is the address that an exported program fetches them from, `link` a page about it. An own one is its
    owner's alone. `way` is how its pictures were made square, as `engine/data/fitting.py` says."""

    title: Text | str
    reads: Reads
    shape: Shape
    train: int
    test: int
    of_each: int
    origin: Text
    licence: str = ""
    link: str = ""
    validation: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    is_own: bool = False
    way: str = "fit"
    is_light_on_dark: bool = False

    @property
    def name(self) -> str:
        return self.reads.data

    @property
    def folder(self) -> Path:
        """Where its compressed files are, of one that is bundled."""
        return ASSETS / self.name


def _idx(*sums: str) -> dict[str, str]:
    """The usual names of the four files, each with its sum."""
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    return {f"{name}-ubyte": md5 for name, md5 in zip(names, sums, strict=True)}


MNIST = DataSet(
    Text("MNIST, handwritten digits"),
    DIGITS,
    (1, 28, 28),
    60_000,
    10_000,
    5_421,
    Text("Digits written by pupils and by people of the American census bureau (LeCun, Cortes, Burges 1998)."),
    "CC BY-SA 3.0",
    "http://yann.lecun.org/exdb/mnist/",
    files=_idx(
        "6bbc9ace898e44ae57da46a324031adb",
        "a25bea736e30d166cdddb491f175f624",
        "2646ac647ad5339dbf082846283269ea",
        "27ae3e4e09519cfbb04c329615203637",
    ),
    source="https://ossci-datasets.s3.amazonaws.com/mnist/",
)

FASHION = DataSet(
    Text("Fashion-MNIST, clothes"),
    Reads(
        "fashion-mnist",
        (
            *("T-shirt", "Trousers", "Pullover", "Dress", "Coat"),
            *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
        ),
        0.2851,
        0.3534,
    ),
    (1, 28, 28),
    8_000,
    2_000,
    747,
    Text("Pictures of a shop's clothes, shoes and bags, 10,000 of its 70,000 (Xiao, Rasul, Vollgraf 2017)."),
    "MIT",
    "https://github.com/zalandoresearch/fashion-mnist",
    is_light_on_dark=True,
    files=_idx(
        "b96959cdfcb9e4fec9ac31035371f864",
        "9b896ff5859130ffef156936c5914099",
        "c02bf5be7718b1153b1992308017dc29",
        "a4b1ac51fa4de730f5b7e05c501b832a",
    ),
    source="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)

SETS: dict[str, DataSet] = {row.name: row for row in (MNIST, FASHION)}


def bundled(name: str) -> DataSet:
    """Raises SpecError where the data set is not here."""
    if name not in SETS:
        what = Text("There is no data set {name}.", name=repr(name[:40]))
        raise SpecError(what, Text("Use one of {names}.", names=", ".join(SETS)))
    return SETS[name]


def follow(network: NetworkSpec, reads: Reads, shape: Shape) -> NetworkSpec:
    """The network on other pictures of this shape: the layer that gave the scores gives one for each of their
    classes."""
    if network.role != "classifier" or (network.reads, network.input_shape) == (reads, shape):
        return network
    before, after = len(network.reads.classes), len(reads.classes)
    layers = _with_scores(network.layers, before, after) if before != after else network.layers
    return replace(network, layers=layers, input_shape=shape, reads=reads)


def like(network: NetworkSpec, other: NetworkSpec) -> NetworkSpec:
    """The network on the pictures that `other` reads."""
    return follow(network, other.reads, other.input_shape)


def _with_scores(layers: tuple[Choice, ...], before: int, after: int) -> tuple[Choice, ...]:
    """The layers, of which the last that makes so many numbers or channels makes others."""
    place = scores_place(layers, before)
    if place is None:
        return layers
    name = "units" if "units" in dict(layers[place].values) else "channels"
    return (*layers[:place], layers[place].but(**{name: after}), *layers[place + 1 :])


def scores_place(layers: tuple[Choice, ...], classes: int) -> int | None:
    """Where the layer is that gives a score for each of so many classes, counted from 0: the last that makes so many
    numbers or channels."""
    for place in range(len(layers) - 1, -1, -1):
        values = dict(layers[place].values)
        if classes in (values.get("units"), values.get("channels")):
            return place
    return None


def most_frozen(network: NetworkSpec) -> int:
    """How many layers, from the first one on, can keep their weights while the others learn: those before the one that
    gives the scores."""
    return scores_place(network.layers, len(network.reads.classes)) or 0


def can_begin_with(network: NetworkSpec, before: NetworkSpec) -> bool:
    """Whether the weights of `before` fit `network`: the same layers on pictures of the same shape, but for the one
    that gives the scores."""
    same = before.input_shape == network.input_shape and before.role == network.role == "classifier"
    return same and like(before, network).layers == network.layers


def needs_head(network: NetworkSpec, before: NetworkSpec) -> bool:
    """Whether the layer that gives the scores has to begin anew: the classes are others."""
    return before.reads.classes != network.reads.classes


def settings_for(config: TrainConfig, row: DataSet, before: DataSet | None = None) -> TrainConfig:
    """The settings on another data set: all of its pictures where it was all of those `before`, else as many as there
    are, held back as the data set says."""
    whole = before is None or config.images >= before.train
    share = row.validation / row.train if row.validation else config.validation_share
    return replace(config, images=row.train if whole else min(config.images, row.train), validation_share=share)


def check_fit(network: NetworkSpec, config: TrainConfig, row: DataSet) -> None:
    """Raise SpecError unless the network reads what the data set has, and the settings ask for no more."""
    if (network.reads, network.input_shape) != (row.reads, row.shape):
        what = Text("The network was built for other pictures than {data} has now.", data=row.title)
        raise SpecError(what, Text("Choose the data set again on the Train page; the network follows it."))
    if config.images > row.train:
        what = Text("{data} has {count:,} pictures to train on.", data=row.title, count=row.train)
        raise SpecError(what, Text("Use at most {count:,}.", count=row.train))
    by_class = config.class_images(len(row.reads.classes))
    if by_class and max(by_class) > row.of_each:
        most = config.images * row.of_each // max(by_class)
        what = Text("{data} has too few pictures of some class to share them out like this.", data=row.title)
        raise SpecError(what, Text("Use at most {count:,} pictures, or a smaller imbalance.", count=most))
