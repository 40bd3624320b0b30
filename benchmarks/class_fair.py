"""Two visitors on one core, one with a single run and one with ten: does each get half?"""

import time
from collections.abc import Iterable
from dataclasses import replace

from engine.runs.service import RunService
from engine.training.kind import Classification
from engine.training.presets import PRESETS

PATIENCE = 60.0


def share_of_one(service: RunService, seconds: float) -> float:
    """The part of all steps that go to an owner with one run, over `seconds`, beside an owner with ten. `service` has
    one ordinary host and nothing else to do."""
    job = Classification(PRESETS["mlp"].network, replace(PRESETS["mlp"].config, epochs=100))
    owners = ["one", *["many"] * 10]
    runs = {service.start(job, owner): owner for owner in owners}
    try:
        _wait_for_steps(service, runs)
        before = {run_id: steps_of(service, run_id) for run_id in runs}
        time.sleep(seconds)
        done = {run_id: steps_of(service, run_id) - before[run_id] for run_id in runs}
        must_go_on(service, runs)
    finally:
        for run_id, owner in runs.items():
            service.control(run_id, owner, "stop")
    return sum(done[run_id] for run_id, owner in runs.items() if owner == "one") / sum(done.values())


def must_go_on(service: RunService, runs: Iterable[str]) -> None:
    """Raise RuntimeError where a run is over: what was measured beside it means nothing then."""
    over = [run_id for run_id in runs if (info := service.run(run_id)) is None or info.is_over]
    if over:
        raise RuntimeError(f"{len(over)} runs ended while they were measured. Measure for a shorter time.")


def steps_of(service: RunService, run_id: str) -> int:
    """The newest step that a run has told of."""
    steps: list[int] = service.history(run_id).get("steps", {}).get("step", [0])
    return steps[-1]


def _wait_for_steps(service: RunService, runs: dict[str, str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not all(steps_of(service, run_id) for run_id in runs):
        if time.monotonic() > deadline:
            raise TimeoutError("the runs do not train")
        time.sleep(0.05)
