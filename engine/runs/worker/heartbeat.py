"""A host's heartbeat: which run has its turn, how its runs do, what it takes of its computer."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.text import Text


@dataclass(frozen=True, slots=True)
class RunStats:
    """How one run does on its host: the seconds that its steps take, the seconds since its last turn, and whether its
    steps have shown to be long ones."""

    step_seconds: float
    waited: float
    is_heavy: bool


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """`current` is the run whose turn it is, since `current_seconds`, or empty. `memory` is the bytes that its runs
    take, `busy` the seconds of processor time used so far, `trouble` a sentence or None."""

    machine: str
    process: int
    device: str
    threads: int
    memory: int
    busy: float
    current: str
    current_seconds: float
    runs: Mapping[str, RunStats]
    trouble: Text | None
    machine_cores: int
    machine_memory: int
