"""Makes the snapshot of the machine from the newest heartbeats."""

import os
import time
from collections.abc import Mapping

import psutil

from engine.limits import limits
from engine.runs.cluster.host import Host
from engine.runs.cluster.machine import HostedRun, HostInfo, Machine
from engine.runs.cluster.placement import Placement
from engine.runs.cluster.pool import HostPool
from engine.runs.live import LiveRun


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
        status=run.status,
        share=host.shares.get(run.id, 0.0) / whole if run.wants_to_train else 0.0,
        watchers=sum(watcher.looks for watcher in tuple(run.watchers)),
        step=run.replay.step,
        step_seconds=stats.step_seconds if stats else 0.0,
        waited=stats.waited if stats else 0.0,
    )
