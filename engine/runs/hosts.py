"""All hosts of the cluster, seen from the server: started, listened to, given work, and missed when they are lost."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from distributed import Client

from engine.events import STEPS
from engine.runs.host import News, RunHost
from engine.runs.sidecar import start_sidecar

log = logging.getLogger(__name__)
POLL_SECONDS = 20.0
GAP_SECONDS = 0.1
CONNECTIONS = 3
GONE = (OSError, RuntimeError, KeyError)  # what a call raises when its host or its run is no longer there
LOOK_SECONDS = 0.3
RESTART_SECONDS = 3.0


@dataclass(slots=True, eq=False)
class Host:
    """One worker's RunHost, called through `actor`, and the id of its process. `received` has the number of the newest
    event of each of its runs that has arrived here; setting `hurry` asks for the next news without the usual gap."""

    actor: Any
    process: int
    received: dict[str, int] = field(default_factory=dict)
    hurry: asyncio.Event = field(default_factory=asyncio.Event)


class Hosts:
    """Lives in one event loop, where its callbacks are called: `on_change` when hosts came or the cluster failed,
    `on_news`, and `on_lost` with the runs that went down with their host."""

    def __init__(
        self,
        workers: int,
        on_change: Callable[[], None],
        on_news: Callable[[News], None],
        on_lost: Callable[[Collection[str]], None],
    ) -> None:
        self.present: list[Host] = []
        self.are_ready = False  # all of them have been here, warm
        self.are_down = False  # the cluster did not start, or broke
        self._workers = workers
        self._on_change, self._on_news, self._on_lost = on_change, on_news, on_lost

    async def serve(self) -> None:
        """Keep a cluster running until cancelled. One that breaks as a whole is replaced after a moment."""
        while True:
            try:
                await self._serve_once()
            except Exception as error:  # whatever it was, nobody may wait for ever
                log.warning("The training processes did not start: %s", error)
            self.are_down, self.are_ready = True, False
            for host in tuple(self.present):
                self._lose(host)
            self._on_change()
            await asyncio.sleep(RESTART_SECONDS)

    async def _serve_once(self) -> None:
        sidecar = start_sidecar(self._workers)
        try:
            address, security = await asyncio.to_thread(sidecar.where)
            async with Client(address, security=security, asynchronous=True, direct_to_workers=True) as client:
                attending = asyncio.create_task(self._attend_all(client))
                ended = asyncio.create_task(asyncio.to_thread(sidecar.process.wait))
                try:
                    await asyncio.wait((attending, ended), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    attending.cancel()
                    await asyncio.gather(attending, return_exceptions=True)
        finally:
            await asyncio.to_thread(sidecar.close)

    async def _attend_all(self, client: Client) -> None:
        """A task for every worker, also for those that come to replace a lost one."""
        known: set[str] = set()
        attending: set[asyncio.Task[None]] = set()
        try:
            while True:
                for address in await client.nthreads():
                    if address not in known:
                        known.add(address)
                        attending.add(asyncio.create_task(self._attend(client, address)))
                if len(attending) < self._workers:
                    await asyncio.sleep(LOOK_SECONDS)
                else:
                    await asyncio.wait(attending, return_when=asyncio.FIRST_COMPLETED)
                attending = {task for task in attending if not task.done()}
        finally:
            for task in attending:
                task.cancel()
            await asyncio.gather(*attending, return_exceptions=True)

    async def _attend(self, client: Client, address: str) -> None:
        """Put a host on the worker at `address`, and pass on its news until it is lost."""
        host = None
        try:
            actor = await client.submit(RunHost, actor=True, workers=[address], allow_other_workers=False, pure=False)
            stats = await asyncio.gather(*(actor.stat() for _ in range(CONNECTIONS)))  # later calls find them open
            host = Host(actor, stats[0]["process"])
            self.present.append(host)
            self.are_ready = self.are_ready or len(self.present) == self._workers
            self.are_down = False
            self._on_change()
            while True:
                await self._listen(host)
        except Exception as error:  # whatever a broken connection looks like
            log.warning("A training process was lost: %s", error)
            if host in self.present:
                self._lose(host)

    async def _listen(self, host: Host) -> None:
        """One round of news. Only those with steps are followed by a gap: what begins a run is wanted at once."""
        host.hurry.clear()
        news = await host.actor.poll(dict(host.received), POLL_SECONDS)
        for item in news:
            if item.run_id in host.received:
                host.received[item.run_id] = item.last_seq
                self._on_news(item)
        if any(isinstance(event, STEPS) for item in news for event in item.events):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(host.hurry.wait(), GAP_SECONDS)

    def _lose(self, host: Host) -> None:
        self.present.remove(host)
        self._on_lost(host.received)
