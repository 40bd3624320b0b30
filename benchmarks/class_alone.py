"""A convolutional network that is alone on the machine, with all cores against one."""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

from benchmarks.class_fair import must_go_on, steps_of
from benchmarks.goals import told
from engine.runs.service import RunService
from engine.training.kind import Classification
from engine.training.presets import PRESETS

ROUNDS, SECONDS, WARM_STEPS = 3, 8.0, 10
OWNER = "student"


def alone(service: RunService) -> list[bool]:
    """Steps a second, in turns: noise falls on both alike."""
    ratios = [_speed(service, "all") / _speed(service, "one") for _ in range(ROUNDS)]
    return [told("alone: cnn with all cores / with one", statistics.median(ratios), "x", 1.4, at_least=True)]


def _speed(service: RunService, cores: str) -> float:
    preset = PRESETS["cnn"]
    run_id = service.start(Classification(preset.network, replace(preset.config, epochs=100, cores=cores)), OWNER)
    _wait(lambda: steps_of(service, run_id) > WARM_STEPS)
    before, began = steps_of(service, run_id), time.monotonic()
    time.sleep(SECONDS)
    speed = (steps_of(service, run_id) - before) / (time.monotonic() - began)
    must_go_on(service, [run_id])
    service.control(run_id, OWNER, "stop")
    _wait(lambda: bool((info := service.run(run_id)) and info.is_over))
    return speed


def _wait(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0.05)
