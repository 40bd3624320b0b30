"""All hosts of the cluster, seen from the server: started, listened to, felt for a pulse, and missed when lost."""

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from distributed import Client

from engine.catalogue.params import SpecError
from engine.kinds import sort_of
from engine.limits import limits
from engine.runs.cluster.address import Where, scheduler_named, unreachable
from engine.runs.cluster.sidecar import ADD_HEAVY, MEND, Sidecar, start_sidecar
from engine.runs.worker.crash import Found, found
from engine.runs.worker.heartbeat import Pulse
from engine.runs.worker.host import RunHost
from engine.runs.worker.outbox import News

log = logging.getLogger(__name__)
POLL_SECONDS = 20.0
GAP_SECONDS = 0.1
CONNECTIONS = 3
GONE = (OSError, RuntimeError, KeyError)  # what a call raises when its host or its run is no longer there
LOOK_SECONDS = 0.3
RESTART_SECONDS = 3.0
SCHEDULER_SECONDS = 30.0
PLACE_SECONDS = 60.0
PULSE_SECONDS = 1.0
MEND_SECONDS = 3.0
SILENT_SECONDS = 8.0  # a host that does not answer for so long is lost
NO_PROCESSES = SpecError("The training processes did not start.", "Restart the playground; its terminal says more.")
HANGS_AFTER = 15  # times as long as the longest step that is permitted


class HungError(Exception):
    """A run has kept its host busy for much too long."""


@dataclass(slots=True, eq=False)
class Host:
    """One worker's RunHost, called through `actor`, and the id of its process. `received` has the number of the newest
    event of each of its runs that has arrived here; setting `hurry` asks for the next news without the usual gap."""

    actor: Any
    address: str
    process: int
    is_heavy: bool
    received: dict[str, int] = field(default_factory=dict)
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    pulse: Pulse | None = None
    cores: float = 0.0  # busy over the last second
    heard: float = field(default_factory=time.monotonic)
    weights: dict[str, float] = field(default_factory=dict)  # of its runs, as it was told
    alone_threads: int = 1  # for a run that is alone on its computer, as it was told
    over_memory: int = 0  # pulses in a row that told of too much memory

    @property
    def at_hand(self) -> str:
        return self.pulse.at_hand if self.pulse else ""

    @property
    def is_fast(self) -> bool:
        """Whether it has more than a processor core to train with."""
        return self.pulse is not None and self.pulse.device != "cpu"

    @property
    def memory(self) -> int:
        """Bytes that its runs take, as it told."""
        return self.pulse.memory if self.pulse else 0


