"""Runs and the hosts that carry them, in an event loop of their own: given out, steered, brought home, missed."""

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Callable, Collection, Coroutine
from typing import Any, TypeVar

from engine.events import Failed, StatusChanged
from engine.jobs import Action, job_to_json
from engine.runs.host import News
from engine.runs.hosts import GONE, Host, Hosts
from engine.runs.info import Value
from engine.runs.live import LiveRun, Watcher
from engine.runs.machine import Carried, HostInfo, Machine
from engine.runs.results import save_result

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
ANSWER_SECONDS = 2.0
FINAL_SECONDS = 60.0
CLOSE_SECONDS = 4.0
LOST = Failed("The process that trained this run ended unexpectedly.", "Train it again.")
NO_PROCESSES = Failed("The training processes did not start.", "Restart the playground; its terminal says more.")


class Dispatch:
    """The first methods may be called from any thread. `on_change` is called, in the loop, when a run has something to
    be stored; `live` is the service's."""

    def __init__(self, workers: int, live: dict[str, LiveRun], on_change: Callable[[], None]) -> None:
        self.ready = threading.Event()
        self._live, self._on_change = live, on_change
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        # Touched only in the loop:
        self._hosts = Hosts(workers, self._place_waiting, self._on_news, self._on_lost)
        self._waiting: list[LiveRun] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._end: asyncio.Event

    def begin(self) -> None:
        """Start the worker processes and return at once; runs given before they are ready wait for them."""
        up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(up)), name="run service", daemon=True)
        self._thread.start()
        up.wait()

    def close(self) -> None:
        if self._thread and self._loop:
            with contextlib.suppress(RuntimeError):  # closed before
                self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(CLOSE_SECONDS)

    def give(self, run: LiveRun) -> None:
        """Have a new run carried by one of the hosts."""
        self.running_loop.call_soon_threadsafe(self._accept, run)

    def control(self, run: LiveRun, action: Action, value: Value) -> None:
        """Done on return, unless a step takes seconds."""
        self._wait_for(self._control(run, action, value))

    def weights(self, run: LiveRun) -> bytes | None:
        """As they are now; None where the run has not begun, or its host does not answer."""
        if run.host is None or not run.is_begun:
            return None
        return self._wait_for(self._weights(run.host, run.id, ANSWER_SECONDS))

    def machine(self) -> Machine:
        hosts = []
        for number, host in enumerate(tuple(self._hosts.present), 1):
            runs = [self._live[run_id] for run_id in tuple(host.received) if run_id in self._live]
            share = 1 / max(sum(run.status == "running" for run in runs), 1)
            carried = [
                Carried(r.id, r.info().name, r.info().kind, r.owner, r.status, share, len(r.watchers), 0, 0.0, 0.0)
                for r in runs
            ]
            hosts.append(HostInfo(str(number), "", host.process, False, "cpu", 1, 0, 0, 0.0, 0.0, "", tuple(carried)))
        waiting = tuple(run.info().name for run in self._waiting)
        return Machine(os.cpu_count() or 1, 0, tuple(hosts), waiting, 0.0, 0, 0, 0, "")

    @property
    def running_loop(self) -> asyncio.AbstractEventLoop:
        """Raises RuntimeError before `begin`."""
        if self._loop is None:
            raise RuntimeError("begin() comes before the first run")
        return self._loop

    def _wait_for(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self.running_loop).result()

    # From here on: in the event loop.

    async def _serve(self, up: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        up.set()
        serving = asyncio.create_task(self._hosts.serve())
        await self._end.wait()
        self.ready.clear()
        for task in (serving, *self._tasks):
            task.cancel()
        await asyncio.gather(serving, *self._tasks, return_exceptions=True)

    def _accept(self, run: LiveRun) -> None:
        self._waiting.append(run)
        self._place_waiting()

    def _place_waiting(self) -> None:
        """Give every waiting run to the host with the fewest that train; runs wait until all hosts are warm."""
        hosts = self._hosts
        if hosts.are_ready and hosts.present:
            self.ready.set()
        else:
            self.ready.clear()
            if not hosts.are_down:
                return
        waiting, self._waiting = self._waiting, []
        for run in waiting:
            if hosts.are_down:
                self._end_in_words(run, NO_PROCESSES)
                continue
            run.host = min(hosts.present, key=self._load)
            run.host.received[run.id] = 0
            self._do(self._begin_run(run, run.host))

    def _load(self, host: Host) -> tuple[int, int]:
        runs = [self._live[run_id] for run_id in host.received if run_id in self._live]
        return sum(run.status in ("starting", "running") for run in runs), len(runs)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _begin_run(self, run: LiveRun, host: Host) -> None:
        with contextlib.suppress(*GONE):  # `_on_lost` has the rest
            await host.actor.start(run.id, job_to_json(run.job), run.owner, run.paused, run.material)
            run.material = None
            while run.orders:
                await host.actor.control(run.id, *run.orders.pop(0))
            run.is_begun = True
            host.hurry.set()

    async def _control(self, run: LiveRun, action: Action, value: Value) -> None:
        if not run.host or not run.is_begun:
            run.orders.append((action, value))
            return
        watcher = Watcher()
        run.watchers.add(watcher)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                seq = await run.host.actor.control(run.id, action, value)
                run.host.hurry.set()
                while run.tape.seq < seq:
                    watcher.news.clear()
                    await watcher.news.wait()
        except GONE:  # or a long step, after which it will be done
            return
        finally:
            run.watchers.discard(watcher)

    async def _weights(self, host: Host, run_id: str, seconds: float) -> bytes | None:
        with contextlib.suppress(*GONE):
            async with asyncio.timeout(seconds):
                content: bytes = await host.actor.weights(run_id)
                return content
        return None

    def _on_news(self, news: News) -> None:
        run = self._live.get(news.run_id)
        if run is None:
            return
        was_over = run.is_over
        run.add(news.first_seq, news.events)
        self._on_change()
        if run.is_over and not was_over:
            self._do(self._wind_up(run))

    async def _wind_up(self, run: LiveRun) -> None:
        """Bring the final weights to the data folder, then let the host forget the run."""
        assert run.host
        content = await self._weights(run.host, run.id, FINAL_SECONDS) if run.finished else None
        if content:
            try:
                await asyncio.to_thread(save_result, run.info(), content)
            except (OSError, ValueError) as error:  # ValueError: figures that are no numbers
                log.warning("What a run has learned could not be saved: %s", error)
        run.is_settled = True
        self._on_change()
        run.host.received.pop(run.id, None)
        with contextlib.suppress(*GONE):
            await run.host.actor.forget(run.id)

    def _on_lost(self, run_ids: Collection[str]) -> None:
        for run_id in run_ids:
            run = self._live.get(run_id)
            if run and not run.is_over:
                self._end_in_words(run, LOST)

    def _end_in_words(self, run: LiveRun, words: Failed) -> None:
        run.add(run.tape.seq + 1, (words, StatusChanged("failed")))
        run.is_settled = True
        self._on_change()
