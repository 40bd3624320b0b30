"""Measures the memory of a training process, and returns freed memory to the system."""

import contextlib
import ctypes
import gc

import psutil

from engine.limits import MB

LARGE_BYTES = 50 * MB  # of memory that is no longer needed: worth giving back


def own_memory() -> int:
    """Bytes of this process in memory, without the files in it that it shares with others."""
    info = psutil.Process().memory_info()
    return int(info.rss) - int(getattr(info, "shared", 0))


def give_back() -> None:
    """Return freed memory to the system, in up to 50 ms. By itself the C library keeps it, for the sake of fast steps,
    also when a run is over."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)
