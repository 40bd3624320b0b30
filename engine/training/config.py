"""The settings of a training, as plain data, and their form in JSON. No torch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.catalogue.augmentation import AUGMENTATION
from engine.catalogue.codec import Codec, Part
from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, Param, Row, SpecError, choose, flag, integer, one_of, real
from engine.catalogue.regularisation import REGULARISATION
from engine.catalogue.schedules import SCHEDULES
from engine.limits import limits
from engine.network.surgery import Surgery, surgery_from_data, surgery_to_data
from engine.text import Text
from engine.training.own_digits import OwnDigits, own_digits_from_data, own_digits_to_data

TRAIN_IMAGES, LEAST_IMAGES = 60_000, 20
MOST_EPOCHS = 100
MOST_FOLDS = 20
MOST_BATCHES = 64
TAUGHT_AGAIN = 20  # times in an epoch that each of a visitor's own digits is shown
_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

CORES = one_of(
    "one",
    ("one", "all"),
    Text("Cores"),
    Text(
        "How many of the machine's cores may work on it. All of them only while no other run is training, and only "
        "where that is faster; sums are then added up in another order, and the same seed no longer "
        "gives the same last digits."
    ),
    titles=(Text("One: bit-for-bit repeatable"), Text("All: faster, last digits vary")),
)
SETTINGS: dict[str, Param] = {
    "batch_size": integer(
        64,
        1,
        limits().batch,
        Text("Batch size"),
        Text("Pictures per step; larger is smoother, smaller learns more per epoch."),
    ),
    "accumulation": integer(
        1,
        1,
        MOST_BATCHES,
        Text("Batches per step"),
        Text(
            "Gradient accumulation: so many batches are read one after the other, and their gradients averaged, before "
            "the weights move once. As smooth as a batch so many times as large, in the memory of one. With enough of "
            "them each step sees all pictures: plain gradient descent."
        ),
        advanced=True,
    ),
    "epochs": integer(5, 1, MOST_EPOCHS, Text("Epochs"), Text("Passes over the training pictures.")),
    "seed": integer(
        0, 0, 2**31 - 1, Text("Seed"), Text("Start of every random choice; the same seed gives the same curve.")
    ),
    "cores": CORES,
    "images": integer(
        TRAIN_IMAGES,
        LEAST_IMAGES,
        TRAIN_IMAGES,
        Text("Pictures"),
        Text("How many of the data set's pictures to use, validation included."),
    ),
    "validation_share": real(
        1 / 12,
        0.0,
        0.5,
        Text("Validation share"),
        Text("Part held back to see how the network does on pictures it never trained on."),
    ),
    "stratified": flag(
        False, Text("Stratified split"), Text("Hold back the same share of every class, not simply the last pictures.")
    ),
    "fold": integer(
        1,
        1,
        MOST_FOLDS,
        Text("Fold"),
        Text(
            "Which part is held back: 1 is the last of the pictures, 2 the part before it, and so on. Cross-validation "
            "holds back each of them once."
        ),
    ),
    **REGULARISATION,
    **AUGMENTATION,
}


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """The settings of one training, apart from its network. `images` counts training and validation pictures
    together."""

    optimizer: Choice = field(default_factory=lambda: choose(OPTIMIZERS, "Adam", {}, Text("Optimizer")))
    loss: Choice = field(default_factory=lambda: choose(LOSSES, "CrossEntropy", {}, Text("Loss")))
    schedule: Choice = field(default_factory=lambda: choose(SCHEDULES, "Constant", {}, Text("Schedule")))
    batch_size: int = 64
    epochs: int = 5
    seed: int = 0
    images: int = TRAIN_IMAGES
    validation_share: float = 1 / 12
    stratified: bool = False
    fold: int = 1
    cores: str = "one"
    accumulation: int = 1
    l2: float = 0.0
    l1: float = 0.0
    clip_norm: float = 0.0
    input_noise: float = 0.0
    mixup: float = 0.0
    label_noise: float = 0.0
    imbalance: float = 0.0
    patience: int = 0
    ema: float = 0.0
    clip_value: float = 0.0
    max_norm: float = 0.0
    target: float = 0.0
    rotation_range: float = 0.0
    width_shift_range: float = 0.0
    height_shift_range: float = 0.0
    shear_range: float = 0.0
    zoom_range: float = 0.0
    horizontal_flip: bool = False
    vertical_flip: bool = False
    elastic: float = 0.0
    erase: float = 0.0

    @property
    def validation_images(self) -> int:
        return round(self.images * self.validation_share)

    def class_images(self, classes: int) -> tuple[int, ...] | None:
        """How many pictures of each class are used, validation included; None for as they come."""
        if not self.imbalance:
            return None
        last = max(1, classes - 1)
        parts = [max(1.0, self.imbalance) ** (-one / last) for one in range(classes)]
        quotas = [self.images * part / sum(parts) for part in parts]
        by_remainder = sorted(range(classes), key=lambda one: int(quotas[one]) - quotas[one])
        more = by_remainder[: self.images - sum(map(int, quotas))]
        return tuple(int(quota) + (one in more) for one, quota in enumerate(quotas))

    @property
    def folds(self) -> int:
        """How many parts of the size of the validation set the pictures have, at least 1."""
        return self.images // self.validation_images if self.validation_images else 1

    @property
    def train_images(self) -> int:
        return self.images - self.validation_images

    @property
    def augmentation(self) -> dict[str, Any]:
        """The settings of augmentation that are on, by their names."""
        return {name: value for name in AUGMENTATION if (value := getattr(self, name))}

    @property
    def clips(self) -> bool:
        return self.clip_norm > 0 or self.clip_value > 0

    @property
    def step_images(self) -> int:
        """The pictures of a step, but for the last one of an epoch, which may have fewer."""
        return self.batch_size * self.accumulation

    @property
    def steps_per_epoch(self) -> int:
        """A last step of fewer pictures counts too."""
        return -(-self.train_images // self.step_images)

    @property
    def steps(self) -> int:
        return self.steps_per_epoch * self.epochs


CATALOGUES: Mapping[str, Mapping[str, Row]] = {"optimizer": OPTIMIZERS, "loss": LOSSES, "schedule": SCHEDULES}
TITLES: Mapping[str, Text] = {"optimizer": Text("Optimizer"), "loss": Text("Loss"), "schedule": Text("Schedule")}
TRAIN_CODEC: Codec[TrainConfig] = Codec(TrainConfig, Text("Training"), {**CATALOGUES, **SETTINGS}, TITLES)


@dataclass(frozen=True, slots=True)
class Source:
    """The finished run from whose weights another training begins: its id, its test accuracy from 0 to 1, and the
    epochs that these weights were trained for, in all the runs before; and what is done to them first. The first
    `frozen` layers stay as they are; with a new `head`, the layer that gives the scores begins with weights of its own:
    the classes are others (transfer learning). `taught` are digits that a visitor drew; they come before the pictures
    of the data set."""

    run: str
    accuracy: float
    epochs: int
    surgery: Surgery | None = None
    frozen: int = 0
    head: bool = False
    taught: OwnDigits | None = None
    keep: bool = False

    @property
    def is_transfer(self) -> bool:
        """Whether something else is learned than before, or not by all layers."""
        return self.head or self.frozen > 0 or self.taught is not None

    @property
    def taught_images(self) -> int:
        """How many pictures an epoch has of a visitor's own digits."""
        return TAUGHT_AGAIN * len(self.taught.taught) if self.taught else 0


