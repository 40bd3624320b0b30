"""The host pool: starts or finds a cluster, puts a host on every worker, and notices when one is lost."""

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from distributed import Client

from engine.catalogue.params import SpecError
from engine.limits import limits
from engine.runs.cluster.address import SCHEDULER, SchedulerAddress, read_scheduler_address, unreachable
from engine.runs.cluster.clock import use_steady_clock
from engine.runs.cluster.host import Host, HungError, place_host
from engine.runs.cluster.sidecar_client import ADD_HEAVY, MEND, Sidecar, start_sidecar
from engine.runs.event_log import EventBatch
from engine.runs.worker.reports import CrashReport, read_crash_report
from engine.text import Text

log = logging.getLogger(__name__)
RESTART_SECONDS = 3.0
SCHEDULER_SECONDS = 30.0
PLACE_SECONDS = 60.0
MEND_SECONDS = 3.0
LOOK_SECONDS = 1.0
NO_PROCESSES = SpecError(
    Text("The training processes did not start."), Text("Restart the playground; its terminal says more.")
)
ENDED = SpecError(Text("The training processes ended."), Text("They start again by themselves in a few seconds."))
NO_CLUSTER = SpecError(
    Text("The cluster that trains cannot be reached; it is tried again until it answers."),
    Text("The server's log says what to mend."),
)


