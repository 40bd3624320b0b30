"""What all training streams share: a clock of their own and a random state of their own."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import torch

Event = TypeVar("Event")


@dataclass(slots=True)
class Clock:
    """Busy seconds of a stream: from its being resumed to its next event, added up."""

    before: float = 0.0
    resumed: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        return self.before + time.perf_counter() - self.resumed


def undisturbed(stream: Iterator[Event], seed: int, clock: Clock) -> Iterator[Event]:
    """Drive `stream` with a random state of its own, and let its clock run only while it works."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        own = torch.get_rng_state()
    while True:
        outside = torch.get_rng_state()
        torch.set_rng_state(own)
        clock.resumed = time.perf_counter()
        try:
            event = next(stream)
        except StopIteration:
            return
        finally:
            clock.before += time.perf_counter() - clock.resumed
            own = torch.get_rng_state()
            torch.set_rng_state(outside)
        yield event
