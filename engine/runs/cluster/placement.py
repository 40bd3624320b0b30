"""Puts runs on hosts, moves them, and takes them up again when a host is lost. Lives in one event loop."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from engine.kinds import job_to_json
from engine.runs.cluster.fairness import time_shares
from engine.runs.cluster.host import GONE, Host
from engine.runs.cluster.migration import (
    confirm_orders,
    describe_end,
    forget,
    migrate,
    pass_on_orders,
    repeat_unconfirmed,
)
from engine.runs.cluster.planner import Planner
from engine.runs.cluster.pool import HostPool
from engine.runs.event_log import EventBatch
from engine.runs.live import LiveRun
from engine.runs.worker.reports import CrashReport, EventThroughput
from engine.text import Text
from engine.training.events import Failed, Recovered, StatusChanged

log = logging.getLogger(__name__)
NOTICED_SECONDS = 2.0  # until then the loss of a host has been noticed
SHARE_SECONDS = 0.05  # what changes within this time is told to the hosts together
BALANCE_SECONDS = 1.0
WITHDRAWN = Failed(Text("This run was stopped before it began."), Text("Start it anew."))
LOST = Text("A training process was lost; this run went on by itself.")


class Placement:
    """`on_change` is called when a run has something to be stored, `on_over` when a run's last event is here."""

    def __init__(
        self,
        workers: int,
        live: dict[str, LiveRun],
        checkpoints: str | None,
        on_change: Callable[[], None],
        on_ready: Callable[[bool], None],
        on_over: Callable[[LiveRun], None],
    ) -> None:
        self.hosts = HostPool(
            workers, checkpoints, self._stored, self._on_hosts, self._on_events, self._on_heartbeat, self._on_lost
        )
        self.waiting: list[LiveRun] = []
        self.live = live
        self.throughput = EventThroughput()
        self._planner = Planner(self.hosts, live)
        self._on_change, self._on_ready, self._on_over = on_change, on_ready, on_over
        self._tasks: set[asyncio.Task[None]] = set()
        self._sharing: asyncio.TimerHandle | None = None
        self._balanced = 0.0

    def accept(self, run: LiveRun) -> None:
        """Take in a run that no host has."""
        self.waiting.append(run)
        self._place_waiting()

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` as a task, and log how it fails."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finish_task)

    def _finish_task(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("A run was not carried on.", exc_info=task.exception())

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    def share_soon(self) -> None:
        """Tell the hosts in a moment how their time is shared, for someone came or went."""
        if self._sharing is None:
            self._sharing = asyncio.get_running_loop().call_later(SHARE_SECONDS, self._share)

    def redo(self, run: LiveRun) -> None:
        """Train a run that is over once more from its checkpoint, for the weights that went down with its host."""
        run.assignment.is_redone = True
        self._take_from_host(run)
        self._place_waiting()

    def withdraw(self, run: LiveRun) -> None:
        """End a run that no host has had."""
        if run in self.waiting:
            self.waiting.remove(run)
            self._fail(run, WITHDRAWN)

    def _fail(self, run: LiveRun, reason: Failed) -> None:
        run.say(reason, StatusChanged("failed"))
        run.is_settled = True
        self._on_change()

    def _fail_on_host(self, run: LiveRun, host: Host, reason: Failed) -> None:
        """End a run for good that its host still trains."""
        host.received.pop(run.id, None)
        run.assignment.host, run.assignment.is_begun = None, False
        self._fail(run, reason)
        self.do(forget(run, host))
        self.share_soon()

    def _move(self, run: LiveRun, to: Host) -> None:
        """Start the migration of a run that may move."""
        run.assignment.moves_to = to
        self.do(migrate(run, lambda host: self._put_on(run, to if to in self.hosts.present else host), self._take_back))

    def _on_hosts(self) -> None:
        self._place_waiting()
        self.share_soon()

    def _place_waiting(self) -> None:
        """Give every waiting run to a host; the first ones wait until all hosts are warm."""
        hosts = self.hosts
        self._on_ready(hosts.are_ready and bool(hosts.present))
        if hosts.are_down and not hosts.were_ready:
            waiting, self.waiting = self.waiting, []
            for run in waiting:
                self._fail(run, Failed(hosts.why_down.what, hosts.why_down.cure))
        if not hosts.are_ready:
            return
        for run in tuple(self.waiting):
            host = self._planner.host_for(run)
            if host:
                self.waiting.remove(run)
                self._put_on(run, host)

    def _put_on(self, run: LiveRun, host: Host) -> None:
        assigned = run.assignment
        assigned.host, assigned.is_begun, assigned.began_at = host, False, run.replay.step
        host.received[run.id] = run.events.seq
        self.do(self._begin(run, host, run.events.seq))
        self.share_soon()

    async def _begin(self, run: LiveRun, host: Host, seq: int) -> None:
        assigned = run.assignment
        orders, checkpoint = tuple(assigned.orders), assigned.checkpoint
        assigned.checkpoint = None
        try:
            await host.actor.start(
                run.id,
                job_to_json(run.job),
                paused=run.status == "paused" or (run.status == "starting" and run.paused),
                source=run.source,
                replay=run.replay if run.replay.newest or checkpoint else None,
                status="running" if assigned.is_redone else run.status,
                checkpoint=checkpoint,
                orders=orders,
                seq=seq,
            )
            if assigned.host is host:
                del assigned.orders[: len(orders)]
                await pass_on_orders(run, host)
                host.hurry.set()
        except Exception as error:  # whatever it was: the run must not be stranded
            log.info("A host did not take a run: %s", error)
            await self._take_back(run, host)

    async def _take_back(self, run: LiveRun, host: Host) -> None:
        """Try another host where one that is not lost does not do what it should with a run."""
        await asyncio.sleep(NOTICED_SECONDS)
        if run.assignment.host is not host or host not in self.hosts.present:  # `_on_lost` has seen to it, or will
            return
        host.received.pop(run.id, None)
        self.do(forget(run, host))
        run.assignment.fruitless += 1
        self._continue(run, describe_end(run, Text("It could not be taken up.")))
        self._place_waiting()

    def _continue(self, run: LiveRun, end: Failed | None) -> None:
        """Let a run that has no host any longer wait for another one, or end for the reason in `end`."""
        if end and run.is_over:  # its events stand; only its weights are lost
            run.is_settled = True
        elif end:
            self._fail(run, end)
        else:
            self._take_from_host(run)
            if run.replay.newest and not run.is_over:
                run.say(Recovered(run.replay.step, LOST))
        self._on_change()

    def _stored(self, host: Host) -> dict[str, int]:
        """The number of the newest event of each of a host's runs that is in the store."""
        runs = (self.live.get(run_id) for run_id in host.received)
        return {run.id: run.stored_seq for run in runs if run}

    def _on_events(self, host: Host, batch: EventBatch) -> None:
        run = self.live.get(batch.run_id)
        if run is None or run.assignment.host is not host:
            return
        if run.assignment.is_redone:  # its events are known; a change of status tells that the weights are there again
            if any(isinstance(event, StatusChanged) for event in batch.events):
                self._on_over(run)
            return
        was = (run.status, run.is_over)
        run.add(batch.first_seq, batch.events)
        self.throughput.count(len(batch.events))
        self._on_change()
        confirm_orders(run, batch.events)
        if (run.status, run.is_over) != was:
            self.share_soon()
        if run.is_over and not was[1]:
            self._on_over(run)

    def _on_lost(self, host: Host, report: CrashReport, is_hung: bool) -> None:
        """Take up all its runs elsewhere, but for one that took down a host twice."""
        if report.crash:
            log.warning("A training process crashed: %s", report.crash)
        for run_id in host.received:
            run = self.live.get(run_id)
            if run is None or run.assignment.host is not host or (run.is_over and not run.assignment.is_redone):
                continue
            assigned, wanted = run.assignment, run.wants_to_train or run.assignment.is_redone
            assigned.strikes += report.run_id == run_id and bool(is_hung or report.crash)
            if run.replay.step > assigned.began_at:
                assigned.fruitless = 0
            elif wanted and (report.run_id == run_id or not self.hosts.are_local):  # else another run had its turn
                assigned.fruitless += 1
            self._continue(run, describe_end(run, Text("Its step did not end.") if is_hung else Text("It crashed.")))
        self._place_waiting()
        self.share_soon()

    def _take_from_host(self, run: LiveRun) -> None:
        """Let a run wait that its host has no longer. The next host gets the orders that are not confirmed."""
        assigned = run.assignment
        assigned.host, assigned.is_begun, assigned.moves_to = None, False, None
        repeat_unconfirmed(run)
        self.waiting.append(run)

    def _on_heartbeat(self, host: Host) -> None:
        """Move runs with long steps to a host for them, relieve the host's memory, and balance the others."""
        for run, to in self._planner.separations(host):
            self._move(run, to)
        relief = self._planner.relief(host)
        if relief:
            self._relieve(host, *relief)
        if self.waiting:
            self._place_waiting()
        now = time.monotonic()
        if now - self._balanced >= BALANCE_SECONDS:
            self._balanced = now
            for run, to in self._planner.migrations():
                self._move(run, to)

    def _relieve(self, host: Host, run: LiveRun, by: Host | Failed) -> None:
        if isinstance(by, Failed):
            self._fail_on_host(run, host, by)
        else:
            self._move(run, by)

    def _share(self) -> None:
        """Tell every host the time shares of its runs, and whether one of them is alone on its computer."""
        self._sharing = None
        runs = [run for run in tuple(self.live.values()) if run.wants_to_train]
        shares = time_shares({run.id: run.origin for run in runs}, {run.id for run in runs if run.is_watched})
        for host in self.hosts.present:
            own = {run_id: shares[run_id] for run_id in host.received if run_id in shares}
            beside = (h for h in self.hosts.present if h.heartbeat.machine == host.heartbeat.machine)
            is_alone = sum(run_id in shares for h in beside for run_id in h.received) == 1
            told = (own, host.heartbeat.machine_cores if is_alone else 1)
            if told != (host.shares, host.alone_threads):
                host.shares, host.alone_threads = told
                self.do(_tell_shares(host))


async def _tell_shares(host: Host) -> None:
    with contextlib.suppress(*GONE):
        await host.actor.share(host.shares, host.alone_threads)
