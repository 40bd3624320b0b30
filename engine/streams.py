"""What all training streams share: a clock and a random state of their own, and a state to go on from elsewhere."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import torch
from torch import Tensor

from engine.facts import fact, misfit

Event = TypeVar("Event")
RANDOM, SECONDS = "random", "seconds"


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """All that a stream needs to go on elsewhere: contiguous tensors on the CPU that nobody else changes, and facts as
    JSON has them, infinity and NaN included."""

    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def part(self, name: str) -> "State":
        """What `together` put in under `name`. Raises SpecError."""
        prefix = name + "."
        tensors = {key.removeprefix(prefix): tensor for key, tensor in self.tensors.items() if key.startswith(prefix)}
        return State(tensors, fact(self.facts, name, dict))


def together(**parts: State) -> State:
    """Several states as one."""
    tensors = {f"{name}.{key}": tensor for name, part in parts.items() for key, tensor in part.tensors.items()}
    return State(tensors, {name: dict(part.facts) for name, part in parts.items()})


@dataclass(slots=True)
class Clock:
    """Busy seconds of a stream: from its being resumed to its next event, added up."""

    before: float = 0.0
    resumed: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        return self.before + time.perf_counter() - self.resumed


class Stream(Iterator[Event]):
    """Drives `events` with a random state of its own, and lets their clock run only while they work.

    `keep(newest event)` gives the state to go on from, or None where there is none; `resume` is such a state, which
    the one who makes `events` has seen to but for the random state and the clock. Raises SpecError.
    """

    def __init__(
        self,
        events: Iterator[Event],
        seed: int,
        clock: Clock,
        keep: Callable[[Event | None], State | None] = lambda newest: None,
        resume: State | None = None,
    ) -> None:
        self._events, self._clock, self._keep = events, clock, keep
        self._newest: Event | None = None
        self._random = torch.Generator().manual_seed(seed).get_state() if resume is None else random_state(resume)
        if resume is not None:
            clock.before = fact(resume.facts, SECONDS, float)

    def __next__(self) -> Event:
        outside = torch.get_rng_state()
        torch.set_rng_state(self._random)
        self._clock.resumed = time.perf_counter()
        self._newest = None
        try:
            self._newest = next(self._events)
        finally:
            self._clock.before += time.perf_counter() - self._clock.resumed
            self._random = torch.get_rng_state()
            torch.set_rng_state(outside)
        return self._newest

    def state(self) -> State | None:
        """All that is needed to go on after the newest event, where it ended a step; None otherwise."""
        kept = self._keep(self._newest)
        if kept is None:
            return None
        return State({**kept.tensors, RANDOM: self._random}, {**kept.facts, SECONDS: self._clock.before})

    def close(self) -> None:
        """End it: there is no next event."""
        self._events = iter(())


def random_state(state: State, name: str = RANDOM) -> Tensor:
    """The state of a random generator that was kept under `name`. Raises SpecError."""
    kept = state.tensors.get(name)
    try:
        if kept is None:
            raise misfit()
        torch.Generator().set_state(kept)
    except (RuntimeError, TypeError) as error:
        raise misfit() from error
    return kept
