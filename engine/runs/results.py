"""Trained models of finished runs: safetensors files in the data folder, one a run."""

import functools
from pathlib import Path

from torch import nn

from engine.checkpoint import load_model, model_from_bytes, save_model
from engine.config import config_to_json
from engine.files import data_folder
from engine.params import SpecError
from engine.runs.info import RunInfo


def result_path(run_id: str) -> Path:
    return data_folder() / "runs" / f"{run_id}.safetensors"


def save_result(info: RunInfo, weights: bytes) -> None:
    """Keep the final `weights` with the run's settings and figures. Raises OSError, or SpecError when they misfit."""
    model = model_from_bytes(info.network, weights)
    facts = {"config": config_to_json(info.config), "finished": info.finished, "created": info.created}
    save_model(result_path(info.id), info.network, model, facts)


def load_result(run_id: str) -> nn.Sequential | None:
    """The trained model of a run known to be ours, in evaluation mode; None when its file is gone or unusable."""
    try:
        return _loaded(result_path(run_id))
    except (OSError, SpecError):
        return None


@functools.lru_cache(maxsize=8)
def _loaded(path: Path) -> nn.Sequential:
    return load_model(path).model.eval()
