"""Answers that take seconds: worked out off the event loop, one at a time for the whole server, and the newest kept."""

import functools
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import anyio
from anyio import to_thread

Made = TypeVar("Made")


@functools.cache
def _working() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(1)


class Kept(Generic[Made]):
    """The newest `size` answers by their keys."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: dict[Hashable, Made] = {}

    def seen(self, key: Hashable) -> Made | None:
        return self._kept.get(key)

    async def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The answer, made if need be; those who ask for the same meanwhile wait for it."""
        found = self._kept.get(key)
        if found is None:
            found = await to_thread.run_sync(lambda: self._kept.get(key) or make(), limiter=_working())
        self._kept.pop(key, None)
        self._kept[key] = found
        while len(self._kept) > self._size:
            del self._kept[next(iter(self._kept))]
        return found
