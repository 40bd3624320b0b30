"""What each kind of job is inside a host: its stream, what steers that, its pace, and the weights it has so far."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.build import best_device, build
from engine.checkpoint import weights_bytes
from engine.data.mnist import load_mnist
from engine.events import Event
from engine.gan import GanControls, make_gan, train_gan
from engine.gan_checkpoint import gan_bytes, gan_from_bytes
from engine.gan_config import GanSpec
from engine.jobs import Classification, check_job, job_from_json
from engine.network import plan
from engine.params import SpecError
from engine.plane import train_plane
from engine.plane_config import PlaneGan
from engine.runs.pace import Pace, samples_done
from engine.study import run_study
from engine.study_config import Study
from engine.train import Controls, train


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A job on its way. `weights` gives them as safetensors, between two events."""

    stream: Iterator[Event | None]
    controls: Controls | GanControls
    pace: Pace | None = None
    weights: Callable[[], bytes] | None = None


def begin(job_json: Any, material: bytes | None) -> Work:
    """Build what the job needs; nothing is trained yet. `material` are the weights of the GAN that a study is about.
    Raises SpecError."""
    job = job_from_json(job_json)
    check_job(job)
    match job:
        case Classification():
            return _classification(job)
        case GanSpec():
            return _gan(job)
        case PlaneGan():
            return _plane(job)
        case Study():
            return _study(job, material)


def _classification(job: Classification) -> Work:
    config, controls = job.config, Controls()
    model = build(plan(job.network), config.seed).to(best_device())
    stream = train(model, config, load_mnist(), controls)
    pace = Pace(config.steps, lambda step: samples_done(config, step))
    return Work(stream, controls, pace, lambda: weights_bytes(model))


def _gan(gan: GanSpec) -> Work:
    models, controls, data = make_gan(gan), GanControls(), load_mnist()
    stream = train_gan(models, gan, data.train_images, data.train_labels, controls)
    a_round = gan.config.batch_size * max(gan.config.discriminator_steps, 1)
    return Work(stream, controls, Pace(gan.config.steps, lambda step: step * a_round), lambda: gan_bytes(models))


def _plane(plane: PlaneGan) -> Work:
    controls, a_round = GanControls(), plane.batch_size * max(plane.discriminator_steps, 1)
    pace = Pace(plane.steps, lambda step: step * a_round)
    return Work(train_plane(plane, controls), controls, pace)


def _study(study: Study, material: bytes | None) -> Work:
    if material is None:
        raise SpecError("The GAN to be studied has no weights.", "Train it, then study it.")
    models, controls = gan_from_bytes(study.gan, material), Controls()
    return Work(run_study(study, models.maker.to(best_device()), load_mnist(), controls), controls)
