"""Watchers of many runs in one process, who keep all that they are told and when."""

import asyncio
import threading
import time
from concurrent.futures import Future, wait
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from engine.runs.service import RunService


@dataclass(slots=True)
class Seen:
    """What one watcher of one run was told: each message with the moment of its arrival (as time.monotonic has it)."""

    messages: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _, message in self.messages for event in message["events"]]

    @property
    def columns(self) -> dict[str, list[float]]:
        """The steps, figure by figure."""
        columns: dict[str, list[float]] = {}
        for _, message in self.messages:
            for name, column in message.get("steps", {}).items():
                columns.setdefault(name, []).extend(column)
        return columns

    @property
    def has_gaps(self) -> bool:
        """Whether a message does not continue from the one before."""
        seq = 0
        for _, message in self.messages:
            if message["after"] != seq:
                return True
            seq = message["seq"]
        return False

    def next_steps(self, seq: int) -> float | None:
        """When the first steps came that were told after event number `seq`."""
        return next((at for at, message in self.messages if message["seq"] > seq and "steps" in message), None)


class Watchers:
    """Reads runs of `service` in a thread of its own until they are over."""

    def __init__(self, service: RunService) -> None:
        self._service = service
        self._loop = asyncio.new_event_loop()
        self._reading: list[Future[None]] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="watchers", daemon=True)
        self._thread.start()

    def watch(self, run_id: str) -> Seen:
        seen = Seen()
        self._reading.append(asyncio.run_coroutine_threadsafe(self._watch(run_id, seen), self._loop))
        return seen

    def close(self, patience: float) -> None:
        """Read all to their ends, and give up what is not over after `patience` seconds."""
        wait(self._reading, patience)
        asyncio.run_coroutine_threadsafe(_end_all(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _watch(self, run_id: str, seen: Seen) -> None:
        async with aclosing(self._service.watch(run_id)) as messages:
            async for message in messages:
                seen.messages.append((time.monotonic(), message))


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
