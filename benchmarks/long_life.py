"""A school year with the playground: what it keeps, how soon that is listed, and what 200 runs in a row leave behind.

    python benchmarks/long_life.py
    python benchmarks/long_life.py --runs 1000 --films 100 --in-a-row 50

First a store is filled, listed as the pages do it, and pruned by age and by size while it is listed. Then short runs
train one after the other, and memory, handles, threads and files are compared before and after. All in a temporary
folder. Exits with 1 when a goal is missed.
"""

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent))

import psutil

from benchmarks.goals import told, told_none
from benchmarks.school_year import files_of, fill, folder_mb
from engine.files import data_folder
from engine.limits import limits
from engine.plane.config import PlaneGan
from engine.runs.info import RunInfo
from engine.runs.service import RunService
from engine.runs.store.checkpoints import SUFFIX
from engine.runs.store.database import LARGEST_JOURNAL
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from tests.engine.runs.gans import tiny

OWNER = "owner-0"
LISTS: dict[str, Callable[[RunService], list[RunInfo]]] = {
    "an owner's": lambda service: service.runs(OWNER),
    "an owner's classifiers": lambda service: service.runs(OWNER, kind="classifier"),
    "an owner's newest GAN": lambda service: service.runs(OWNER, limit=1, kind="gan"),
    "an owner's studies, of which there are none": lambda service: service.runs(OWNER, kind="study"),
    "everybody's": lambda service: service.runs(),
    "everybody's classifiers": lambda service: service.runs(limit=10, kind="classifier"),
    "everybody's studies, of which there are none": lambda service: service.runs(kind="study"),
}
JOBS = (
    *(
        Classification(PRESETS[name].network, replace(PRESETS[name].config, images=500, epochs=1))
        for name in ("quick", "mlp")
    ),
    PlaneGan(steps=100),
    tiny(),
)
TIMES = 20  # that each is listed
WORKERS = 1  # which trains all of them
WARM_RUNS, ROUNDS = 60, 5
SETTLE_SECONDS = 5.0
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Footprint:
    """Of the server, its processes and the data folder. Memory in MB by process, `own` without what it shares with
    others (USS). What a training process shares with the one it was forked from becomes its own as it is touched."""

    memory: dict[str, float]
    own: dict[str, float]
    handles: int
    threads: int
    files: int


def list_times(service: RunService) -> dict[str, list[float]]:
    """Milliseconds that each list took, each time."""
    times: dict[str, list[float]] = {name: [] for name in LISTS}
    for _ in range(TIMES):
        for name, ask in LISTS.items():
            begin = time.perf_counter()
            ask(service)
            times[name].append(1000 * (time.perf_counter() - begin))
    return times


def listed(service: RunService) -> list[bool]:
    return [told(f"list of {name}", statistics.median(times), "ms", 50) for name, times in list_times(service).items()]


def prune(service: RunService, gb: float) -> Iterator[bool]:
    """Prune by age, then by size to so many GB; meanwhile the lists are asked for."""
    for when, limit in (("by age", limits().data_gb), ("by size", gb)):
        os.environ["PLAYGROUND_MAX_DATA_GB"] = str(limit)
        limits.cache_clear()
        before, begin = folder_mb(), time.perf_counter()
        pruning = threading.Thread(target=service._pruner.prune)
        pruning.start()
        times = [list_times(service)]
        while pruning.is_alive():
            times.append(list_times(service))
        seconds, after = time.perf_counter() - begin, folder_mb()
        print(f"    {when}: {before:,.0f} MB before, {after:,.0f} MB after {seconds:.0f} s")
        medians = [statistics.median(values) for each in times for values in each.values()]
        yield told(f"slowest list meanwhile, {when}", max(medians), "ms", 50)
    yield told("data folder beyond its limit", folder_mb() - 1000 * gb, "MB", 1 + LARGEST_JOURNAL / 1e6)
    oldest = min(run.created for run in service.runs(limit=100_000))
    yield told("days of the oldest run", (time.time() - oldest) / 86_400, "", limits().run_days)


