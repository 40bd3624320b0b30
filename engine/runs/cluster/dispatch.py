"""Passes calls from any thread to the event loop in which hosts and runs are managed."""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from engine.kind import Action
from engine.kinds import kind_of
from engine.runs.cluster.host import GONE, Host
from engine.runs.cluster.machine import Machine, machine_now
from engine.runs.cluster.migration import note_order
from engine.runs.cluster.placement import Placement
from engine.runs.info import Value
from engine.runs.live import LiveRun, Watcher
from engine.runs.results import save_result
from engine.runs.store.checkpoints import Checkpoints

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
ANSWER_SECONDS = 2.0
FINAL_SECONDS = 60.0
CLOSE_SECONDS = 4.0
AGAIN_SECONDS = 0.5
SAVE_AGAIN_SECONDS = 2.0
SAVE_SECONDS = 600.0  # for which a disk may take nothing, and nothing learned is lost


class Dispatch:
    """The first methods may be called from any thread. `on_change` is called, in the loop, when a run has something to
    be stored; `live` is the service's."""

    def __init__(
        self, workers: int, live: dict[str, LiveRun], checkpoints: Checkpoints | None, on_change: Callable[[], None]
    ) -> None:
        self.ready = threading.Event()
        self._on_change, self._checkpoints, self._workers = on_change, checkpoints, workers
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        # Touched only in the loop:
        url = checkpoints.url if checkpoints else None
        self._placement = Placement(workers, live, url, on_change, self._on_ready, self._on_over)
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
        """Give a new or resumed run to one of the hosts."""
        self.running_loop.call_soon_threadsafe(self._placement.accept, run)

    def watchers_changed(self) -> None:
        """Tell the hosts their new shares: a run that somebody looks at comes first."""
        with contextlib.suppress(RuntimeError):  # not begun, or closed
            self.running_loop.call_soon_threadsafe(self._placement.share_soon)

    def control(self, run: LiveRun, action: Action, value: Value) -> None:
        """Send an order to a run; done on return, unless a step takes seconds."""
        self._wait_for(self._control(run, action, value))

    def weights(self, run: LiveRun) -> bytes | None:
        """Read a run's weights; None where it has not begun, or its host does not answer."""
        host = run.assignment.host
        if host is None or not run.assignment.is_begun:
            return None
        return self._wait_for(self._weights(host, run.id, ANSWER_SECONDS))

    def machine(self) -> Machine:
        """A snapshot of the hosts."""
        return machine_now(self._placement)

    def memory_limit(self, heavy: bool) -> int:
        """Bytes of memory for all runs of one class."""
        return self._placement.hosts.memory_limit(heavy)

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
        serving = asyncio.create_task(self._placement.hosts.serve())
        await self._end.wait()
        serving.cancel()
        self._placement.close()
        await asyncio.gather(serving, return_exceptions=True)

    def _on_ready(self, is_ready: bool) -> None:
        if is_ready:
            self.ready.set()
        else:
            self.ready.clear()

    async def _control(self, run: LiveRun, action: Action, value: Value) -> None:
        note_order(run, action, value)
        host = run.assignment.host
        if not host and action == "stop" and not run.replay.newest:
            self._placement.withdraw(run)
            return
        if not host or not run.assignment.is_begun:
            run.assignment.orders.append((action, value))
            return
        watcher = Watcher()
        run.watchers.add(watcher)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                seq = await host.actor.control(run.id, action, value)
                host.hurry.set()
                while run.events.seq < seq:
                    watcher.has_news.clear()
                    await watcher.has_news.wait()
        except GONE:  # a long step, after which it will be done; or a lost host: the next one is asked again
            return
        finally:
            run.watchers.discard(watcher)

    async def _weights(self, host: Host, run_id: str, seconds: float) -> bytes | None:
        with contextlib.suppress(*GONE):
            async with asyncio.timeout(seconds):
                content: bytes = await host.actor.weights(run_id)
                return content
        return None

    def _on_over(self, run: LiveRun) -> None:
        self._placement.do(self._wind_up(run))

    async def _wind_up(self, run: LiveRun) -> None:
        """Save the final weights in the data folder, then let the host forget the run. Where its host is lost first,
        another one trains the last steps again."""
        host = run.assignment.host
        assert host
        if run.finished and kind_of(run.job).result:
            content = await self._weights(host, run.id, FINAL_SECONDS)
            if content is None:
                await asyncio.sleep(AGAIN_SECONDS)  # until its loss has been noticed
                if host not in self._placement.hosts.present:
                    if run.assignment.host is host:
                        self._placement.redo(run)
                    return
                content = await self._weights(host, run.id, FINAL_SECONDS)
            await self._save(run, content)
        run.is_settled = True
        self._on_change()
        host.received.pop(run.id, None)
        with contextlib.suppress(*GONE):
            await host.actor.forget(run.id)
        if self._checkpoints:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(self._checkpoints.drop, run.id)

    async def _save(self, run: LiveRun, content: bytes | None) -> None:
        """Save what a run has learned; where the disk takes nothing, for a while try again."""
        if content is None:
            log.warning("What a run has learned could not be fetched.")
            return
        until, known = time.monotonic() + SAVE_SECONDS, None
        while time.monotonic() < until:
            try:
                await asyncio.to_thread(save_result, run.info(), content)
                break
            except ValueError as error:  # figures that are no numbers
                log.warning("What a run has learned could not be saved: %s", error)
                break
            except OSError as error:
                if error.errno != known:
                    log.warning("What a run has learned could not be saved yet: %s", error)
                known = error.errno
            await asyncio.sleep(SAVE_AGAIN_SECONDS)
