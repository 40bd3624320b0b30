"""Whether the playground carries a lesson: a whole class on two cores, fairness, kills, the quiet app, a lone run.

    python benchmarks/classroom.py [class] [fair] [kills] [same] [idle] [alone] [--kills 200]

Prints each figure with its goal, and exits with 1 when one is missed. Without a part's name it does all of them. Times
depend on what else the machine does; shares, counts and curves do not.
"""

import argparse
import contextlib
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.class_alone import alone
from benchmarks.class_fair import share_of_one
from benchmarks.class_kills import kill_under_many, killing
from benchmarks.class_lesson import lesson
from benchmarks.class_quiet import idle
from benchmarks.class_same import unlike
from benchmarks.goals import told, told_none, told_range
from engine.runs.service import RunService

WARM_SECONDS = 120.0
FAIR_SECONDS = 20.0
AT_ONCE = 10  # short runs while hosts are killed
CLASS, CLASS_KILLS = 30, 3


def fair(_: int) -> list[bool]:
    with served(1) as service:
        share = share_of_one(service, FAIR_SECONDS)
    return [told_range("fair: steps of an owner with one run beside ten", share, "", 0.45, 0.55)]


def kills(count: int) -> list[bool]:
    with served(2) as service:
        noticed, went_on = kill_under_many(service, CLASS, CLASS_KILLS)
        met = [
            told("kills: noticed, with 15 runs on the host", max(noticed), "s", 1),
            told("kills: each run went on, with 15 on the host", max(went_on), "s", 5),
        ]
        tally = killing(service, count, AT_ONCE)
    noticed, went_on = tally.times()
    print(
        f"    {len(tally.kills)} kills under {len(tally.runs)} runs: noticed after {statistics.median(noticed):.2f} s, "
        f"gone on after {statistics.median(went_on):.2f} s (medians), at most {max(noticed):.2f} and {max(went_on):.2f}"
    )
    met.append(told_none("kills: runs lost", len(tally.lost)))
    met.append(told_none("kills: runs with a step twice or missing", len(tally.repeated)))
    met.append(told_none("kills: runs with a gap in their numbers", len(tally.gaps)))
    met.append(told_none("kills: runs with another curve than undisturbed", len(tally.unequal)))
    return met


def same(_: int) -> list[bool]:
    with served(2) as service:
        different = unlike(service)
    return [told_none(f"same: other curves {where}", len(kinds)) for where, kinds in different.items()]


def by_itself(_: int) -> list[bool]:
    with served(os.cpu_count() or 1) as service:
        return alone(service)


@contextlib.contextmanager
def served(workers: int) -> Iterator[RunService]:
    """A warm service of this process, with a data folder of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        os.environ["PLAYGROUND_DATA"] = name
        service = RunService(workers)
        service.begin()
        if not service.wait_ready(WARM_SECONDS):
            raise RuntimeError("The training processes did not start.")
        try:
            yield service
        finally:
            service.close()


PARTS: dict[str, Callable[[int], list[bool]]] = {
    "class": lambda _: lesson(),
    "fair": fair,
    "kills": kills,
    "same": same,
    "idle": lambda _: idle(),
    "alone": by_itself,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Whether the playground carries a lesson.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--kills", type=int, default=200, help="how many training processes are killed")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}: choose from {', '.join(PARTS)}")
    met = [goal for part in options.parts or PARTS for goal in PARTS[part](options.kills)]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
