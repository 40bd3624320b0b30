"""What all training streams share: their controls, a clock and a random state of their own, a state to resume from."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import torch
from torch import Tensor

from engine.training.facts import fact, misfit

Event = TypeVar("Event")
RANDOM, SECONDS = "random", "seconds"
CPU = torch.device("cpu")


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


@dataclass(slots=True)
class Controls:
    """What whoever drives a stream may set between two events: the wish to stop, new values of live settings, and the
    `order` by which the next step is taken, where it is one by hand. The stream tells with `in_step` that it is in the
    middle of a step."""

    stop: bool = False
    changes: dict[str, float] = field(default_factory=dict)
    order: str = ""
    in_step: bool = False


class Stream(Iterator[Event]):
    """Drives `events` with a random state of its own, on `device` too, and lets their clock run only while they work.

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
        device: torch.device = CPU,
    ) -> None:
        self._events, self._clock, self._keep = events, clock, keep
        self._newest: Event | None = None
        self._devices = [CPU, device] if device.type != CPU.type else [CPU]
        self._random = [_first_random(device, seed, resume) for device in self._devices]
        if resume is not None:
            clock.before = fact(resume.facts, SECONDS, float)

    def __next__(self) -> Event:
        outside = self._exchange(self._random)
        self._clock.resumed = time.perf_counter()
        self._newest = None
        try:
            self._newest = next(self._events)
        finally:
            self._clock.before += time.perf_counter() - self._clock.resumed
            self._random = self._exchange(outside)
        return self._newest

    def _exchange(self, states: list[Tensor]) -> list[Tensor]:
        before = []
        for device, state in zip(self._devices, states, strict=True):
            chance = torch if device is CPU else torch.get_device_module(device.type)
            before.append(chance.get_rng_state())
            chance.set_rng_state(state)
        return before

    def state(self) -> State | None:
        """All that is needed to go on after the newest event, where it ended a step; None otherwise."""
        kept = self._keep(self._newest)
        if kept is None:
            return None
        random = {_random_name(device): state for device, state in zip(self._devices, self._random, strict=True)}
        return State({**kept.tensors, **random}, {**kept.facts, SECONDS: self._clock.before})

    def close(self) -> None:
        """End it: there is no next event."""
        self._events = iter(())


def _first_random(device: torch.device, seed: int, resume: State | None) -> Tensor:
    """That of `resume`, or of `seed` where there is none, as on a device that the state does not come from."""
    name = _random_name(device)
    if resume is not None and (device is CPU or name in resume.tensors):
        return random_state(resume, name, device)
    return torch.Generator(device).manual_seed(seed).get_state()


def _random_name(device: torch.device) -> str:
    return RANDOM if device is CPU else f"{RANDOM}.{device.type}"


def random_state(state: State, name: str, device: torch.device = CPU) -> Tensor:
    """The state of a random generator on `device` that was kept under `name`. Raises SpecError."""
    kept = state.tensors.get(name)
    try:
        if kept is None:
            raise misfit()
        torch.Generator(device).set_state(kept)
    except (RuntimeError, TypeError) as error:
        raise misfit() from error
    return kept


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A job in a training process. It is planned to take `steps`, 0 where that cannot be said; `samples(step)` are used
    after so many. `weights` gives them as safetensors, between two events. `uses_all_cores` where the visitor asked for
    them and its steps are large enough to be faster with them."""

    stream: Stream[Any]
    controls: Controls
    steps: int = 0
    samples: Callable[[int], int] = lambda step: step
    weights: Callable[[], bytes] | None = None
    uses_all_cores: bool = False
