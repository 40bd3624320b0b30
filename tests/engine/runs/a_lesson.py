"""A server's service in a process of its own, for tests that put it on another machine: says what happens as JSON lines
and does what lines on its input ask."""

import contextlib
import json
import sys
import threading
import time
from dataclasses import replace
from typing import Any

from engine.runs.service import RunService
from engine.training.kind import Classification
from engine.training.presets import PRESETS

OWNER = "teacher"
LOOK_SECONDS = 0.2
MLP = PRESETS["mlp"]
LONG = replace(MLP.config, epochs=100)


def main() -> None:
    service = RunService()
    service.begin()
    runs: list[str] = []
    asked: list[str] = []
    threading.Thread(target=lambda: asked.extend(map(str.strip, sys.stdin)), daemon=True).start()
    try:
        while True:
            while asked:
                match asked.pop(0):
                    case "start":
                        runs.append(service.start(Classification(MLP.network, replace(LONG, seed=len(runs))), OWNER))
                    case "stop":
                        for run_id in runs:
                            service.control(run_id, OWNER, "stop")
            say(seen(service, runs))
            if runs and all((info := service.run(run_id)) and info.is_over for run_id in runs):
                return say({"histories": [service.history(run_id) for run_id in runs]})
            time.sleep(LOOK_SECONDS)
    finally:
        service.close()


def seen(service: RunService, runs: list[str]) -> dict[str, Any]:
    """Which machine has which runs now, and how far each has come."""
    hosts = service.machine().hosts
    places = {host.machine: [runs.index(run.run_id) for run in host.runs if run.run_id in runs] for host in hosts}
    return {"places": places, "events": [info.seq for run_id in runs if (info := service.run(run_id))]}


def say(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
