"""What is done with memory that is freed, by the C library and by Python's collector. Imports no torch."""

import contextlib
import ctypes
import gc
import threading
import time
from dataclasses import dataclass

# mallopt(3), in glibc's malloc.h
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
LARGEST = 2**31 - 1  # bytes
LOOK_SECONDS = 0.5
QUIET = 0.15  # of a core, in which a process is at rest
ENOUGH = 20  # collections of younger objects after which a full one is worth while
REST_SECONDS = 30.0  # after which one is at rest, if there were any at all; twice that for one of all objects
IDLE_SECONDS = 5.0  # in which nobody asks for anything, before one of all objects
MOST_GROWTH = 20_000_000  # bytes that a process may grow by before it is at rest
WHOLE_GROWTH = 400_000_000  # bytes after which all objects are looked through, also those known to be in use
NEVER = 10**9


def keep_memory() -> None:
    """Have this process keep the memory of big tensors from step to step. By itself glibc gives each of them back to
    the system and fetches it again, which is up to half of a step. Other C libraries are left as they are."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_THRESHOLD, 2**30)
        library.mallopt(M_TRIM_THRESHOLD, LARGEST)


def share_memory() -> None:
    """Have this process, whose many threads hold nothing big for long, give big pieces back at once, and its threads
    share two heaps. By itself glibc gives eight times as many as there are cores, and each keeps what it once took."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_ARENA_MAX, 2)
        library.mallopt(M_MMAP_THRESHOLD, 2**20)
        library.mallopt(M_TRIM_THRESHOLD, 2**25)


def give_back() -> None:
    """Return freed memory to the system, in up to 50 ms, when a run is over."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def collect_when_quiet() -> None:
    """Have the full collections of Python's garbage wait until this process has little to do, or has grown. In one that
    serves many, each stops all threads for 100 to 500 ms; by itself there is one every few seconds while much is
    asked. What a collection under load finds in use is not looked through again by the next one, which is then far
    shorter; while nobody asks for anything, or when the
    process has grown by much, all of it is."""
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, NEVER)
    threading.Thread(target=_collect, name="garbage collector", daemon=True).start()


def _collect() -> None:
    import psutil  # the server alone needs it: every process of ours imports this module

    process = psutil.Process()
    last = whole = _Moment(_collections(), process.memory_info().rss, time.monotonic())
    quiet = 0.0  # seconds
    while True:
        before = time.process_time()
        time.sleep(LOOK_SECONDS)
        quiet = quiet + LOOK_SECONDS if time.process_time() - before < QUIET * LOOK_SECONDS else 0.0
        now = _Moment(_collections(), process.memory_info().rss, time.monotonic())
        is_any = quiet and now.collections > last.collections and now.at > last.at + REST_SECONDS
        is_many = now.collections >= last.collections + ENOUGH and (quiet or now.size > last.size + MOST_GROWTH)
        is_idle = quiet > IDLE_SECONDS and now.collections > whole.collections and now.at > whole.at + 2 * REST_SECONDS
        is_large = now.size > whole.size + WHOLE_GROWTH
        if is_any or is_many or is_idle or is_large:
            if is_whole := is_idle or is_large:
                gc.unfreeze()
                gc.collect()  # a page that is gone says goodbye in this one, and is freed in the next
            give_back()
            gc.freeze()
            last = _Moment(_collections(), process.memory_info().rss, time.monotonic())
            whole = last if is_whole else whole


@dataclass(frozen=True, slots=True)
class _Moment:
    """How many collections of the middle generation there were, the size of the process in bytes, and when (s)."""

    collections: int
    size: int
    at: float


def _collections() -> int:
    """How many collections of the middle generation there were."""
    return int(gc.get_stats()[1]["collections"])
