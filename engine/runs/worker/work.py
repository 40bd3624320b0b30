"""What each kind of job is inside a host: its stream, what steers that, its pace, and the weights it has so far."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist
from engine.gan.checkpoint import gan_bytes, gan_from_bytes
from engine.gan.config import GanSpec
from engine.gan.train import GanControls, make_gan, train_gan
from engine.kinds import Classification, check_job, job_from_json, step_seconds_of
from engine.network.build import best_device, build
from engine.network.spec import plan
from engine.plane.config import PlaneGan
from engine.plane.train import train_plane
from engine.runs.worker.throughput import Pace, samples_done
from engine.study.config import Study
from engine.study.train import run_study
from engine.training.checkpoint import weights_bytes
from engine.training.streams import State, Stream
from engine.training.train import Controls, train

WORTH_SECONDS = 0.003  # of a step on one core: shorter ones are no faster with more


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A job on its way. `weights` gives them as safetensors, between two events. `uses_all_cores` where it asked for
    them and has steps large enough to be faster with them."""

    stream: Stream[Any]
    controls: Controls | GanControls
    pace: Pace | None = None
    weights: Callable[[], bytes] | None = None
    uses_all_cores: bool = False


def begin(job_json: Any, material: bytes | None, resume: State | None = None) -> Work:
    """Build what the job needs; nothing is trained yet. `material` are the weights of the GAN that a study is about,
    and `resume` is where a job goes on that was begun elsewhere. Raises SpecError."""
    job = job_from_json(job_json)
    check_job(job)
    match job:
        case Classification():
            return _classification(job, resume)
        case GanSpec():
            return _gan(job, resume)
        case PlaneGan():
            return _plane(job, resume)
        case Study():
            return _study(job, material, resume)


def _classification(job: Classification, resume: State | None) -> Work:
    config, controls = job.config, Controls()
    model = build(plan(job.network), config.seed).to(best_device())
    stream = train(model, config, load_mnist(), controls, resume)
    pace = Pace(config.steps, lambda step: samples_done(config, step))
    return Work(stream, controls, pace, lambda: weights_bytes(model), _is_worth_all_cores(job))


def _gan(gan: GanSpec, resume: State | None) -> Work:
    models, controls, data = make_gan(gan), GanControls(), load_mnist()
    stream = train_gan(models, gan, data.train_images, data.train_labels, controls, resume)
    a_round = gan.config.batch_size * max(gan.config.discriminator_steps, 1)
    pace = Pace(gan.config.steps, lambda step: step * a_round)
    return Work(stream, controls, pace, lambda: gan_bytes(models), _is_worth_all_cores(gan))


def _plane(plane: PlaneGan, resume: State | None) -> Work:
    controls, a_round = GanControls(), plane.batch_size * max(plane.discriminator_steps, 1)
    pace = Pace(plane.steps, lambda step: step * a_round)
    return Work(train_plane(plane, controls, resume=resume), controls, pace)


def _study(study: Study, material: bytes | None, resume: State | None) -> Work:
    if material is None:
        raise SpecError("The GAN to be studied has no weights.", "Train it, then study it.")
    models, controls = gan_from_bytes(study.gan, material), Controls()
    return Work(run_study(study, models.maker.to(best_device()), load_mnist(), controls, resume), controls)


def _is_worth_all_cores(job: Classification | GanSpec) -> bool:
    return job.config.cores == "all" and step_seconds_of(job) >= WORTH_SECONDS
