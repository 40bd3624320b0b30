"""Events of runs: those that every kind shares, and those of a classifier. No torch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from engine.kind import Action, Sort
from engine.text import Text, as_plain


@dataclass(frozen=True, slots=True)
class Started:
    """First event of a run. `steps` counts the optimizer updates planned for all epochs."""

    parameters: int
    steps: int
    steps_per_epoch: int
    train_images: int
    validation_images: int
    device: str


@dataclass(frozen=True, slots=True)
class StepDone:
    """One optimizer update on one batch: its mean loss before the update (nats for cross-entropy), its share read
    correctly (0 to 1), and the learning rate used."""

    step: int
    epoch: int
    loss: float
    accuracy: float
    lr: float

    def __reduce__(self) -> tuple[type["StepDone"], tuple[float, ...]]:
        return StepDone, (self.step, self.epoch, self.loss, self.accuracy, self.lr)  # four times as fast as by itself


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step in slow motion, all of it measured; None stands for what is no number.

    Forward: the batch of `images`, the mean probability (0 to 1) that the right digits got, how many were read
    correctly. Loss: its mean over the batch, what it measures, what guessing gives. Backward: the norm of the gradient
    of each of the `layers` that have parameters. Update: how far each of them moved as a share of its norm; what the
    same batch gives then, with the same dropout."""

    step: int
    images: int
    share: float | None
    correct: int
    loss: float | None
    measure: Text
    chance: str
    layers: tuple[str, ...]
    gradients: tuple[float | None, ...]
    optimizer: str
    lr: float
    ratios: tuple[float | None, ...]
    loss_after: float | None
    share_after: float | None
    correct_after: int


@dataclass(frozen=True, slots=True)
class LayersMeasured:
    """What one step did in each layer; None stands for what is no number.

    Of each of the `layers` that have parameters the norm of its gradient, and how far its weights moved as a share of
    their norm. Of each of the layers `units` the share, 0 to 1, of its units that were at rest: a ReLU's that gave 0
    for the whole batch; or, of the outputs of a sigmoid or tanh, those at one of its ends."""

    step: int
    layers: tuple[str, ...]
    gradients: tuple[float | None, ...]
    ratios: tuple[float | None, ...]
    units: tuple[str, ...]
    resting: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Mean loss and accuracy on `images` validation pictures, after `step` updates. `whole`: on the whole set."""

    step: int
    epoch: int
    loss: float
    accuracy: float
    images: int
    whole: bool


@dataclass(frozen=True, slots=True)
class EpochDone:
    """One pass done: train figures are means over its steps, validation ones None without a validation set."""

    step: int
    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    train_seconds: float


@dataclass(frozen=True, slots=True)
class Clipped:
    """The share of the epoch's steps, 0 to 1, in which the gradient was longer than allowed and was clipped."""

    step: int
    epoch: int
    share: float


@dataclass(frozen=True, slots=True)
class WeightsRestored:
    """The training is over, and the weights of the epoch with the lowest validation loss are back. `early`: it ended
    because that was `patience` epochs ago."""

    step: int
    epoch: int
    best_epoch: int
    validation_loss: float
    patience: int
    early: bool


@dataclass(frozen=True, slots=True)
class TargetReached:
    """The training is over, because the validation `accuracy`, 0 to 1, is as high as was wanted."""

    step: int
    epoch: int
    accuracy: float


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """The visitor changed a live setting, such as the learning rate "lr"; it holds from the next step on."""

    step: int
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class FrameDrawn:
    """One picture of a run's film, number `frame` (they count from 1), after `step` steps and `seconds` of busy time.

    `content` is a file of `media_type`: an image of 280 x 280 with 100 digits, always from the same z and labels, by
    rows of a digit each where G is told the label; or JSON for a GAN in the plane. Messages leave it out; it is sent by
    itself.
    """

    step: int
    seconds: float
    frame: int
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Progress:
    """Added by the host, not by the stream: the throughput on the clock, other runs' turns included. For a GAN a step
    is a round, and the samples are the real ones in it."""

    step: int
    steps_per_second: float
    samples_per_second: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class OrderDone:
    """Added by the host before a step that was done by hand: `step` was done by the order `action`, not a plain
    "step"."""

    step: int
    action: Action


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Added by the host: running, paused, finished, diverged or failed."""

    status: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """Added by the service: the process that trained the run was lost, and it went on elsewhere after `step`. `why` is
    a sentence for people. The steps since the newest checkpoint are done again, and their events are not sent again."""

    step: int
    why: Text


@dataclass(frozen=True, slots=True)
class Diverged:
    """The loss became NaN or exploded; the run ended at `step`. `why` and `cure` are sentences for people."""

    step: int
    why: Text
    cure: Text


@dataclass(frozen=True, slots=True)
class Failed:
    """The run could not go on. `why` and `cure` are sentences for people."""

    why: Text
    cure: Text


@dataclass(frozen=True, slots=True)
class Finished:
    """Last event of a run that trained: figures on the test set, used here once. `confusion[true][read]` counts
    pictures; `train_seconds` is busy time; `stopped` when the visitor ended it early."""

    step: int
    epoch: int
    test_loss: float
    test_accuracy: float
    confusion: tuple[tuple[int, ...], ...]
    parameters: int
    samples_per_second: float
    train_seconds: float
    stopped: bool


Event = Any
"""A frozen dataclass out of the events of some kind of run, or out of those that every kind has."""

COMMON_EVENTS: Mapping[type[Any], Sort] = {
    SettingChanged: "change",
    FrameDrawn: "frame",
    Progress: "newest",
    OrderDone: "order",
    StatusChanged: "note",
    Recovered: "note",
    Diverged: "failure",
    Failed: "failure",
}
CLASSIFIER_EVENTS: Mapping[type[Any], Sort] = {
    Started: "note",
    StepDone: "step",
    StepShown: "newest",
    LayersMeasured: "note",
    Evaluated: "note",
    EpochDone: "note",
    Clipped: "note",
    WeightsRestored: "note",
    TargetReached: "note",
    Finished: "result",
}


def name_of(event: type[Any]) -> str:
    """The name by which events of a class are sent: `EpochDone` -> `epoch_done`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event.__name__).lower()


def as_json(event: Event) -> dict[str, Any]:
    """`{"event": "epoch_done", ...}` with every field but bytes, which travel apart."""
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    told = {name: as_plain(value) for name, value in values.items() if not isinstance(value, bytes)}
    return {"event": name_of(type(event)), **told}
