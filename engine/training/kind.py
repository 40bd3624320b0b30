"""The row of the kind "classifier": a network that learns to read pictures; how long that takes. No torch."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from engine.catalogue.codec import Codec
from engine.catalogue.params import SpecError, real
from engine.data.found import check_data, check_owner, load_data, tested
from engine.data.sets import most_frozen
from engine.kind import Kind, Result
from engine.network.load import (
    AUGMENT_SECONDS,
    CHUNK,
    FLOAT_BYTES,
    FORWARD,
    OWN_BYTES,
    WEIGHT_BYTES,
    WORTH_ALL_CORES_SECONDS,
    Load,
    check_batches,
    overhead_seconds,
    picture_bytes,
    picture_seconds,
    update_seconds,
)
from engine.network.spec import INPUT_SHAPE, NETWORK, NetworkSpec, Plan, plan
from engine.network.surgery import Surgery
from engine.text import Text
from engine.training.config import MOST_EPOCHS, SOURCE, TRAIN_CODEC, Source, TrainConfig
from engine.training.events import CLASSIFIER_EVENTS, EpochDone
from engine.training.range_test import is_range_test

if TYPE_CHECKING:
    from engine.training.streams import BuiltJob, State

LR = "lr"
GATHERED = 3 * 256  # pictures in memory at once: as they are stored, as numbers, and changed
EXAMPLE = "example"  # the id of its recorded run
LIVE = {LR: real(1e-3, 1e-9, 100.0, Text("Learning rate"), Text("How far each step goes."), log=True)}


@dataclass(frozen=True, slots=True)
class Classification:
    """A network that learns to read pictures, and how. With a `source`, it goes on from the weights of that run; the
    optimizer and the schedule start anew."""

    network: NetworkSpec
    config: TrainConfig
    source: Source | None = None

    @property
    def epochs(self) -> int:
        """Those of the runs before, too."""
        own = 0 if self.source and self.source.keep else self.config.epochs
        return own + (self.source.epochs if self.source and not self.source.is_transfer else 0)

    @property
    def in_one_go(self) -> TrainConfig:
        """The settings that train as many epochs from the first weights on, for programs that have no others."""
        return replace(self.config, epochs=self.epochs)


def go_on(
    job: Classification,
    run_id: str,
    accuracy: float,
    lr: float,
    epochs: int,
    surgery: Surgery | None = None,
    keep: bool = False,
) -> Classification:
    """The job that trains `epochs` more from the weights of the finished run `run_id`, at its newest learning rate, and
    after `surgery` where there is some; with `keep` it takes no step, and its network is that one. The next seed gives
    the pictures another order; the validation pictures stay the same."""
    config = replace(
        job.config, epochs=epochs, seed=(job.config.seed + 1) % 2**31, optimizer=job.config.optimizer.but(lr=lr)
    )
    frozen, taught = (job.source.frozen, job.source.taught) if job.source else (0, None)
    return Classification(
        job.network, config, Source(run_id, accuracy, job.epochs, surgery, frozen, taught=taught, keep=keep)
    )


def load_of_training(network: Plan, config: TrainConfig) -> Load:
    augmented = _augment_seconds(network, config)
    copies = bool(config.ema) + (
        config.patience > 0 or is_range_test(config)
    )  # of all weights, each in a checkpoint too
    pictures = min(config.step_images, config.train_images)
    return Load(
        network.parameters,
        pictures,
        overhead_seconds(network) + update_seconds(network, config.optimizer.kind),
        picture_seconds(network) + augmented,
        OWN_BYTES + _gathered_bytes(network) + (WEIGHT_BYTES + 2 * FLOAT_BYTES * copies) * network.parameters,
        round(picture_bytes(network.activations) * min(config.batch_size, pictures) / pictures),
        network.multiply_adds,
        FORWARD * CHUNK * picture_seconds(network),
    )


def _size(network: Plan) -> float:
    """How many times as large as a digit its pictures are, at least once."""
    return max(1.0, math.prod(network.network.input_shape) / math.prod(INPUT_SHAPE))


def _gathered_bytes(network: Plan) -> int:
    """What the pictures that are gathered at once take beyond so many digits."""
    return GATHERED * FLOAT_BYTES * max(0, math.prod(network.network.input_shape) - math.prod(INPUT_SHAPE))


def _augment_seconds(network: Plan, config: TrainConfig) -> float:
    """The time that the random changes of a picture take."""
    return AUGMENT_SECONDS * _size(network) if config.augmentation else 0.0


def samples_done(config: TrainConfig, step: int) -> int:
    """Count the pictures trained on after `step` updates, with the shorter last batch of each epoch."""
    epochs, steps = divmod(step, config.steps_per_epoch)
    return epochs * config.train_images + steps * config.step_images


def estimate_seconds(network: Plan, config: TrainConfig, speed: float = 1.0) -> float:
    """Estimate the whole run with its evaluations, on a machine `speed` times as fast as the one measured."""
    test = FORWARD * tested(network.network) * picture_seconds(network) / speed
    return config.epochs * estimate_epoch(network, config, speed) + test


def estimate_epoch(network: Plan, config: TrainConfig, speed: float = 1.0) -> float:
    """Estimate one epoch and its evaluation in seconds."""
    read = FORWARD * config.validation_images * picture_seconds(network)
    return (_epoch_seconds(network, config) + read) / speed


def measure_speed(runs: Iterable[tuple[Plan, TrainConfig, float]]) -> float:
    """Measure this machine's speed from runs with their pictures per second: the median of their speeds; 1 without
    any."""
    measured = [rate * _epoch_seconds(network, config) / config.train_images for network, config, rate in runs]
    return median(measured) if measured else 1.0


def _epoch_seconds(network: Plan, config: TrainConfig) -> float:
    a_step = overhead_seconds(network) + update_seconds(network, config.optimizer.kind)
    augmented = _augment_seconds(network, config)
    return config.steps_per_epoch * a_step + config.train_images * (picture_seconds(network) + augmented)


def with_lr(job: Classification, name: str, value: float) -> Classification:
    return replace(job, config=replace(job.config, optimizer=job.config.optimizer.but(lr=value)))


def _begin(job: Classification, source: bytes | None, resume: "State | None") -> "BuiltJob":
    from engine.network.build import best_device, build
    from engine.network.operate import operate
    from engine.training.saving import tensors_of, weights_bytes
    from engine.training.streams import BuiltJob, Controls
    from engine.training.train import train
    from engine.training.transfer import begin_with, freeze, with_own_digits

    config, controls = job.config, Controls()
    if job.source and job.source.keep:
        config = replace(config, epochs=0)
    if job.source and source is None:
        raise SpecError(Text("The run that this one goes on from has no weights."), Text("Train it again."))
    model = build(plan(job.network), config.seed)
    if job.source and source:
        begin_with(model, job.network, tensors_of(source), job.source.head)
    if job.source and job.source.surgery and resume is None:
        operate(model, job.source.surgery)
    freeze(model, job.source.frozen if job.source else 0)
    model = model.to(best_device())
    data = with_own_digits(load_data(job.network), job.source, config.images)
    stream = train(model, config, data, controls, resume)
    all_cores = config.cores == "all" and _load(job).step_seconds >= WORTH_ALL_CORES_SECONDS
    return BuiltJob(
        stream, controls, config.steps, lambda step: samples_done(config, step), lambda: weights_bytes(model), all_cores
    )


def _check(job: Classification) -> None:
    if job.config.patience and not job.config.validation_images:
        what = Text("Early stopping watches the validation loss, but no picture is held back to validate on.")
        raise SpecError(what, Text("Set a validation share above 0, or the patience to 0."))
    if job.config.target and not job.config.validation_images:
        what = Text("It is to stop at a validation accuracy, but no picture is held back to validate on.")
        raise SpecError(what, Text("Set a validation share above 0, or the accuracy to 0."))
    fold, count = job.config.fold, job.config.folds
    if fold > count:
        what = Text("Fold {fold} is to be held back, but there are {count}.", fold=fold, count=count)
        raise SpecError(what, Text("Choose another fold, or a smaller validation share."))
    if job.source and job.source.frozen > most_frozen(job.network):
        what = Text("The layer that gives the scores is frozen, so nothing is left to learn.")
        raise SpecError(what, Text("Freeze fewer layers."))
    check_data(job.network, job.config)
    if job.source and job.source.taught:
        _check_taught(job.network, job.source, job.config)
    check_batches(plan(job.network), job.config.train_images, job.config.batch_size)
    if job.epochs > MOST_EPOCHS:
        what = Text("With the runs before, it would train for {epochs:,} epochs.", epochs=job.epochs)
        raise SpecError(what, Text("Stay within {most:,} epochs, or start anew.", most=MOST_EPOCHS))


def _check_taught(network: NetworkSpec, source: Source, config: TrainConfig) -> None:
    if not network.reads.is_digits or network.input_shape != INPUT_SHAPE:
        what = Text("This network does not read digits of 28 × 28 pixels.")
        raise SpecError(what, Text("Teach another one."))
    if source.taught_images > config.train_images:
        what = Text("There are more digits of your own than pictures to train on.")
        raise SpecError(what, Text("Use at least {count:,} pictures.", count=source.taught_images))


def _may(job: Classification, owner: str) -> None:
    check_owner(job.network, owner)


def _load(job: Classification) -> Load:
    return load_of_training(plan(job.network), job.config)


def _to_bytes(model: Any) -> bytes:
    from engine.training.saving import weights_bytes

    return weights_bytes(model)


def _from_bytes(job: Classification, content: bytes) -> Any:
    from engine.training.saving import model_from_bytes

    return model_from_bytes(job.network, content)


def _save(path: Path, job: Classification, model: Any, facts: Mapping[str, Any]) -> None:
    from engine.training.saving import save_model

    save_model(path, job.network, model, facts)


def _read(path: Path) -> Any:
    from engine.training.saving import load_model

    return load_model(path).model


CLASSIFIER = Kind(
    "classifier",
    Codec(Classification, Text("Training"), {"network": NETWORK, "config": TRAIN_CODEC, "source": SOURCE}),
    check=_check,
    load=_load,
    events=CLASSIFIER_EVENTS,
    begin=_begin,
    by_hand=("step", "slow"),
    slowly="slow",
    until={"epoch": EpochDone},
    live=LIVE,
    change=with_lr,
    needs=lambda job: job.source.run if job.source else None,
    may=_may,
    result=Result(_to_bytes, _from_bytes, _save, _read),
    example=(EXAMPLE, "models/example_run.json.gz"),
)