class HostPool:
    """Lives in one event loop, where its callbacks are called: `on_change` when hosts came or the cluster failed,
    `on_events`, `on_heartbeat`, and `on_lost` with a host, its crash report and whether it hung. `stored(host)` tells
    up to which number the store has the events of its runs."""

    def __init__(
        self,
        workers: int,
        checkpoints: str | None,
        stored: Callable[[Host], dict[str, int]],
        on_change: Callable[[], None],
        on_events: Callable[[Host, EventBatch], None],
        on_heartbeat: Callable[[Host], None],
        on_lost: Callable[[Host, CrashReport, bool], None],
    ) -> None:
        self.present: list[Host] = []
        self.are_ready = False  # all of them have been here, warm
        self.were_ready = False
        self.are_down = False  # the cluster did not start, or broke
        self.lost = 0
        self.why_down = NO_PROCESSES
        self._workers, self._checkpoints, self._stored = workers, checkpoints, stored
        self._on_change, self._on_events = on_change, on_events
        self._on_heartbeat, self._on_lost = on_heartbeat, on_lost
        self._crash_markers: Path | None = None
        self._sidecar: Sidecar | None = None
        self._heavy_asked = 0.0  # when, on the clock
        self._whole = time.monotonic()  # when all were there, or had to be asked for
        self._workers_changed = asyncio.Event()

    @property
    def are_local(self) -> bool:
        return self._crash_markers is not None

    def memory_limit(self, heavy: bool) -> int:
        """Bytes of memory for all runs of one class, on the hosts that are there or will be."""
        present = tuple(self.present)
        count = sum(host.is_heavy or host.is_fast for host in present) or int(self.are_local) if heavy else 0
        count = count or max(sum(not host.is_heavy for host in present), self._workers)
        return count * limits().host_memory

    def will_have_heavy(self) -> bool:
        """Whether a host for runs with long steps is on its way; this machine starts one when it is first needed."""
        if self._sidecar and not self._heavy_asked:
            self._heavy_asked = time.monotonic()
            self._sidecar.ask(ADD_HEAVY)
            self._workers_changed.set()
        return self.are_local and time.monotonic() - self._heavy_asked < PLACE_SECONDS

    async def serve(self) -> None:
        """Run a cluster until cancelled: this machine's own, or the one that the environment names. Replaces one that
        breaks as a whole, or tries it again, after a moment."""
        is_remote = bool(os.environ.get(SCHEDULER, "").strip())
        while True:
            try:
                scheduler = read_scheduler_address()
                await (self._serve_remote(scheduler) if scheduler else self._serve_local())
                self.why_down = NO_CLUSTER if is_remote else ENDED
            except Exception as error:  # whatever it was, nobody may wait for ever
                self.why_down = NO_CLUSTER if is_remote else NO_PROCESSES
                log.warning("The training processes did not start: %s", error)
            self.are_down, self.are_ready = True, False
            for host in tuple(self.present):
                self._lose(host, is_hung=False)
            self._on_change()
            await asyncio.sleep(RESTART_SECONDS)

    async def _serve_local(self) -> None:
        sidecar = start_sidecar(self._workers)
        try:
            scheduler, self._crash_markers = await asyncio.to_thread(sidecar.wait)
            self._sidecar, self._heavy_asked = sidecar, 0.0
            async with _client(scheduler) as client:
                ended = asyncio.create_task(asyncio.to_thread(sidecar.process.wait))
                await self._attend_until(client, ended)
        finally:
            self._crash_markers = self._sidecar = None
            await asyncio.to_thread(sidecar.close)

    async def _serve_remote(self, scheduler: SchedulerAddress) -> None:
        try:
            client = await _client(scheduler)
        except (OSError, TimeoutError) as error:
            raise unreachable(scheduler, error) from error
        async with client:
            await self._attend_until(client, asyncio.create_task(_wait_closed(client)))

    async def _attend_until(self, client: Client, ended: asyncio.Task[Any]) -> None:
        attending = asyncio.create_task(self._attend_all(client))
        try:
            await asyncio.wait((attending, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            attending.cancel()
            await asyncio.gather(attending, return_exceptions=True)

    async def _attend_all(self, client: Client) -> None:
        """Keep a task for every worker, also for those that come later, in the place of a lost one or back after it."""
        attending: dict[str, asyncio.Task[bool]] = {}
        gone: set[str] = set()
        client.subscribe_topic("all", lambda _: self._workers_changed.set())  # the scheduler tells of workers there
        try:
            while True:
                self._workers_changed.clear()
                async with asyncio.timeout(SCHEDULER_SECONDS):
                    known = await client.nthreads()
                gone &= known.keys()
                for address in known:
                    if address not in attending and address not in gone:
                        attending[address] = asyncio.create_task(self._attend(client, address))
                await self._wait_for_change(attending.values())
                for address in [address for address, task in attending.items() if task.done()]:
                    was_placed = attending.pop(address).result()
                    if was_placed and self.are_local:
                        gone.add(address)  # a new process has a new address, and the scheduler forgets the old one late
        finally:
            client.unsubscribe_topic("all")  # or the scheduler complains that it cannot tell of this client's own end
            for task in attending.values():
                task.cancel()
            await asyncio.gather(*attending.values(), return_exceptions=True)

    def _mend(self, are_all: bool) -> None:
        """Have workers that stay away replaced."""
        now = time.monotonic()
        if are_all or not self._sidecar:
            self._whole = now
        elif now - self._whole > MEND_SECONDS:
            self._whole = now
            self._sidecar.ask(MEND)

    async def _wait_for_change(self, attending: Collection[asyncio.Task[bool]]) -> None:
        """Wait until a worker comes or a host is lost; where workers are missing, or may be, for a second at most."""
        are_all = self.are_local and len(attending) == self._workers + bool(self._heavy_asked)
        self._mend(are_all)
        change = asyncio.create_task(self._workers_changed.wait())
        patience = None if are_all else LOOK_SECONDS
        try:
            await asyncio.wait({*attending, change}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            change.cancel()

    async def _attend(self, client: Client, address: str) -> bool:
        """Put a host on the worker at `address`, and pass on its events until it is lost. False where it could not be
        put there."""
        host: Host | None = None
        try:
            async with asyncio.timeout(PLACE_SECONDS):
                host = await place_host(client, address, self._checkpoints)
            await self._serve_host(host)
        except Exception as error:  # whatever a broken connection looks like
            causes = error.exceptions if isinstance(error, ExceptionGroup) else (error,)
            log.warning("A training process was lost: %s", causes[0])
            if host in self.present:
                self._lose(host, is_hung=any(isinstance(cause, HungError) for cause in causes))
            await self._end(client, address, host)
        return host is not None

    async def _serve_host(self, host: Host) -> None:
        self.present.append(host)
        ordinary = sum(not h.is_heavy for h in self.present)
        self.are_ready = self.are_ready or not self.are_local or (ordinary >= self._workers)
        self.were_ready = self.were_ready or self.are_ready
        self.are_down = False
        self._on_change()
        async with asyncio.TaskGroup() as both:
            both.create_task(host.listen(lambda: self._stored(host), lambda batch: self._on_events(host, batch)))
            both.create_task(host.watch_heartbeat(lambda: self._on_heartbeat(host)))

    def _lose(self, host: Host, is_hung: bool) -> None:
        self.present.remove(host)
        self.lost += 1
        report = CrashReport(host.current) if is_hung else read_crash_report(self._crash_markers, host.process)
        self._on_lost(host, report, is_hung)

    async def _end(self, client: Client, address: str, host: Host | None) -> None:
        """End a process that was given up; another takes its place."""
        # Broken connections stay in the client's pool, which makes no new ones after some hundred; no method of Client
        # drops them.
        client.rpc.remove(address)
        if self.are_local:
            if host:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(host.process, getattr(signal, "SIGKILL", signal.SIGTERM))
            return
        with contextlib.suppress(Exception):
            async with asyncio.timeout(PLACE_SECONDS):
                await client.restart_workers([address], raise_for_error=False)


def _client(scheduler: SchedulerAddress) -> Client:
    use_steady_clock()
    return Client(scheduler.address, security=scheduler.security, asynchronous=True, direct_to_workers=True)


async def _wait_closed(client: Client) -> None:
    """Return when the client has given the scheduler up."""
    while client.status != "closed":
        await asyncio.sleep(LOOK_SECONDS)
