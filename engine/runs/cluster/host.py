"""One training process, seen from the server: reads its events and its heartbeat."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from distributed import Client

from engine.kinds import sort_of
from engine.limits import limits
from engine.runs.event_log import EventBatch
from engine.runs.worker.host import RunHost
from engine.runs.worker.reports import LARGE_BYTES, Heartbeat

GONE = (OSError, RuntimeError, KeyError)  # what a call raises when its host or its run is no longer there
POLL_SECONDS = 20.0
GAP_SECONDS = 0.1
CONNECTIONS = 3
HEARTBEAT_SECONDS = 1.0
SILENT_SECONDS = 8.0  # a host that does not answer for so long is lost
HANGS_AFTER = 15  # times as long as the longest step that is permitted


class HungError(Exception):
    """A run has kept its host busy for much too long."""


@dataclass(slots=True, eq=False)
class Host:
    """One worker's RunHost, called through `actor`, and the id of its process. `received` has the number of the newest
    event of each of its runs that has arrived here; setting `hurry` asks for the next events without the usual gap."""

    actor: Any
    address: str
    process: int
    is_heavy: bool
    heartbeat: Heartbeat
    received: dict[str, int] = field(default_factory=dict)
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    cores: float = 0.0  # busy over the last second
    heard: float = field(default_factory=time.monotonic)
    shares: dict[str, float] = field(default_factory=dict)  # of its runs, as it was told
    alone_threads: int = 1  # for a run that is alone on its computer, as it was told
    over_memory: int = 0  # heartbeats in a row that told of too much memory

    @property
    def current(self) -> str:
        """The run whose turn it was at its newest heartbeat."""
        return self.heartbeat.current

    @property
    def is_fast(self) -> bool:
        """Whether it has more than a processor core to train with."""
        return self.heartbeat.device != "cpu"

    @property
    def memory(self) -> int:
        """Bytes that its runs take, as it told."""
        return self.heartbeat.memory

    async def listen(self, stored: Callable[[], dict[str, int]], on_events: Callable[[EventBatch], None]) -> None:
        """Pass on batch after batch. Only those with steps are followed by a gap: what begins a run is wanted at
        once."""
        while True:
            self.hurry.clear()
            batches: tuple[EventBatch, ...] = await self.actor.poll(dict(self.received), stored(), POLL_SECONDS)
            for batch in batches:
                if batch.run_id in self.received:
                    self.received[batch.run_id] = batch.last_seq
                    on_events(batch)
            if any(sort_of(event) == "step" for batch in batches for event in batch.events):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.hurry.wait(), GAP_SECONDS)

    async def watch_heartbeat(self, on_heartbeat: Callable[[], None]) -> None:
        """Ask for a heartbeat once a second while there are runs, and until their memory is given back. Raises
        TimeoutError, HungError."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if not self.received and not self.heartbeat.runs and self.memory < LARGE_BYTES:
                self.cores, self.heard = 0.0, time.monotonic()
                continue
            async with asyncio.timeout(SILENT_SECONDS):
                heartbeat: Heartbeat = await self.actor.heartbeat()
            now = time.monotonic()
            self.cores = max(heartbeat.busy - self.heartbeat.busy, 0.0) / max(now - self.heard, HEARTBEAT_SECONDS)
            self.heartbeat, self.heard = heartbeat, now
            if heartbeat.current_seconds > HANGS_AFTER * limits().step_seconds:
                raise HungError(f"a step takes longer than {heartbeat.current_seconds:.0f} s")
            on_heartbeat()


async def place_host(client: Client, address: str, checkpoints: str | None) -> Host:
    """Put a host on the worker at `address`, and open connections to it."""
    make = client.submit(RunHost, checkpoints, actor=True, workers=[address], allow_other_workers=False, pure=False)
    actor = await make
    stats = await asyncio.gather(*(actor.stat() for _ in range(CONNECTIONS)))  # later calls find them open
    return Host(actor, address, stats[0]["process"], stats[0]["heavy"], await actor.heartbeat())
