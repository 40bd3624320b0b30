"""Two GANs and five classifiers at once on this machine: does any of them wait, and does the server still answer?

python benchmarks/side_by_side.py [--gans 2] [--classifiers 5] [--seconds 20]
"""

import argparse
import asyncio
import itertools
import os
import sys
import tempfile
import time
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.class_fair import must_go_on
from engine.gan.recipes import RECIPES
from engine.runs.service import RunService
from engine.training.kind import Classification
from engine.training.presets import PRESETS

KINDS = ("quick", "cnn", "lenet5", "mlp", "cnn3")


@dataclass(slots=True)
class Watched:
    """When the points of one run arrived, in seconds after all runs were started."""

    name: str
    times: list[float] = field(default_factory=list)
    steps: int = 0

    def line(self, seconds: float) -> str:
        marks = [*self.times, seconds]
        gap = max(b - a for a, b in itertools.pairwise(marks))
        return f"{self.name:<12} {self.steps:>6,} steps, first point {marks[0]:.2f} s, longest wait {gap:.2f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gans", type=int, default=2)
    parser.add_argument("--classifiers", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["PLAYGROUND_DATA"] = folder
        service = RunService()
        service.begin()
        service.wait_ready(120)
        try:
            asyncio.run(measure(service, options))
        finally:
            service.close()


async def measure(service: RunService, options: argparse.Namespace) -> None:
    gan = RECIPES["conditional"].gan  # all of them go on for longer than is measured, however fast the machine is
    long = replace(gan, config=replace(gan.config, steps=100_000))
    jobs: list[tuple[str, Any]] = [("gan", long)] * options.gans
    names = [KINDS[i % len(KINDS)] for i in range(options.classifiers)]
    jobs += [(name, Classification(PRESETS[name].network, replace(PRESETS[name].config, epochs=100))) for name in names]
    began = time.monotonic()
    runs = {service.start(job, f"visitor {i}"): Watched(name) for i, (name, job) in enumerate(jobs)}
    waits = []
    tasks = [asyncio.create_task(watch(service, run_id, watched, began)) for run_id, watched in runs.items()]
    while time.monotonic() - began < options.seconds:
        asked = time.perf_counter()
        await asyncio.to_thread(service.runs)
        waits.append(time.perf_counter() - asked)
        await asyncio.sleep(0.1)
    seconds = time.monotonic() - began
    must_go_on(service, runs)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for watched in runs.values():
        print(watched.line(seconds))
    waits.sort()
    print(f"list of runs: median {1000 * waits[len(waits) // 2]:.0f} ms, slowest {1000 * waits[-1]:.0f} ms")


async def watch(service: RunService, run_id: str, watched: Watched, began: float) -> None:
    async with aclosing(service.watch(run_id)) as messages:
        async for message in messages:
            steps = message.get("steps", {}).get("step")
            if steps:
                watched.times.append(time.monotonic() - began)
                watched.steps = steps[-1]


if __name__ == "__main__":
    main()
