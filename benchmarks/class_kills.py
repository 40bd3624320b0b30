"""Training processes killed at random moments under many short runs: what is lost, and how soon it goes on."""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks.class_curves import Curve, is_once_each, seen_curve, short_job, stored_curve, undisturbed
from benchmarks.class_watchers import Seen, Watchers
from engine.runs.cluster.machine import HostInfo
from engine.runs.service import RunService
from engine.training.kind import Classification
from engine.training.presets import PRESETS

KINDS = ("mlp", "quick", "plane")
SEEDS = 3  # of each kind; their undisturbed curves are worked out once
OWNERS = 4
PATIENCE = 300.0
END_SECONDS = 5.0
PAUSE_SECONDS = 3.0  # between two kills at most


@dataclass(slots=True)
class Run:
    """One short run with its watcher."""

    run_id: str
    job: Any
    seen: Seen


@dataclass(slots=True)
class Kill:
    """A process killed at `at`: whose runs those were, and how long it took to be noticed. `seqs` are the numbers of
    their newest events then."""

    at: float
    noticed: float
    seqs: dict[str, int]


@dataclass(slots=True)
class Tally:
    """What came of it. Each list has ids of runs; none of them should have any."""

    runs: list[Run] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    unequal: list[str] = field(default_factory=list)

    def times(self) -> tuple[list[float], list[float]]:
        """Seconds from each kill until it was noticed, and until each run of the killed process went on, as its watcher
        saw it. A run that was not seen to go on before its end counts not at all."""
        seen = {run.run_id: run.seen for run in self.runs}
        went_on = [
            at - kill.at
            for kill in self.kills
            for run_id, seq in kill.seqs.items()
            if (at := seen[run_id].next_steps(seq)) is not None
        ]
        return [kill.noticed for kill in self.kills], went_on


def killing(service: RunService, kills: int, at_once: int, pause: float = PAUSE_SECONDS, seed: int = 0) -> Tally:
    """Keep `at_once` short runs going, kill hosts at random moments up to `pause` seconds apart, wait until all is
    over, and look at every run. All hosts are there again then."""
    chance, tally, watchers, hosts = random.Random(seed), Tally(), Watchers(service), _hosts(service)
    try:
        while len(tally.kills) < kills:
            _top_up(service, watchers, tally, at_once)
            time.sleep(chance.uniform(0.0, pause))
            tally.kills.append(kill_one(service, chance))
        wait_until(lambda: not _unfinished(service, tally) and _hosts(service) == hosts, PATIENCE)
    finally:
        for run in _unfinished(service, tally):
            service.control(run.run_id, _owner(tally.runs.index(run)), "stop")
        watchers.close(END_SECONDS)
    _look(service, tally)
    return tally


def kill_one(service: RunService, chance: random.Random) -> Kill:
    """kill -9 of one of the ordinary hosts; returns when that was noticed."""
    hosts: list[HostInfo] = []

    def there() -> bool:
        hosts[:] = [host for host in service.machine().hosts if not host.is_heavy]
        return bool(hosts)

    wait_until(there, PATIENCE)
    host = chance.choice(hosts)
    runs = [run.run_id for run in host.runs if run.status in ("starting", "running")]
    at = time.monotonic()
    os.kill(host.process, signal.SIGKILL)
    wait_until(lambda: all(h.process != host.process for h in service.machine().hosts), PATIENCE)
    noticed = time.monotonic() - at
    infos = [service.run(run_id) for run_id in runs]
    return Kill(at, noticed, {info.id: info.seq for info in infos if info and not info.is_over})


def kill_under_many(service: RunService, runs: int, times: int) -> tuple[list[float], list[float]]:
    """Kill one of two hosts that carry `runs` between them, `times` times, each after all have gone on. As
    `Tally.times`."""
    job, chance = Classification(PRESETS["mlp"].network, replace(PRESETS["mlp"].config, epochs=100)), random.Random(1)
    watchers, tally = Watchers(service), Tally()
    try:
        for number in range(runs):
            _start(service, watchers, tally, job, _owner(number))
        for _ in range(times):
            wait_until(lambda: _hosts(service) == 2 and all(run.seen.columns for run in tally.runs), PATIENCE)
            tally.kills.append(kill_one(service, chance))
            wait_until(lambda: len(tally.times()[1]) == sum(len(kill.seqs) for kill in tally.kills), PATIENCE)
    finally:
        for number, run in enumerate(tally.runs):
            service.control(run.run_id, _owner(number), "stop")
        watchers.close(END_SECONDS)
    return tally.times()


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    """Look a hundred times a second; give up after `seconds` without a word."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)


def _top_up(service: RunService, watchers: Watchers, tally: Tally, at_once: int) -> None:
    for _ in range(at_once - len(_unfinished(service, tally))):
        number = len(tally.runs)
        job = short_job(KINDS[number % len(KINDS)], number // len(KINDS) % SEEDS)
        _start(service, watchers, tally, job, _owner(number))


def _start(service: RunService, watchers: Watchers, tally: Tally, job: Any, owner: str) -> None:
    run_id = service.start(job, owner)
    tally.runs.append(Run(run_id, job, watchers.watch(run_id)))


def _owner(number: int) -> str:
    return f"student {number % OWNERS}"


def _hosts(service: RunService) -> int:
    return sum(not host.is_heavy for host in service.machine().hosts)


def _unfinished(service: RunService, tally: Tally) -> list[Run]:
    return [run for run in tally.runs if not (info := service.run(run.run_id)) or not info.is_over]


def _look(service: RunService, tally: Tally) -> None:
    """Compare what watchers saw and what the store has with a run that nobody disturbed."""
    for run in tally.runs:
        info = service.run(run.run_id)
        stored, is_whole = _stored(service, run.run_id)
        curves = (seen_curve(run.seen), stored)
        if info is None or info.status != "finished":
            tally.lost.append(run.run_id)
            continue
        if not all(is_once_each(curve) for curve in curves):
            tally.repeated.append(run.run_id)
        if run.seen.has_gaps or not is_whole:
            tally.gaps.append(run.run_id)
        if any(curve != undisturbed(run.job) for curve in curves):
            tally.unequal.append(run.run_id)


def _stored(service: RunService, run_id: str) -> tuple[Curve, bool]:
    """When the last of it has been written, which is a moment after it was told."""

    def now() -> tuple[Curve, bool]:
        info = service.run(run_id)
        return stored_curve(run_id, info.seq if info else 0)

    wait_until(lambda: now()[1], END_SECONDS)
    return now()
