"""The runs of a server: started, steered, watched and remembered. Training itself happens in worker processes."""

import asyncio
import contextlib
import logging
import secrets
import threading
import time
from collections.abc import AsyncGenerator, Collection, Coroutine
from typing import Any, TypeVar

from torch import nn

from engine.checkpoint import model_from_bytes
from engine.config import TrainConfig, config_from_json, config_to_json
from engine.events import Failed, StatusChanged
from engine.limits import check_training
from engine.network import NetworkSpec, network_from_json, network_to_json, plan
from engine.params import SpecError
from engine.runs.example import EXAMPLE, example
from engine.runs.history import live_history, stored_history, told_apart
from engine.runs.host import News
from engine.runs.hosts import GONE, Host, Hosts
from engine.runs.info import MAX_UNFINISHED_RUNS, Action, RunInfo, checked_action
from engine.runs.keeper import Keeper
from engine.runs.live import LiveRun, Watcher
from engine.runs.message import Message
from engine.runs.results import load_result, save_result
from engine.runs.sidecar import worker_count
from engine.runs.store import Store

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
ANSWER_SECONDS = 2.0
FINAL_SECONDS = 60.0
MODEL_SECONDS = 1.0
MESSAGE_SECONDS = 0.2
CLOSE_SECONDS = 4.0
LOST = Failed("The process that trained this run ended unexpectedly.", "Train it again.")
NO_PROCESSES = Failed("The training processes did not start.", "Restart the playground; its terminal says more.")


