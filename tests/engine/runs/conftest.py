"""One real service with two worker processes for all tests here, and a reader of what it sends."""

import asyncio
import json
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import pytest

from engine.runs.service import RunService
from tests.engine.runs.postgres import postgres

__all__ = ["postgres"]

PATIENCE = 120.0
OWNER = "teacher"
Until = Callable[["Reading"], bool]


def on_the_wire(data: Any) -> Any:
    """What a browser makes of it: JSON knows no tuples."""
    return json.loads(json.dumps(data))


def until(holds: Callable[[], bool]) -> None:
    """Wait, and leave the processor to what is waited for."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE} s; {threads()}"
        time.sleep(0.02)


def threads() -> str:
    """Where each thread of this process is, innermost first."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    stacks = {names.get(ident, ident): traceback.extract_stack(frame) for ident, frame in sys._current_frames().items()}
    return "; ".join(
        f"{name}: {' < '.join(f'{f.name}:{f.lineno}' for f in stack[:-7:-1])}" for name, stack in stacks.items()
    )


@dataclass
class Reading:
    """What a watcher has read so far."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def seq(self) -> int:
        return int(self.messages[-1]["seq"]) if self.messages else 0

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for message in self.messages for event in message["events"]]

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]

    def column(self, name: str) -> list[float]:
        return [value for message in self.messages for value in message.get("steps", {}).get(name, ())]

    @property
    def statuses(self) -> list[str]:
        return [event["status"] for event in self.named("status_changed")]

    @property
    def is_over(self) -> bool:
        return bool(self.statuses) and self.statuses[-1] in ("finished", "stopped", "diverged", "failed")


Read = Callable[..., Reading]


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_DATA", str(path))
        yield path


@pytest.fixture(scope="package")
def service(folder: Any) -> Iterator[RunService]:
    service = RunService(2)
    service.begin()
    assert service.wait_ready(PATIENCE)
    yield service
    service.close()


@pytest.fixture
def read(service: RunService) -> Iterator[Read]:
    """`read(run_id, until, after=0)` watches a run until it is over or `until(reading)` is true."""
    watched: set[str] = set()

    async def watch(run_id: str, until: Until, after: int) -> Reading:
        reading = Reading()
        async with asyncio.timeout(PATIENCE), aclosing(service.watch(run_id, after)) as messages:
            async for message in messages:
                reading.messages.append(on_the_wire(message))
                if until(reading):
                    break
        return reading

    def read(run_id: str, until: Until = lambda reading: False, after: int = 0) -> Reading:
        watched.add(run_id)
        return asyncio.run(watch(run_id, until, after))

    yield read
    for run_id in watched:
        info = service.run(run_id)
        if info and not info.is_over:
            service.control(run_id, info.owner, "stop")
            read(run_id)