class Hosts:
    """Lives in one event loop, where its callbacks are called: `on_change` when hosts came or the cluster failed,
    `on_news`, `on_pulse`, and `on_lost` with a host and what is known of its end. `stored(host)` tells up to which
    number the store has the events of its runs."""

    def __init__(
        self,
        workers: int,
        checkpoints: str | None,
        stored: Callable[[Host], dict[str, int]],
        on_change: Callable[[], None],
        on_news: Callable[[Host, News], None],
        on_pulse: Callable[[Host], None],
        on_lost: Callable[[Host, Found, bool], None],
    ) -> None:
        self.present: list[Host] = []
        self.are_ready = False  # all of them have been here, warm
        self.were_ready = False
        self.are_down = False  # the cluster did not start, or broke
        self.lost = 0
        self.why_down = NO_PROCESSES
        self._workers, self._checkpoints, self._stored = workers, checkpoints, stored
        self._on_change, self._on_news, self._on_pulse, self._on_lost = on_change, on_news, on_pulse, on_lost
        self._marks: Path | None = None
        self._sidecar: Sidecar | None = None
        self._heavy_asked = 0.0  # when, on the clock
        self._whole = time.monotonic()  # when all were there, or had to be asked for
        self._more_come = asyncio.Event()

    @property
    def are_local(self) -> bool:
        return self._marks is not None

    def room(self, heavy: bool) -> int:
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
            self._more_come.set()
        return self.are_local and time.monotonic() - self._heavy_asked < PLACE_SECONDS

    async def serve(self) -> None:
        """Keep a cluster until cancelled: this machine's own, or the one that the environment names. One that breaks as
        a whole is replaced, or looked for again, after a moment."""
        while True:
            try:
                where = scheduler_named()
                await (self._serve_remote(where) if where else self._serve_local())
            except Exception as error:  # whatever it was, nobody may wait for ever
                self.why_down = error if isinstance(error, SpecError) else NO_PROCESSES
                log.warning("The training processes did not start: %s", error)
            self.are_down, self.are_ready = True, False
            for host in tuple(self.present):
                self._lose(host, is_hung=False)
            self._on_change()
            await asyncio.sleep(RESTART_SECONDS)

    async def _serve_local(self) -> None:
        sidecar = start_sidecar(self._workers)
        try:
            where, self._marks = await asyncio.to_thread(sidecar.where)
            self._sidecar, self._heavy_asked = sidecar, 0.0
            async with Client(
                where.address, security=where.security, asynchronous=True, direct_to_workers=True
            ) as client:
                ended = asyncio.create_task(asyncio.to_thread(sidecar.process.wait))
                await self._attend_until(client, ended)
        finally:
            self._marks = self._sidecar = None
            await asyncio.to_thread(sidecar.close)

    async def _serve_remote(self, where: Where) -> None:
        try:
            client = await Client(where.address, security=where.security, asynchronous=True, direct_to_workers=True)
        except (OSError, TimeoutError) as error:
            raise unreachable(where, error) from error
        async with client:
            await self._attend_until(client, asyncio.create_task(_ended(client)))

    async def _attend_until(self, client: Client, ended: asyncio.Task[Any]) -> None:
        attending = asyncio.create_task(self._attend_all(client))
        try:
            await asyncio.wait((attending, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            attending.cancel()
            await asyncio.gather(attending, return_exceptions=True)

    async def _attend_all(self, client: Client) -> None:
        """A task for every worker, also for those that come later, in the place of a lost one or back after it."""
        attending: dict[str, asyncio.Task[bool]] = {}
        gone: set[str] = set()
        try:
            while True:
                async with asyncio.timeout(SCHEDULER_SECONDS):
                    known = await client.nthreads()
                gone &= known.keys()
                for address in known:
                    if address not in attending and address not in gone:
                        attending[address] = asyncio.create_task(self._attend(client, address))
                await self._until_news(attending.values())
                for address in [address for address, task in attending.items() if task.done()]:
                    was_placed = attending.pop(address).result()
                    if (
                        was_placed and self.are_local
                    ):  # a new process has a new address, and the scheduler forgets the old one late
                        gone.add(address)
        finally:
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

    async def _until_news(self, attending: Collection[asyncio.Task[bool]]) -> None:
        """Until a host is lost or it is time to look for new workers, which it never is where all are there."""
        self._more_come.clear()
        are_all = self.are_local and len(attending) == self._workers + bool(self._heavy_asked)
        self._mend(are_all)
        more = asyncio.create_task(self._more_come.wait())
        patience = None if are_all else LOOK_SECONDS if self.are_local else PULSE_SECONDS
        try:
            await asyncio.wait({*attending, more}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            more.cancel()

    async def _attend(self, client: Client, address: str) -> bool:
        """Put a host on the worker at `address`, and pass on its news until it is lost. False where it could not be
        put there."""
        host = None
        try:
            async with asyncio.timeout(PLACE_SECONDS):
                host = await self._placed(client, address)
            self._welcome(host)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._listen_on(host))
                both.create_task(self._feel_on(host))
        except Exception as error:  # whatever a broken connection looks like
            causes = error.exceptions if isinstance(error, ExceptionGroup) else (error,)
            log.warning("A training process was lost: %s", causes[0])
            is_hung = any(isinstance(cause, HungError) for cause in causes)
            if host in self.present:
                self._lose(host, is_hung)
            await self._end(client, address, host)
        return host is not None

    async def _placed(self, client: Client, address: str) -> Host:
        make = client.submit(
            RunHost, self._checkpoints, actor=True, workers=[address], allow_other_workers=False, pure=False
        )
        actor = await make
        stats = await asyncio.gather(*(actor.stat() for _ in range(CONNECTIONS)))  # later calls find them open
        host = Host(actor, address, stats[0]["process"], stats[0]["heavy"])
        host.pulse = await actor.pulse()
        return host

    def _welcome(self, host: Host) -> None:
        self.present.append(host)
        ordinary = sum(not h.is_heavy for h in self.present)
        self.are_ready = self.are_ready or not self.are_local or (ordinary >= self._workers)
        self.were_ready = self.were_ready or self.are_ready
        self.are_down = False
        self._on_change()

    async def _listen_on(self, host: Host) -> None:
        """News after news. Only those with steps are followed by a gap: what begins a run is wanted at once."""
        while True:
            host.hurry.clear()
            news = await host.actor.poll(dict(host.received), self._stored(host), POLL_SECONDS)
            for item in news:
                if item.run_id in host.received:
                    host.received[item.run_id] = item.last_seq
                    self._on_news(host, item)
            if any(sort_of(event) == "step" for item in news for event in item.events):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(host.hurry.wait(), GAP_SECONDS)

    async def _feel_on(self, host: Host) -> None:
        """Ask for its pulse once a second while it has runs, and once after. Raises TimeoutError, HungError."""
        while True:
            await asyncio.sleep(PULSE_SECONDS)
            if not host.received and not (host.pulse and host.pulse.runs):
                host.cores, host.heard = 0.0, time.monotonic()
                continue
            async with asyncio.timeout(SILENT_SECONDS):
                pulse: Pulse = await host.actor.pulse()
            now = time.monotonic()
            if host.pulse:
                host.cores = max(pulse.busy - host.pulse.busy, 0.0) / max(now - host.heard, PULSE_SECONDS)
            host.pulse, host.heard = pulse, now
            if pulse.at_hand_seconds > HANGS_AFTER * limits().step_seconds:
                raise HungError(f"a step takes longer than {pulse.at_hand_seconds:.0f} s")
            self._on_pulse(host)

    def _lose(self, host: Host, is_hung: bool) -> None:
        self.present.remove(host)
        self.lost += 1
        mark = Found(host.at_hand) if is_hung else found(self._marks, host.process)
        self._on_lost(host, mark, is_hung)

    async def _end(self, client: Client, address: str, host: Host | None) -> None:
        """Make sure that a process which was given up does not go on: another takes its place. The client keeps its
        broken connections, and after some hundred of them makes no new ones."""
        client.rpc.remove(address)
        if self.are_local:
            if host:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(host.process, getattr(signal, "SIGKILL", signal.SIGTERM))
            return
        with contextlib.suppress(Exception):
            async with asyncio.timeout(PLACE_SECONDS):
                await client.restart_workers([address], raise_for_error=False)


async def _ended(client: Client) -> None:
    """Returns when the client has given the scheduler up."""
    while client.status != "closed":
        await asyncio.sleep(PULSE_SECONDS)