class RunService:
    """One per server. Its methods may be called from any thread; `watch` from any event loop."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or worker_count()
        self._live: dict[str, LiveRun] = {}
        self._starting = threading.Lock()
        self._store = Store()
        self._keeper = Keeper(self._store, self._live)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        # Touched only in the loop:
        self._hosts = Hosts(self._workers, self._place_waiting, self._on_news, self._on_lost)
        self._waiting: list[LiveRun] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._end: asyncio.Event

    def begin(self) -> None:
        """Start the worker processes and return at once; runs started before they are ready wait for them."""
        up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(up)), name="run service", daemon=True)
        self._thread.start()
        up.wait()

    def ready(self) -> bool:
        """Whether the hosts are warm, so that a run starts at once."""
        return self._ready.is_set()

    def wait_ready(self, timeout: float) -> bool:
        return self._ready.wait(timeout)

    def close(self) -> None:
        """End the worker processes and store what is left. Runs that are not over end where they are."""
        if self._thread and self._loop:
            with contextlib.suppress(RuntimeError):  # closed before
                self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(CLOSE_SECONDS)
        self._keeper.close()
        self._store.close()

    def start(self, network: NetworkSpec, config: TrainConfig, owner: str, paused: bool = False) -> str:
        """Check and queue a run; its id. Raises SpecError."""
        loop = self._running_loop
        config = config_from_json(config_to_json(config))
        planned = plan(network_from_json(network_to_json(network)))
        check_training(planned, config)
        with self._starting:
            unfinished = [r for r in tuple(self._live.values()) if r.owner == owner and not r.is_over]
            if len(unfinished) >= MAX_UNFINISHED_RUNS:
                what = f"You have {len(unfinished)} runs that are not over."
                raise SpecError(what, f"Stop one of them first: {MAX_UNFINISHED_RUNS} are the limit.")
            run = LiveRun(secrets.token_urlsafe(16), owner, planned.network, config, planned.parameters, paused)
            self._live[run.id] = run
        self._keeper.wake()
        loop.call_soon_threadsafe(self._accept, run)
        return run.id

    def control(self, run_id: str, owner: str, action: Action, value: float | None = None) -> None:
        """Do what the run's owner asks; on return it is done, unless a step takes seconds. A run that is over stays so.

        Raises KeyError for an unknown run, PermissionError for another owner, SpecError for an unusable rate.
        """
        info = self.run(run_id)
        if info is None:
            raise KeyError(run_id)
        if info.owner != owner:
            raise PermissionError("Only the visitor who started a run can steer it.")
        rate = checked_action(action, value)
        run = self._live.get(run_id)
        if run and not run.is_over:
            self._wait_for(self._control(run, action, rate))

    def run(self, run_id: str) -> RunInfo | None:
        live = self._live.get(run_id)
        if live:
            return live.info()
        if run_id == EXAMPLE:
            recorded = example()
            return recorded.info if recorded else None
        info = self._store.run(run_id)
        return told_apart(info) if info else None

    def runs(self, owner: str | None = None, limit: int = 20) -> list[RunInfo]:
        """The newest first, of all owners when `owner` is None."""

        def live() -> dict[str, RunInfo]:
            return {run.id: run.info() for run in tuple(self._live.values()) if owner in (None, run.owner)}

        before = live()
        stored = {info.id: told_apart(info) for info in self._store.runs(owner, limit)}
        known = stored | before | live()  # one that came or went while the store was read is told as it was live
        return sorted(known.values(), key=lambda info: info.created, reverse=True)[:limit]

    def history(self, run_id: str, after: int = 0) -> Message:
        """All that came after event number `after`, as one message. Raises KeyError for an unknown run."""
        live = self._live.get(run_id)
        if live:
            return live_history(live, self._store, after)
        recorded = example() if run_id == EXAMPLE else None
        if recorded:
            return recorded.history(after)
        info = self._store.run(run_id)
        if info is None:
            raise KeyError(run_id)
        return stored_history(info, self._store, after)

    async def watch(self, run_id: str, after: int = 0) -> AsyncGenerator[Message, None]:
        """Messages with all that comes after event number `after`, until the run is over. Whoever reads slowly gets
        more in each, never a queue. Raises KeyError for an unknown run."""
        run = self._live.get(run_id)
        if run is None:
            message = await asyncio.to_thread(self.history, run_id, after)
            if message["seq"] > after:
                yield message
            return
        watcher = Watcher()
        run.watchers.add(watcher)
        try:
            after = min(after, run.tape.seq)
            while True:
                watcher.news.clear()
                was_over = run.is_over
                if run.tape.first > after + 1:  # part of it is on disk
                    message = await asyncio.to_thread(live_history, run, self._store, after)
                else:
                    message = live_history(run, self._store, after)
                if message["seq"] > after:
                    after = message["seq"]
                    yield message
                    if "steps" in message:  # what comes before the first point must not hold it up
                        await asyncio.sleep(MESSAGE_SECONDS)
                elif was_over:
                    return
                else:
                    await watcher.news.wait()
        finally:
            run.watchers.discard(watcher)

    def model(self, run_id: str) -> nn.Sequential | None:
        """The run's network with its weights as of now, in evaluation mode; None when it has none (yet or any more).

        Of a run that trains they are at most a second old. Raises SpecError when they are no longer finite.
        """
        run = self._live.get(run_id)
        if run is None or run.is_settled:
            info = self.run(run_id)
            return load_result(run_id) if info and info.finished else None
        with run.model_lock:
            fresh = run.model_seq == run.tape.seq or time.monotonic() - run.model_time < MODEL_SECONDS
            if run.host and run.is_begun and not (run.model and fresh):
                seq = run.tape.seq
                content = self._wait_for(self._weights(run.host, run.id, ANSWER_SECONDS))
                if content:
                    run.model = model_from_bytes(run.network, content)
                    run.model_seq, run.model_time = seq, time.monotonic()
            return run.model

    @property
    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise RuntimeError("begin() comes before the first run")
        return self._loop

    def _wait_for(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self._running_loop).result()

    # From here on: in the event loop of the service.

    async def _serve(self, up: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        up.set()
        serving = asyncio.create_task(self._hosts.serve())
        await self._end.wait()
        self._ready.clear()
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
            self._ready.set()
        else:
            self._ready.clear()
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
        network, config = network_to_json(run.network), config_to_json(run.config)
        with contextlib.suppress(*GONE):  # `_on_lost` has the rest
            await host.actor.start(run.id, network, config, run.owner, run.paused)
            while run.orders:
                await host.actor.control(run.id, *run.orders.pop(0))
            run.is_begun = True
            host.hurry.set()

    async def _control(self, run: LiveRun, action: Action, rate: float | None) -> None:
        if not run.host or not run.is_begun:
            run.orders.append((action, rate))
            return
        watcher = Watcher()
        run.watchers.add(watcher)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                seq = await run.host.actor.control(run.id, action, rate)
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
        self._keeper.wake()
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
                log.warning("The trained model of a run could not be saved: %s", error)
        run.is_settled = True
        self._keeper.wake()
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
        self._keeper.wake()
