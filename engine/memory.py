"""What the C library does with memory that is freed. Imports no torch."""

import contextlib
import ctypes
import gc

# mallopt(3), in glibc's malloc.h
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST = 2**31 - 1  # bytes


def keep_memory() -> None:
    """Have this process keep the memory of big tensors from step to step. By itself glibc gives each of them back to
    the system and fetches it again, which is up to half of a step. Other C libraries are left as they are."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_THRESHOLD, 2**30)
        library.mallopt(M_TRIM_THRESHOLD, LARGEST)


def give_back() -> None:
    """Return freed memory to the system, in up to 50 ms, when a run is over."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
