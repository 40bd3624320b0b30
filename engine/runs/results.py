"""Trained networks of runs: as a host sends their weights, and as files in the data folder, one a finished run."""

import functools
from pathlib import Path

from torch import nn

from engine.catalogue.params import SpecError
from engine.files import data_folder
from engine.gan.checkpoint import gan_from_bytes, load_gan, save_gan
from engine.gan.config import GanSpec
from engine.gan.train import GanModels
from engine.kinds import Classification, Job, job_to_json
from engine.runs.info import RunInfo
from engine.training.checkpoint import load_model, model_from_bytes, save_model

Trained = nn.Sequential | GanModels


def result_path(run_id: str) -> Path:
    return data_folder() / "runs" / f"{run_id}.safetensors"


def leaves_weights(job: Job) -> bool:
    """Whether there is something to keep when it is over."""
    return isinstance(job, Classification | GanSpec)


def trained(job: Job, content: bytes) -> Trained:
    """The networks of `job`, in evaluation mode, with the weights its host sent. Raises SpecError when they misfit or
    are no longer finite."""
    match job:
        case Classification():
            return model_from_bytes(job.network, content)
        case GanSpec():
            return gan_from_bytes(job, content)
    raise TypeError(f"{type(job).__name__} leaves no weights")


def save_result(info: RunInfo, content: bytes) -> None:
    """Keep the final weights with the run's settings and figures. Raises OSError, or SpecError when they misfit."""
    networks = trained(info.job, content)
    facts = {"job": job_to_json(info.job), "finished": info.finished, "created": info.created}
    match info.job, networks:
        case Classification() as job, nn.Sequential():
            save_model(result_path(info.id), job.network, networks, facts)
        case GanSpec() as gan, GanModels():
            save_gan(result_path(info.id), gan, networks, facts)


def load_result(run_id: str, job: Job) -> Trained | None:
    """What a run known to be ours has learned, in evaluation mode; None when its file is gone or unusable."""
    return load_result_at(result_path(run_id), job)


def load_result_at(path: Path, job: Job) -> Trained | None:
    """The same for a file by its path."""
    if not leaves_weights(job):
        return None
    try:
        return _loaded(path, isinstance(job, GanSpec))
    except (OSError, SpecError):
        return None


@functools.lru_cache(maxsize=8)
def _loaded(path: Path, is_gan: bool) -> Trained:
    return load_gan(path).models if is_gan else load_model(path).model
