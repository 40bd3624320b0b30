"""A snapshot of the machine for the Machine page: its hosts, their runs, and their waiting times. No torch."""

from dataclasses import dataclass

from engine.text import Text


@dataclass(frozen=True, slots=True)
class HostedRun:
    """One run on a host. `share` is the part of the host that it is given now (0 to 1), `watchers` how many look at it,
    `step_seconds` how long its steps take, `waited` the seconds since it last had its turn."""

    run_id: str
    name: Text | str
    kind: str
    owner: str
    status: str
    share: float
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
