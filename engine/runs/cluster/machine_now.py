"""Fills the picture of the machine from what the hosts last told."""

import os
import time
from collections.abc import Mapping

import psutil

from engine.limits import limits
from engine.runs.cluster.machine import Carried, HostInfo, Machine
from engine.runs.cluster.placement import Fleet
from engine.runs.cluster.workers import Host, Hosts
from engine.runs.live import LiveRun


def machine_now(fleet: Fleet) -> Machine:
    """For any thread: everything here is only looked at."""
    hosts, live = fleet.hosts, fleet.live
    present = tuple(hosts.present)
    computers = {host.pulse.machine: host.pulse for host in present if host.pulse}
    return Machine(
        cores=sum(pulse.machine_cores for pulse in computers.values()) or os.cpu_count() or 1,
        memory=sum(pulse.machine_memory for pulse in computers.values()) or psutil.virtual_memory().total,
        hosts=tuple(_host(number, host, hosts, live) for number, host in enumerate(present, 1)),
        waiting=tuple(run.info().name for run in tuple(fleet.waiting)),
        events_per_second=fleet.told.now(),
        unstored=sum(max(run.tape.seq - run.stored_seq, 0) for run in tuple(live.values())),
        watchers=sum(watcher.looks for run in tuple(live.values()) for watcher in tuple(run.watchers)),
        lost=hosts.lost,
        trouble=str(hosts.why_down) if hosts.are_down else "",
    )


def _host(number: int, host: Host, hosts: Hosts, live: Mapping[str, LiveRun]) -> HostInfo:
    pulse = host.pulse
    runs = [live[run_id] for run_id in tuple(host.received) if run_id in live]
    whole = sum(host.weights.values()) or 1.0
    return HostInfo(
        name=str(number),
        machine="" if hosts.are_local or not pulse else pulse.machine,
        process=host.process,
        is_heavy=host.is_heavy,
        device=pulse.device if pulse else "cpu",
        threads=pulse.threads if pulse and host.received else 1,
        memory=pulse.memory if pulse else 0,
        memory_limit=limits().host_memory,
        cores=host.cores,
        heard=time.monotonic() - host.heard,
        trouble=pulse.trouble if pulse else "",
        runs=tuple(_carried(run, host, whole) for run in runs if not run.is_over),
    )


def _carried(run: LiveRun, host: Host, whole: float) -> Carried:
    fare = host.pulse.runs.get(run.id) if host.pulse else None
    info = run.info()
    return Carried(
        run_id=run.id,
        name=info.name,
        kind=info.kind,
        owner=run.owner,
        status=run.status,
        share=host.weights.get(run.id, 0.0) / whole if run.wants_to_train else 0.0,
        watchers=sum(watcher.looks for watcher in tuple(run.watchers)),
        step=run.told.step,
        step_seconds=fare.step_seconds if fare else 0.0,
        waited=fare.waited if fare else 0.0,
    )
