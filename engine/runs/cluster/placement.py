"""Runs on hosts, in the service's event loop: given out, weighed, moved, and taken up elsewhere when a host is lost."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from engine.kinds import job_to_json
from engine.limits import MB, limits
from engine.runs.cluster.balance import Load, freest, next_move
from engine.runs.cluster.migration import ask_again, carry, forget, pass_on_orders, seen_done, set_aside
from engine.runs.cluster.shares import Claim, weights
from engine.runs.cluster.workers import GONE, Host, Hosts
from engine.runs.live import LiveRun
from engine.runs.worker.crash import Found
from engine.runs.worker.host import Order
from engine.runs.worker.outbox import News
from engine.runs.worker.throughput import Rate
from engine.training.events import Failed, Recovered, StatusChanged

log = logging.getLogger(__name__)
NOTICED_SECONDS = 2.0  # until then the loss of a host has been noticed
SHARE_SECONDS = 0.05  # what changes within this time is told to the hosts together
BALANCE_SECONDS = 1.0
MOVES_AT_ONCE = 4
OVER_PULSES = 3  # with too much memory, before something is done about it
WITHDRAWN = Failed("This run was stopped before it began.", "Start it anew.")
LOST = "A training process was lost; this run went on by itself."


class Fleet:
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
        self.hosts = Hosts(
            workers, checkpoints, self._stored, self._on_hosts, self._on_news, self._on_pulse, self._on_lost
        )
        self.waiting: list[LiveRun] = []
        self.live = live
        self.told = Rate()
        self._on_change, self._on_ready, self._on_over = on_change, on_ready, on_over
        self._tasks: set[asyncio.Task[None]] = set()
        self._sharing: asyncio.TimerHandle | None = None
        self._balanced = 0.0

    def accept(self, run: LiveRun) -> None:
        """Have a run carried that no host has."""
        self.waiting.append(run)
        self._place_waiting()

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("A run was not carried on.", exc_info=task.exception())

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    def share_soon(self) -> None:
        """Someone came or went: say anew how the hosts' time is shared."""
        if self._sharing is None:
            self._sharing = asyncio.get_running_loop().call_later(SHARE_SECONDS, self._share)

    def redo(self, run: LiveRun) -> None:
        """Train a run that is over once more from its checkpoint, for the weights that went down with its host."""
        run.seat.is_redone = True
        self._lift(run)
        self._place_waiting()

    def withdraw(self, run: LiveRun) -> None:
        """Let a run end that no host has had."""
        if run in self.waiting:
            self.waiting.remove(run)
            self.end_in_words(run, WITHDRAWN)

    def end_in_words(self, run: LiveRun, words: Failed) -> None:
        run.say(words, StatusChanged("failed"))
        run.is_settled = True
        self._on_change()

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
                self.end_in_words(run, Failed(hosts.why_down.what, hosts.why_down.cure))
        if not hosts.are_ready:
            return
        for run in tuple(self.waiting):
            candidates = self._hosts_for(run)
            if candidates:
                roomy = [host for host in candidates if self._fits(run.memory, host)]
                self.waiting.remove(run)
                self._put_on(run, self._freest(roomy) if roomy else min(candidates, key=self._memory))

    def _freest(self, hosts: list[Host]) -> Host:
        return hosts[freest([self._load(host) for host in hosts])]

    def _memory(self, host: Host) -> int:
        """Bytes that the runs on a host take, or should take with those that are on their way to it."""
        runs = [run for run in tuple(self.live.values()) if not run.is_over]
        return max(sum(run.memory for run in runs if host in (run.seat.host, run.seat.moves_to)), host.memory)

    def _fits(self, memory: int, host: Host) -> bool:
        """Whether a host has room for one more run that takes so many bytes."""
        return self._memory(host) + memory <= limits().host_memory

    def _hosts_for(self, run: LiveRun) -> list[Host]:
        """Those of its class; any where there are none of it and none to come."""
        present = self.hosts.present
        of_class = [host for host in present if host.is_heavy == run.is_heavy or (run.is_heavy and host.is_fast)]
        if of_class or (run.is_heavy and self.hosts.will_have_heavy()):
            return of_class
        return list(present) if run.is_heavy or not self.hosts.are_local else []

    def _put_on(self, run: LiveRun, host: Host) -> None:
        seat = run.seat
        seat.host, seat.is_begun, seat.began_at = host, False, run.told.step
        host.received[run.id] = run.tape.seq
        self.do(self._begin(run, host, run.tape.seq))
        self.share_soon()

    async def _begin(self, run: LiveRun, host: Host, seq: int) -> None:
        seat = run.seat
        has_told = run.told.newest or seat.checkpoint
        paused = run.status == "paused" or (run.status == "starting" and run.paused)
        status = "running" if seat.is_redone else run.status
        told = run.told if has_told else None
        orders = tuple(seat.orders)
        order = Order(job_to_json(run.job), paused, run.material, told, status, seat.checkpoint, orders, seq)
        seat.checkpoint = None
        try:
            await host.actor.start(run.id, order)
            if seat.host is host:
                del seat.orders[: len(orders)]
                await pass_on_orders(run, host)
                host.hurry.set()
        except Exception as error:  # whatever it was: the run must not be stranded
            log.info("A host did not take a run: %s", error)
            await self._take_back(run, host)

    async def _take_back(self, run: LiveRun, host: Host) -> None:
        """Have another host tried where one that is not lost does not do what it should with a run."""
        await asyncio.sleep(NOTICED_SECONDS)
        if run.seat.host is not host or host not in self.hosts.present:  # `_on_lost` has seen to it, or will
            return
        host.received.pop(run.id, None)
        self.do(forget(run, host))
        run.seat.fruitless += 1
        self._go_on(run, set_aside(run, "it could not be taken up"))
        self._place_waiting()

    def _go_on(self, run: LiveRun, words: Failed | None) -> None:
        """Let a run that has no host any longer wait for another one, or end in `words`."""
        if words and run.is_over:  # what it told stands; only its weights are lost
            run.is_settled = True
        elif words:
            self.end_in_words(run, words)
        else:
            self._lift(run)
            if run.told.newest and not run.is_over:
                run.say(Recovered(run.told.step, LOST))
        self._on_change()

    def _stored(self, host: Host) -> dict[str, int]:
        """The number of the newest event of each of a host's runs that is in the store."""
        runs = (self.live.get(run_id) for run_id in host.received)
        return {run.id: run.stored_seq for run in runs if run}

    def _on_news(self, host: Host, news: News) -> None:
        run = self.live.get(news.run_id)
        if run is None or run.seat.host is not host:
            return
        if run.seat.is_redone:  # all is told already; its last word is that the weights are there again
            if any(isinstance(event, StatusChanged) for event in news.events):
                self._on_over(run)
            return
        was = (run.status, run.is_over)
        run.add(news.first_seq, news.events)
        self.told.count(len(news.events))
        self._on_change()
        seen_done(run, news.events)
        if (run.status, run.is_over) != was:
            self.share_soon()
        if run.is_over and not was[1]:
            self._on_over(run)

    def _on_lost(self, host: Host, mark: Found, is_hung: bool) -> None:
        """Take up all its runs elsewhere, but for one that took down a host twice."""
        for run_id in host.received:
            run = self.live.get(run_id)
            if run is None or run.seat.host is not host or (run.is_over and not run.seat.is_redone):
                continue
            seat, wanted = run.seat, run.wants_to_train or run.seat.is_redone
            seat.strikes += mark.run_id == run_id and bool(is_hung or mark.crash)
            if run.told.step > seat.began_at:
                seat.fruitless = 0
            elif wanted and (mark.run_id == run_id or not self.hosts.are_local):  # else another one was at hand
                seat.fruitless += 1
            self._go_on(run, set_aside(run, mark.crash if not is_hung else "its step did not end"))
        self._place_waiting()
        self.share_soon()

    def _lift(self, run: LiveRun) -> None:
        """Take a run from its host, which has it no longer. What was asked of it is asked of the next one, too."""
        seat = run.seat
        seat.host, seat.is_begun, seat.moves_to = None, False, None
        ask_again(run)
        self.waiting.append(run)

    def _on_pulse(self, host: Host) -> None:
        """Runs whose steps turn out to be long go where they make nobody wait; then the hosts are evened out."""
        assert host.pulse
        for run_id, fare in host.pulse.runs.items():
            run = self.live.get(run_id)
            if run and fare.is_heavy and not run.is_heavy and run.seat.host is host:
                run.is_heavy = True
            if run and run.is_heavy and not (host.is_heavy or host.is_fast):
                better = [h for h in self._hosts_for(run) if (h.is_heavy or h.is_fast) and self._fits(run.memory, h)]
                if better:
                    self._move(run, self._freest(better))
        self._relieve(host)
        if self.waiting:
            self._place_waiting()
        now = time.monotonic()
        if now - self._balanced >= BALANCE_SECONDS:
            self._balanced = now
            self._even_out()

    def _even_out(self) -> None:
        hosts = [host for host in self.hosts.present if not host.is_heavy]
        runs = (self.live.get(run_id) for host in hosts for run_id in host.received)
        may_move = frozenset(run.id for run in runs if run and self._may_move(run))
        loads = [self._load(host) for host in hosts]
        for _ in range(MOVES_AT_ONCE):
            move = next_move(loads, may_move)
            if move is None:
                return
            run_id, whence, to = move
            if not self._fits(self.live[run_id].memory, hosts[to]):
                may_move -= {run_id}
                continue
            self._move(self.live[run_id], hosts[to])
            loads[to] = loads[to].with_run(run_id, loads[whence].weights[run_id])
            loads[whence] = loads[whence].without(run_id)

    def _relieve(self, host: Host) -> None:
        """Make room on a host that takes more memory than it may: its largest run moves, or ends with the reason."""
        limit = limits().host_memory
        host.over_memory = host.over_memory + 1 if host.memory > limit else 0
        runs = [run for run_id in host.received if (run := self.live.get(run_id)) and not run.is_over]
        if host.over_memory < OVER_PULSES or not runs or not all(run.seat.is_begun for run in runs):
            return
        host.over_memory = 0
        largest = max(runs, key=lambda run: run.memory)
        takes = max(host.memory * largest.memory // (sum(run.memory for run in runs) or 1), largest.memory)
        others = [other for other in self._hosts_for(largest) if other is not host and self._fits(takes, other)]
        if others and self._may_move(largest):
            self._move(largest, self._freest(others))
            return
        what = f"The training process of this run took {host.memory / MB:,.0f} MB of memory; {limit / MB:,.0f} MB is"
        cure = "Train it again with a smaller batch or network, or when fewer runs go on."
        self._end(largest, host, Failed(f"{what} the limit.", cure))

    def _end(self, run: LiveRun, host: Host, words: Failed) -> None:
        """Take a run from its host for good."""
        host.received.pop(run.id, None)
        run.seat.host, run.seat.is_begun = None, False
        self.end_in_words(run, words)
        self.do(forget(run, host))
        self.share_soon()

    def _move(self, run: LiveRun, to: Host) -> None:
        if self._may_move(run):
            run.seat.moves_to = to
            self.do(
                carry(run, lambda host: self._put_on(run, to if to in self.hosts.present else host), self._take_back)
            )

    def _may_move(self, run: LiveRun) -> bool:
        seat = run.seat
        return seat.is_begun and not seat.moves_to and not run.is_over and seat.stays_until < time.monotonic()

    def _load(self, host: Host) -> Load:
        """As if somebody looked at every run: nobody moves only because somebody else looks away."""
        claims = weights(Claim(run.id, run.owner, True) for run in tuple(self.live.values()) if run.wants_to_train)
        return Load({r: claims[r] for r in host.received if r in claims}, len(host.received), host.is_fast)

    def _claims(self) -> dict[str, float]:
        runs = [run for run in tuple(self.live.values()) if run.wants_to_train]
        return weights(Claim(run.id, run.owner, run.is_watched) for run in runs)

    def _share(self) -> None:
        """Tell every host the weights of its runs, and whether one of them is alone on its computer."""
        self._sharing = None
        claims = self._claims()
        for host in self.hosts.present:
            shares = {run_id: claims[run_id] for run_id in host.received if run_id in claims}
            pulse = host.pulse
            assert pulse
            beside = (h for h in self.hosts.present if h.pulse and h.pulse.machine == pulse.machine)
            alone = sum(run_id in claims for h in beside for run_id in h.received) == 1
            told = (shares, pulse.machine_cores if alone else 1)
            if told != (host.weights, host.alone_threads):
                host.weights, host.alone_threads = told
                self.do(_weigh(host))


async def _weigh(host: Host) -> None:
    with contextlib.suppress(*GONE):
        await host.actor.weigh(host.weights, host.alone_threads)
