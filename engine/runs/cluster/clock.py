"""Makes dask's messages go by a clock that nobody sets."""

import time

import distributed.batched
from tornado.ioloop import IOLoop


def use_steady_clock() -> None:
    """Have this process's streams of messages wait by the monotonic clock.

    By the time of day, which they go by otherwise, a stream that has just sent something when the clock is set back an
    hour sends nothing more for that hour. Call it before a first connection is made.
    """
    vars(distributed.batched)["time"] = time.monotonic
    IOLoop.time = lambda self: time.monotonic()  # type: ignore[method-assign]
