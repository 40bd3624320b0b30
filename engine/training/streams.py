"""What all training streams share: controls, a clock, a random state of their own, and a state to resume from."""

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
    """All that a stream needs to resume elsewhere: contiguous tensors on the CPU, copied, and facts as JSON, infinity
    and NaN included."""

    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def part(self, name: str) -> "State":
        """The part that `combine_states` added under `name`. Raises SpecError."""
        prefix = name + "."
        tensors = {key.removeprefix(prefix): tensor for key, tensor in self.tensors.items() if key.startswith(prefix)}
        return State(tensors, fact(self.facts, name, dict))


def combine_states(**parts: State) -> State:
    """Combine several states into one."""
    tensors = {f"{name}.{key}": tensor for name, part in parts.items() for key, tensor in part.tensors.items()}
    return State(tensors, {name: dict(part.facts) for name, part in parts.items()})


@dataclass(slots=True)
class Clock:
    """Counts the busy seconds of a stream: those in which it works on its next event."""

    before: float = 0.0
    resumed: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        return self.before + time.perf_counter() - self.resumed


@dataclass(slots=True)
class Controls:
    """Set by the driver of a stream between two events: whether to `stop`, `changes` of live settings, and the `order`
    of the next step where it is done by hand. The stream sets `in_step` while it is in the middle of a step."""

    stop: bool = False
    changes: dict[str, float] = field(default_factory=dict)
    order: str = ""
    in_step: bool = False


class Stream(Iterator[Event]):
    """Drives `events` with a random state of its own, on `device` too, and lets their clock run only while they work.

    `keep(newest event)` returns the state to resume from, or None. `resume` is such a state: this class restores the
    random state and the clock, the maker of `events` all else. Raises SpecError.
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
        """The state to resume from after the newest event, where that ended a step; None otherwise."""
        kept = self._keep(self._newest)
        if kept is None:
            return None
        random = {_random_name(device): state for device, state in zip(self._devices, self._random, strict=True)}
        return State({**kept.tensors, **random}, {**kept.facts, SECONDS: self._clock.before})

    def close(self) -> None:
        """End the stream: there is no next event."""
        self._events = iter(())


def _first_random(device: torch.device, seed: int, resume: State | None) -> Tensor:
    """The random state in `resume`; without one, or on another device, that of `seed`."""
    name = _random_name(device)
    if resume is not None and (device is CPU or name in resume.tensors):
        return random_state(resume, name, device)
    return torch.Generator(device).manual_seed(seed).get_state()


def _random_name(device: torch.device) -> str:
    return RANDOM if device is CPU else f"{RANDOM}.{device.type}"


def random_state(state: State, name: str, device: torch.device = CPU) -> Tensor:
    """Read the state of a random generator on `device` from `name`. Raises SpecError."""
    kept = state.tensors.get(name)
    try:
        if kept is None:
            raise misfit()
        torch.Generator(device).set_state(kept)
    except (RuntimeError, TypeError) as error:
        raise misfit() from error
    return kept


@dataclass(frozen=True, slots=True, eq=False)
class BuiltJob:
    """A job that was built in a training process. `steps` are planned, 0 where unknown; `samples(step)` is the number
    of pictures used after a step. `weights()` returns safetensors, between two events. `uses_all_cores` is true where
    the visitor asked for all cores and the steps are large enough to gain from them."""

    stream: Stream[Any]
    controls: Controls
    steps: int = 0
    samples: Callable[[int], int] = lambda step: step
    weights: Callable[[], bytes] | None = None
    uses_all_cores: bool = False