def read_run_id(value: object) -> str:
    """Read the id of the run that a job builds on. Raises SpecError."""
    if not isinstance(value, str) or not _RUN_ID.fullmatch(value):
        raise SpecError(Text("The run does not say which one it builds on."), Text("Give the id of that run."))
    return value


FROZEN = integer(
    0,
    0,
    limits().layers,
    Text("Frozen layers"),
    Text("So many layers, from the first one on, keep their weights; the others learn."),
    advanced=True,
)
SURGERY = Part(
    lambda data: None if data is None else surgery_from_data(data),
    lambda surgery: None if surgery is None else surgery_to_data(surgery),
)
TAUGHT = Part(
    lambda data: None if data is None else own_digits_from_data(data),
    lambda digits: None if digits is None else own_digits_to_data(digits),
    advanced=True,
)
SOURCE_CODEC: Codec[Source] = Codec(
    Source,
    Text("The run before"),
    {
        "run": Part(read_run_id),
        "accuracy": real(0.0, 0.0, 1.0, Text("Test accuracy"), Text("Share of the test pictures it read.")),
        "epochs": integer(1, 1, MOST_EPOCHS, Text("Epochs"), Text("Passes over the training pictures.")),
        "surgery": SURGERY,
        "frozen": FROZEN,
        "head": flag(False, Text("New head"), Text("The layer that gives the scores begins anew."), advanced=True),
        "taught": TAUGHT,
        "keep": flag(False, Text("Keep it so"), Text("No step is taken: it is tested and kept."), advanced=True),
    },
)
SOURCE = Part(
    lambda data: None if data is None else SOURCE_CODEC.from_json(data),
    lambda source: None if source is None else SOURCE_CODEC.to_json(source),
)
