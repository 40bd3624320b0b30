"""The same seed alone, in the middle of a class and after its training process was killed: one curve."""

import random
from typing import Any

from benchmarks.class_curves import is_once_each, seen_curve, short_job, undisturbed
from benchmarks.class_kills import KINDS, PATIENCE, kill_one, wait_until
from benchmarks.class_watchers import Seen, Watchers
from engine.runs.service import RunService

CLASS = 30
SEED = 7


def unlike(service: RunService) -> dict[str, list[str]]:
    """Which kinds of run had another curve than the stream alone: alone in the service, among others, after a kill."""
    jobs = {kind: short_job(kind, SEED) for kind in KINDS}
    return {
        "alone": [kind for kind, job in jobs.items() if not _same([job], service, kills=False)[0]],
        "among 30": _kinds(jobs, service, kills=False),
        "after a kill": _kinds(jobs, service, kills=True),
    }


def _kinds(jobs: dict[str, Any], service: RunService, kills: bool) -> list[str]:
    crowd = [short_job(KINDS[n % len(KINDS)], n) for n in range(CLASS - len(jobs))]
    same = _same([*jobs.values(), *crowd], service, kills)
    return [kind for kind, is_same in zip(jobs, same, strict=False) if not is_same]


def _same(jobs: list[Any], service: RunService, kills: bool) -> list[bool]:
    """Of each job, begun together, whether its curve is that of the stream alone; of the first few, to be quick."""
    watchers = Watchers(service)
    runs = [service.start(job, f"student {n}") for n, job in enumerate(jobs)]
    seen = [watchers.watch(run_id) for run_id in runs]
    if kills:
        wait_until(lambda: all(_is_under_way(one) for one in seen[: len(KINDS)]), PATIENCE)
        kill_one(service, random.Random(SEED))
    wait_until(lambda: all((info := service.run(run_id)) and info.is_over for run_id in runs), PATIENCE)
    watchers.close(PATIENCE)
    curves = [seen_curve(one) for one in seen[: len(KINDS)]]
    return [curve == undisturbed(job) and is_once_each(curve) for curve, job in zip(curves, jobs, strict=False)]


def _is_under_way(seen: Seen) -> bool:
    return len(seen.columns.get("step", ())) > 30
