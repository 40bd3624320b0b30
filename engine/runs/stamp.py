"""When something was made, so that what is newer sorts as newer: a computer's clock may be set back."""

import threading
import time

LEAST = 1e-3  # s between two stamps
_lock = threading.Lock()
_newest = 0.0


def stamp() -> float:
    """Seconds since 1970, or a moment after the newest stamp where the clock has fallen behind that."""
    global _newest
    with _lock:
        _newest = max(time.time(), _newest + LEAST)
        return _newest


def note_stamp(seconds: float) -> None:
    """Let all stamps from now on be newer than this one, of an earlier life of the server."""
    global _newest
    with _lock:
        _newest = max(_newest, seconds)
