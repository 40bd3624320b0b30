"""What training streams report: one frozen dataclass per event, and their compact form on the wire. No torch."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

from engine.gan.events import GanEvent, GanFinished, GanStep
from engine.plane.events import PlaneFinished, PlaneStarted
from engine.study.events import StudyEvent, StudyFinished


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
class LrChanged:
    """The visitor changed the base learning rate; it holds from the next step on."""

    step: int
    lr: float


@dataclass(frozen=True, slots=True)
class Progress:
    """Added by the host, not by the stream: how fast it goes on the clock, other runs' turns included. For a GAN a step
    is a round, and the samples are the real ones in it."""

    step: int
    steps_per_second: float
    samples_per_second: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Added by the host: running, paused, finished, diverged or failed."""

    status: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """Added by the service: the process that trained the run was lost, and it went on elsewhere after `step`. `why` is
    a sentence for people. What was trained since the newest checkpoint is done again, and not told again."""

    step: int
    why: str


@dataclass(frozen=True, slots=True)
class Diverged:
    """The loss became NaN or exploded; the run ended at `step`. `why` and `cure` are sentences for people."""

    step: int
    why: str
    cure: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The run could not go on. `why` and `cure` are sentences for people."""

    why: str
    cure: str


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


TrainEvent = Started | StepDone | Evaluated | EpochDone | LrChanged | Diverged | Finished
Event = (
    TrainEvent | GanEvent | PlaneStarted | PlaneFinished | StudyEvent | Progress | StatusChanged | Recovered | Failed
)
STEPS = (StepDone, GanStep)  # told in columns; a run has steps of one kind only
RESULTS = (Finished, GanFinished, PlaneFinished, StudyFinished)
ENDS = (Diverged, Failed, *RESULTS)


def name_of(event: Event) -> str:
    """`EpochDone` -> `epoch_done`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def as_json(event: Event) -> dict[str, Any]:
    """`{"event": "epoch_done", ...}` with every field but bytes, which travel apart."""
    told = {name: value for name, value in asdict(event).items() if not isinstance(value, bytes)}
    return {"event": name_of(event), **told}


def pack(events: Iterable[Event], seq: int) -> dict[str, Any]:
    """Consecutive events as one message, `seq` being the sequence number of the last (they count from 1).

    Steps, by far the most, go in columns with six significant digits; the others keep their order in `events`.
    """
    steps: list[Event] = []
    others: list[dict[str, Any]] = []
    for event in events:
        if isinstance(event, STEPS):
            steps.append(event)
        else:
            others.append(as_json(event))
    message: dict[str, Any] = {"seq": seq, "events": others}
    if steps:
        message["steps"] = {f.name: [_short(getattr(step, f.name)) for step in steps] for f in fields(steps[0])}
    return message


def _short(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.6g}")
