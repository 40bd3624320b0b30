"""The machine as it is now, looked at no more than once a second, however many ask."""

import functools
import threading
import time
from dataclasses import dataclass

import psutil

from engine.runs.cluster.machine import Machine
from engine.runs.service import RunService
from engine.runs.store.pruning import Storage
from engine.text import Text
from ui import backend

FRESH = 1.0  # s
PATIENCE = 60.0  # s without a training process, after which none is expected any more


@dataclass(frozen=True, slots=True)
class Now:
    """The hosts; what is wrong with the store, or None; what is kept in it; this server: its resident bytes and the
    cores that it keeps busy; and the computer that it runs on: bytes used and there in all, cores kept busy by all its
    programs. `missing`: for how many seconds there was no host."""

    machine: Machine
    store: Text | None
    storage: Storage
    server_memory: int
    server_cores: float
    used_memory: int
    memory: int
    used_cores: float
    missing: float

    @property
    def is_down(self) -> bool:
        """Whether training cannot happen, and not just for a moment."""
        return self.missing > PATIENCE


class Lookout:
    """One per service. `now` may be called from any thread."""

    def __init__(self, service: RunService) -> None:
        self._service, self._process = service, psutil.Process()
        self._lock = threading.Lock()
        self._now: Now | None = None
        self._looked = 0.0
        self._missing_since: float | None = None
        self._process.cpu_percent()  # both count from the call before
        psutil.cpu_percent()

    def now(self) -> Now:
        with self._lock:
            if self._now is None or time.monotonic() - self._looked >= FRESH:
                self._now, self._looked = self._look(), time.monotonic()
            return self._now

    def _look(self) -> Now:
        machine, memory = self._service.machine(), psutil.virtual_memory()
        if machine.hosts:
            self._missing_since = None
        elif self._missing_since is None:
            self._missing_since = time.monotonic()
        return Now(
            machine,
            self._service.trouble(),
            self._service.storage(),
            server_memory=self._process.memory_info().rss,
            server_cores=self._process.cpu_percent() / 100,
            used_memory=memory.total - memory.available,
            memory=memory.total,
            used_cores=psutil.cpu_percent() / 100 * (psutil.cpu_count() or 1),
            missing=time.monotonic() - self._missing_since if self._missing_since else 0.0,
        )


def now() -> Now:
    """The newest look at this process's own service."""
    return _lookout(backend.service()).now()


@functools.lru_cache(maxsize=1)
def _lookout(service: RunService) -> Lookout:
    return Lookout(service)
