"""What a training process reports. Once a second its heartbeat, with what it measured: memory, steps and pictures per
second of a run, events per second of all. What went wrong in a run, in words for people. And by its crash marker, a
file that outlives it, which run had its turn, and the crash message."""

import contextlib
import faulthandler
import mmap
import os
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from engine.catalogue.params import SpecError
from engine.limits import MB
from engine.text import Text
from engine.training.events import Failed, Progress

LARGE_BYTES = 50 * MB  # of memory that is no longer needed: worth giving back
EVENT_SECONDS, EVENT_READINGS = 0.5, 8
REPORT_SECONDS = 0.5
WINDOW_REPORTS = 4
FOLDER = "PLAYGROUND_CRASH_MARKERS"  # set by the sidecar for its workers: a folder on this machine
LENGTH = 128  # bytes of a run's id at most
NO_MEMORY = Text("There was not enough memory to train this network.")


@dataclass(frozen=True, slots=True)
class RunStats:
    """How one run does on its host: the seconds that its steps take, the seconds since its last turn, and whether its
    steps have shown to be long ones."""

    step_seconds: float
    waited: float
    is_heavy: bool


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """`current` is the run whose turn it is, since `current_seconds`, or empty. `memory` is the bytes that its runs
    take, `busy` the seconds of processor time used so far, `trouble` a sentence or None."""

    machine: str
    process: int
    device: str
    threads: int
    memory: int
    busy: float
    current: str
    current_seconds: float
    runs: Mapping[str, RunStats]
    trouble: Text | None
    machine_cores: int
    machine_memory: int


def own_memory() -> int:
    """Bytes of this process in memory, without the files in it that it shares with others."""
    info = psutil.Process().memory_info()
    return int(info.rss) - int(getattr(info, "shared", 0))


class Throughput:
    """Measures steps and pictures per second over the last two seconds or so. The run is planned for so many `steps`;
    `samples_done(step)` gives the pictures used so far. Call `restart` after a pause, which does not count."""

    def __init__(self, steps: int, samples_done: Callable[[int], int]) -> None:
        self._samples_done, self._all = samples_done, samples_done(steps)
        self._readings: deque[tuple[float, int]] = deque(maxlen=WINDOW_REPORTS)

    def restart(self, now: float, step: int) -> None:
        self._readings.clear()
        self._readings.append((now, step))

    def report(self, now: float, step: int) -> Progress | None:
        """The event for `now` (seconds on a clock that only goes forward), or None while it is too early."""
        if not self._readings or now - self._readings[-1][0] < REPORT_SECONDS:
            return None
        since, before = self._readings[0]
        self._readings.append((now, step))
        if step == before:
            return None
        samples, seconds = self._samples_done(step), now - since
        rate = (samples - self._samples_done(before)) / seconds
        return Progress(step, (step - before) / seconds, rate, (self._all - samples) / rate)


class EventThroughput:
    """Events per second over the last few seconds. `count` and `now` may come from different threads."""

    def __init__(self) -> None:
        self._readings: deque[tuple[float, int]] = deque([(time.monotonic(), 0)], maxlen=EVENT_READINGS)

    def count(self, more: int) -> None:
        then, so_far = self._readings[-1]
        if (now := time.monotonic()) - then < EVENT_SECONDS:
            self._readings[-1] = (then, so_far + more)
        else:
            self._readings.append((now, so_far + more))

    def now(self) -> float:
        """0 when nothing has come for a while."""
        recent = [
            reading
            for reading in tuple(self._readings)
            if time.monotonic() - reading[0] < EVENT_READINGS * EVENT_SECONDS
        ]
        if not recent:
            return 0.0
        return (recent[-1][1] - recent[0][1]) / max(time.monotonic() - recent[0][0], EVENT_SECONDS)


class CrashMarker:
    """Written by the training thread at every turn, for a microsecond; without FOLDER it does nothing."""

    def __init__(self) -> None:
        self._page: mmap.mmap | None = None
        folder = os.environ.get(FOLDER)
        if not folder:
            return
        with contextlib.suppress(OSError):
            path = Path(folder) / str(os.getpid())
            if not path.exists():  # or an earlier host of this process still writes there
                path.write_bytes(bytes(LENGTH))
            with path.open("r+b") as file:
                self._page = mmap.mmap(file.fileno(), LENGTH)
            self._crash = path.with_suffix(".crash").open("wb")
            faulthandler.enable(self._crash, all_threads=False)

    def put(self, run_id: str) -> None:
        """Write which run has its turn from now on; an empty id when none has."""
        if self._page:
            self._page[:] = run_id.encode()[:LENGTH].ljust(LENGTH, b"\0")


@dataclass(frozen=True, slots=True)
class CrashReport:
    """`run_id` is the run whose turn it was when the process ended, or empty. `crash` is the first line
    that the process wrote about its crash; empty when it was killed from outside."""

    run_id: str = ""
    crash: str = ""


def read_crash_report(folder: Path | None, process: int) -> CrashReport:
    """Read the marker that a process of this machine left."""
    if folder is None:
        return CrashReport()
    with contextlib.suppress(OSError):
        path = folder / str(process)
        run_id = path.read_bytes().rstrip(b"\0").decode(errors="replace")
        crash = path.with_suffix(".crash").read_text(errors="replace").partition("\n")[0]
        return CrashReport(run_id, crash)
    return CrashReport()


def describe_failure(error: Exception) -> Failed:
    """The event that ends a run which failed with `error`. What an error says that is not made for people is for the
    log."""
    if isinstance(error, SpecError):
        return Failed(error.what, error.cure)
    if isinstance(error, MemoryError) or "memory" in str(error):
        return Failed(NO_MEMORY, Text("Use a smaller batch or fewer channels."))
    what = Text("Training ended with an error that the playground does not know; the server's log has its words.")
    return Failed(what, Text("Change the network or its settings and train again."))