def footprint() -> Footprint:
    server = psutil.Process()
    processes = [server, *server.children(recursive=True)]
    names = ["server", *(f"process {number}" for number in range(1, len(processes)))]
    memory = {name: process.memory_full_info() for name, process in zip(names, processes, strict=True)}
    return Footprint(
        {name: sizes.rss / 1e6 for name, sizes in memory.items()},
        {name: sizes.uss / 1e6 for name, sizes in memory.items()},
        sum(process.num_fds() if hasattr(process, "num_fds") else process.num_handles() for process in processes),
        sum(process.num_threads() for process in processes),
        sum(not (path.parent.name == "runs" and path.suffix == SUFFIX) for path in files_of(data_folder())),
    )


def train_in_a_row(service: RunService, count: int) -> None:
    """Short runs of several kinds, each begun when the one before is stored."""
    for job in itertools.islice(itertools.cycle(JOBS), count):
        run_id, deadline = service.start(job, OWNER), time.monotonic() + PATIENCE
        while run_id in service._live and time.monotonic() < deadline:
            time.sleep(0.01)
        info = service.run(run_id)
        if info is None or info.status != "finished":
            raise RuntimeError(f"A run did not end as it should: {info}")


def train_and_look(service: RunService, count: int) -> Footprint:
    """The footprint after so many runs. Of memory the most that was seen in the last rounds of all kinds: a training
    process gives back what is free now and then."""
    train_in_a_row(service, max(count - ROUNDS * len(JOBS), 0))
    looks = []
    for _ in range(ROUNDS):
        train_in_a_row(service, len(JOBS))
        looks.append(footprint())
    time.sleep(SETTLE_SECONDS)
    looks.append(footprint())
    most = {name: max(look.memory.get(name, 0.0) for look in looks) for name in looks[-1].memory}
    return replace(looks[-1], memory=most)


def grown(before: Footprint, after: Footprint) -> Iterator[bool]:
    """What was left behind in between."""
    for name, memory in after.memory.items():
        was, own = before.memory.get(name, 0.0), before.own.get(name, 0.0)
        print(f"    {name}: {was:.1f} MB before ({own:.1f} of its own), {memory:.1f} MB after ({after.own[name]:.1f})")
    more = {name: memory - before.memory.get(name, 0.0) for name, memory in after.memory.items()}
    yield told("memory of the server, more than before", more.pop("server"), "MB", 10)
    yield told("memory of a training process, more than before", max(more.values()), "MB", 10)
    yield told_none("processes more than before", len(after.memory) - len(before.memory))
    yield told("open handles more than before", after.handles - before.handles, "", 5)
    yield told("threads more than before", after.threads - before.threads, "", 5)
    yield told_none("files that are no trained network, more than before", after.files - before.files)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5000, help="runs in the store (5,000)")
    parser.add_argument("--films", type=int, default=500, help="how many of them have a film (500)")
    parser.add_argument("--in-a-row", type=int, default=200, help="short runs that are trained (200)")
    options = parser.parse_args(arguments)
    met: list[bool] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["PLAYGROUND_DATA"] = folder
        service = RunService(WORKERS)
        fill(service._store, options.runs, options.films)
        print(f"    {options.runs:,} runs, {options.films:,} of them with a film: {folder_mb():,.0f} MB")
        met += listed(service)
        met += prune(service, gb=folder_mb() / 3000)
        service.begin()
        try:
            if not service.wait_ready(PATIENCE):
                raise RuntimeError("The training processes did not start.")
            before, begin = train_and_look(service, WARM_RUNS), time.perf_counter()
            after = train_and_look(service, options.in_a_row)
            print(f"    {options.in_a_row} runs in a row took {time.perf_counter() - begin:.0f} s")
            met += grown(before, after)
        finally:
            service.close()
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
