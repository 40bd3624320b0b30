"""A school year in the store and the data folder: thousands of runs with their curves, films and trained networks."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.files import data_folder
from engine.gan.recipes import RECIPES
from engine.kinds import kind_of
from engine.plane.config import PlaneGan
from engine.runs.event_log import EventBatch
from engine.runs.info import RunInfo
from engine.runs.results import result_path
from engine.runs.store.rows import Frame
from engine.runs.store.store import Store
from engine.training.events import Finished, FrameDrawn, StepDone, as_json
from engine.training.kind import Classification
from engine.training.presets import PRESETS

OWNERS = 2  # half of all runs are of one: the worst case for a list of an owner's
DAYS = 500
STEPS, BATCHES = 200, 3
FRAMES, FRAME_BYTES = 60, 3000
RESULT_BYTES = 20_000  # a fifth to a fiftieth of real ones
TOGETHER = 50  # runs in one transaction


def fill(store: Store, runs: int, films: int) -> None:
    """Store so many runs, the oldest DAYS ago, `films` of them with a film."""
    result_path("any").parent.mkdir(exist_ok=True)
    every = runs // films
    for numbers in _parts(range(runs), TOGETHER):
        infos = [a_run(number, runs, number % every == 0) for number in numbers]
        frames = (frame for info in infos if info.kind == "gan" for frame in _film(info.id))
        if not store.write(infos, [], [batch for info in infos for batch in _curve(info.id)], frames):
            raise RuntimeError(str(store.trouble))
        for info in infos:
            result_path(info.id).write_bytes(os.urandom(RESULT_BYTES))


def a_run(number: int, runs: int, has_film: bool) -> RunInfo:
    """Number `number` of all, the first one the oldest."""
    job, steps = _job(number, has_film), STEPS * BATCHES
    confusion = tuple(tuple(range(10)) for _ in range(10))
    finished = as_json(Finished(steps, 3, 0.1, 0.97, confusion, 101_770, 5000.0, 10.0, False))
    created = time.time() - 86_400 * DAYS * (1 - number / runs)
    kind = kind_of(job)
    name, parameters = kind.title(job), kind.parameters(job)
    return RunInfo(
        f"run-{number}",
        f"owner-{number // 7 % OWNERS}",
        created,
        name,
        job,
        "finished",
        steps,
        finished,
        parameters,
        steps,
        (("lr", 1, 0.01),),
    )


def folder_mb() -> float:
    """What the files of the data folder take."""
    return sum(path.stat().st_size for path in files_of(data_folder())) / 1e6


def files_of(folder: Path) -> list[Path]:
    return [Path(at, name) for at, _, names in os.walk(folder) for name in names]


def _job(number: int, has_film: bool) -> Any:
    if has_film:
        return RECIPES["conditional"].gan
    if number % 10 == 1:
        return PlaneGan()
    preset = list(PRESETS.values())[number % len(PRESETS)]
    return Classification(preset.network, replace(preset.config, seed=number))


def _curve(run_id: str) -> Iterator[EventBatch]:
    for first in range(1, STEPS * BATCHES, STEPS):
        steps = [StepDone(step, 1, 1.234567 / step, 0.001, 0.876543) for step in range(first, first + STEPS)]
        yield EventBatch(run_id, first, tuple(steps))


def _film(run_id: str) -> Iterator[Frame]:
    for number in range(1, FRAMES + 1):
        yield Frame(run_id, FrameDrawn(10 * number, number / 4, number, "image/png", os.urandom(FRAME_BYTES)))


def _parts(numbers: range, size: int) -> Iterator[range]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))
