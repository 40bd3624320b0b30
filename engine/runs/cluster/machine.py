"""A snapshot of the machine for the Machine page: its hosts, their runs, and their waiting times."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

from engine.limits import limits
from engine.runs.cluster.host import Host
from engine.runs.cluster.placement import Placement
from engine.runs.cluster.pool import HostPool
from engine.runs.live import LiveRun
from engine.text import Text


@dataclass(frozen=True, slots=True)
class HostedRun:
    """One run on a host. `status` is "testing" while its last figures are worked out; `share` is the part of the host
    that it is given now (0 to 1), `pace` the steps a second that its visitor allows (0: as fast as it can), `watchers`
    how many look at it, `step_seconds` how long its steps take, `waited` the seconds since it last had its turn."""

    run_id: str
    name: Text | str
    kind: str
    owner: str
    status: str
    share: float
    pace: float
    watchers: int
    step: int
    step_seconds: float
    waited: float


@dataclass(frozen=True, slots=True)
class HostInfo:
    """One training process. `machine` is the name of its computer, empty for this one; `device` is cpu, cuda or mps;
    `threads` how many it computes with now; `memory` the bytes that its runs take and `memory_limit` what they may
    take; `cores` how many it has kept busy over the last second; `heard` seconds since its last sign of life. `trouble`
    is a sentence, or None."""

    name: str
    machine: str
    process: int
    is_heavy: bool
    device: str
    threads: int
    memory: int
    memory_limit: int
    cores: float
    heard: float
    trouble: Text | None
    runs: tuple[HostedRun, ...]


@dataclass(frozen=True, slots=True)
class Machine:
    """All hosts together. `cores` and `memory` (bytes) are those of the computers they run on; `waiting` names runs
    that no host has yet; `events_per_second` over the last few seconds; `unstored` events wait for the store; `lost`
    counts training processes lost since the start; `trouble` says why there are none, or is None."""

    cores: int
    memory: int
    hosts: tuple[HostInfo, ...]
    waiting: tuple[Text | str, ...]
    events_per_second: float
    unstored: int
    watchers: int
    lost: int
    trouble: Text | None

    @property
    def training(self) -> int:
        """Runs that train now, neither paused nor over."""
        return sum(run.status in ("starting", "running") for host in self.hosts for run in host.runs)


def machine_now(placement: Placement) -> Machine:
    """Take a snapshot. For any thread: nothing is changed."""
    hosts, live = placement.hosts, placement.live
    present = tuple(hosts.present)
    computers = {host.heartbeat.machine: host.heartbeat for host in present}
    return Machine(
        cores=sum(beat.machine_cores for beat in computers.values()) or os.cpu_count() or 1,
        memory=sum(beat.machine_memory for beat in computers.values()) or psutil.virtual_memory().total,
        hosts=tuple(_host(number, host, hosts, live) for number, host in enumerate(present, 1)),
        waiting=tuple(run.info().name for run in tuple(placement.waiting)),
        events_per_second=placement.throughput.now(),
        unstored=sum(max(run.events.seq - run.stored_seq, 0) for run in tuple(live.values())),
        watchers=sum(watcher.looks for run in tuple(live.values()) for watcher in tuple(run.watchers)),
        lost=hosts.lost,
        trouble=hosts.why_down.text if hosts.are_down else None,
    )


def _host(number: int, host: Host, hosts: HostPool, live: Mapping[str, LiveRun]) -> HostInfo:
    heartbeat = host.heartbeat
    runs = [live[run_id] for run_id in tuple(host.received) if run_id in live]
    whole = sum(host.shares.values()) or 1.0
    return HostInfo(
        name=str(number),
        machine="" if hosts.are_local else heartbeat.machine,
        process=host.process,
        is_heavy=host.is_heavy,
        device=heartbeat.device,
        threads=heartbeat.threads if host.received else 1,
        memory=heartbeat.memory,
        memory_limit=limits().host_memory,
        cores=host.cores,
        heard=time.monotonic() - host.heard,
        trouble=heartbeat.trouble,
        runs=tuple(_hosted(run, host, whole) for run in runs if not run.is_over),
    )


def _hosted(run: LiveRun, host: Host, whole: float) -> HostedRun:
    stats = host.heartbeat.runs.get(run.id)
    info = run.info()
    return HostedRun(
        run_id=run.id,
        name=info.name,
        kind=info.kind,
        owner=run.owner,
        status="testing" if run.is_testing else run.status,
        share=host.shares.get(run.id, 0.0) / whole if run.wants_to_train else 0.0,
        pace=info.pace,
        watchers=sum(watcher.looks for watcher in tuple(run.watchers)),
        step=run.replay.step,
        step_seconds=stats.step_seconds if stats else 0.0,
        waited=stats.waited if stats else 0.0,
    )
