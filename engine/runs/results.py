"""Results of runs: trained networks as files in the data folder, one for each finished run."""

import functools
from pathlib import Path
from typing import Any

from engine.catalogue.params import SpecError
from engine.files import data_folder
from engine.kinds import KINDS, job_to_json, kind_of
from engine.runs.info import RunInfo


def result_path(run_id: str) -> Path:
    return data_folder() / "runs" / f"{run_id}.safetensors"


def save_result(info: RunInfo, content: bytes) -> None:
    """Save the final weights with the run's settings and figures. Raises OSError, or SpecError when they do not fit."""
    result = kind_of(info.job).result
    if result:
        facts = {"job": job_to_json(info.job), "finished": info.finished, "created": info.created}
        result.save(result_path(info.id), info.job, result.from_bytes(info.job, content), facts)


def load_result(run_id: str, kind: str) -> Any:
    """Load the networks of a run, in evaluation mode; None when there is no usable file, or such runs leave none."""
    return load_result_at(result_path(run_id), kind)


def load_result_at(path: Path, kind: str) -> Any:
    """Load them from a file by its path."""
    try:
        return _load(path, kind)
    except (OSError, SpecError):
        return None


@functools.lru_cache(maxsize=8)
def _load(path: Path, kind: str) -> Any:
    result = KINDS[kind].result
    return result.load(path) if result else None
