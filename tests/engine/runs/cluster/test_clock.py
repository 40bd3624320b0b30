"""Streams of messages and the clock. In a process of its own: who else trains in this one would get its times wrong."""

import subprocess
import sys

SET_BACK = """
import asyncio, time
import distributed.batched
from tornado.ioloop import IOLoop
from engine.runs.cluster.clock import use_steady_clock

now, shift = time.time, 0.0
time.time = distributed.batched.time = lambda: now() - shift
IOLoop.time = lambda self: time.time()
{steady}

class Wire:
    written = []
    async def write(self, payload, **_):
        self.written += payload
        return len(payload)
    def closed(self):
        return False
    def abort(self):
        pass

async def send():
    global shift
    wire, stream = Wire(), distributed.batched.BatchedSend(interval="100ms", loop=IOLoop.current())
    stream.start(wire)
    stream.send("before")
    while not wire.written:
        await asyncio.sleep(0.001)
    shift = 3600.0
    stream.send("after")
    await asyncio.sleep(0.5)
    stream.abort()
    print(*wire.written)

asyncio.run(send())
"""


def sent(steady: str) -> str:
    program = [sys.executable, "-c", SET_BACK.format(steady=steady)]
    return subprocess.run(program, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def test_a_stream_goes_on_at_once_after_the_clock_is_set_back() -> None:
    assert sent("use_steady_clock()") == "before after"
    assert sent("") == "before", "dask has mended it: this clock can go"
