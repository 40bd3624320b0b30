"""A host's sign of life: what it has at hand, how its runs fare, what it takes of its computer."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fare:
    """How one run fares on its host: busy `seconds` so far, `step`, seconds that its steps take, seconds since its last
    turn, and whether its steps have shown to be long ones."""

    seconds: float
    step: int
    step_seconds: float
    waited: float
    is_heavy: bool


@dataclass(frozen=True, slots=True)
class Pulse:
    """`at_hand` is the run whose turn it is, since `at_hand_seconds`, or empty. `memory` is the bytes that its runs
    take, `busy` the seconds of processor time used so far, `trouble` a sentence or empty."""

    machine: str
    process: int
    device: str
    threads: int
    memory: int
    busy: float
    at_hand: str
    at_hand_seconds: float
    runs: Mapping[str, Fare]
    trouble: str
    machine_cores: int
    machine_memory: int
