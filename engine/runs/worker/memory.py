"""What a training process takes of its computer's memory, and how it gives back what it no longer needs."""

import contextlib
import ctypes
import gc

import psutil


def own_memory() -> int:
    """Bytes of this process in memory, without the files in it that it shares with others."""
    info = psutil.Process().memory_info()
    return int(info.rss) - int(getattr(info, "shared", 0))


def give_back() -> None:
    """Return freed memory to the system. The C library keeps it by itself: that makes the steps of a run fast, and a
    run that is over would leave all of its memory behind. Takes up to 50 ms."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)
