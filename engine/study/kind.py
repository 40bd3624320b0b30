"""The row of the kind "study": do the pictures of a GAN help a classifier? No torch."""

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.catalogue.params import SpecError
from engine.kind import Kind
from engine.network.load import CHUNK, FLOAT_BYTES, FORWARD, Load, check_batches, picture_seconds
from engine.network.spec import plan
from engine.study.config import STUDY_CODEC, Study, check_study
from engine.study.events import STUDY_EVENTS
from engine.text import Text
from engine.training.kind import load_of_training

if TYPE_CHECKING:
    from engine.training.streams import BuiltJob, State

PIXELS = 28 * 28
COPIES = 4  # of its pictures: real, generated, and either mixed or repeated


def load_of_study(study: Study) -> Load:
    """The load of one training; the trainings follow one another, and the GAN generates pictures in parts."""
    training, generator = load_of_training(plan(study.network), study.training(study.seed)), plan(study.gan.generator)
    drawing = FORWARD * CHUNK * picture_seconds(generator)
    own = COPIES * PIXELS * study.pictures + FLOAT_BYTES * generator.parameters
    return replace(training, memory=training.memory + own, chunk_seconds=max(training.chunk_seconds, drawing))


def _check(study: Study) -> None:
    check_study(study)
    config = study.training(study.seed)
    check_batches(plan(study.network), config.train_images, config.batch_size)


def _begin(study: Study, source: bytes | None, resume: "State | None") -> "BuiltJob":
    from engine.data.mnist import load_mnist
    from engine.gan.saving import gan_from_bytes
    from engine.network.build import best_device
    from engine.study.train import run_study
    from engine.training.streams import BuiltJob, Controls

    if source is None:
        raise SpecError(Text("The GAN to be studied has no weights."), Text("Train it, then study it."))
    models, controls = gan_from_bytes(study.gan, source), Controls()
    return BuiltJob(run_study(study, models.maker.to(best_device()), load_mnist(), controls, resume), controls)


STUDY = Kind(
    "study",
    STUDY_CODEC,
    check=_check,
    load=load_of_study,
    title=lambda study: str(study.gan.name),
    events=STUDY_EVENTS,
    begin=_begin,
    by_hand=(),
    needs=lambda study: str(study.gan_run),
)
