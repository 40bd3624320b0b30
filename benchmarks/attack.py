"""An attack on the playground, on this machine alone: what answers come, what is logged, who notices.

    python benchmarks/attack.py
    python benchmarks/attack.py --requests 2000 --seed 7

Odd requests and frames, half requests, silent sockets, frames of 190 MB, pictures of 40 megapixels, archives of
pictures and forged widgets, all drawn by the seed, against a server of its own on loopback. Meanwhile one visitor
behaves well, in another process. Exits with 1 when a goal is missed.
"""

import argparse
import collections
import functools
import http.client
import io
import json
import math
import multiprocessing
import os
import random
import socket
import statistics
import struct
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent.parent))

import psutil
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import WebSocketException

from benchmarks.goals import told, told_none
from tests.a_visitor import Visitor
from tests.forged_messages import answers, complaints, forged, widget_ids
from tests.odd_requests import head, odd_exchange
from tools.browser import ROOT, local_server
from ui.api.requests import OWNER_COOKIE

Result = TypeVar("Result")
Waited = tuple[float, int, str]  # milliseconds until an answer, its status, what was asked
ATTACKERS = 8  # each sends the next as soon as it has an answer
HELD = 1000  # connections that are left open
ALONE_SECONDS = 15.0
SETTLE_SECONDS = 135.0  # Streamlit keeps the pages of who left for two minutes, for who comes back
FREED_SECONDS = 90.0  # in which a server at rest has looked through all its objects once
FIRST = 12_000  # requests after which all is loaded that is loaded once, and as many pages are kept as ever
TRACES_SHOWN, SLOWEST_SHOWN, TRACE_LENGTH = 5, 6, 5000  # characters
LOOK_SECONDS = 1.0  # between two looks for the process for pictures: each goes through all processes
TAKEN = 4_000_000  # bytes of a frame that a server may take before it closes
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
SOCKETS = ("/_stcore/stream", "/api/runs/example/events")
HANDSHAKE = (
    *(("upgrade", "websocket"), ("connection", "Upgrade"), ("sec-websocket-version", "13")),
    ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
)
MODES = ("L", "P", "RGB", "RGBA")
HALVES = (
    *(b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\n", b"POST /api/predict/demo HTTP/1.1\r\nhost: x\r\n"),
    b"POST /api/predict/demo HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: 8000000\r\n\r\nhalf",
    b"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffff\r\nhalf",
)
SEVEN = json.dumps({"size": [400, 400], "width": 32, "strokes": [[[110, 100], [290, 100], [190, 320]]]})
VISITS = (("GET", "/train", None), ("GET", "/api/machine", None), ("POST", "/api/predict/demo", SEVEN))


def odd(port: int, dice: random.Random) -> str:
    return " ".join(odd_exchange(port, dice).split(" ")[1:2]) or "no answer waited for"


def half(port: int, dice: random.Random) -> str:
    wire = socket.create_connection(("127.0.0.1", port), 10)
    wire.sendall(dice.choice(HALVES))
    return _hold(wire)


def silent(port: int, dice: random.Random) -> str:
    return _hold(_web_socket(port, dice))


def large_frame(port: int, dice: random.Random) -> str:
    """Begin to send 190 MB, and see how much of it is taken."""
    with _web_socket(port, dice) as wire:
        wire.sendall(b"\x82\xff" + struct.pack(">Q", 190_000_000) + b"\0" * 4)
        with suppress(ConnectionError):
            for _ in range(TAKEN // 65_536):
                wire.sendall(b"x" * 65_536)
            return "took 4 MB"
    return "closed"


def picture(port: int, dice: random.Random) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    content = forty_megapixels(dice.choice(MODES))
    connection.request("POST", "/api/predict/demo", content, {"content-type": "image/png"})
    status = connection.getresponse().status
    connection.close()
    return str(status)


def archive(port: int, dice: random.Random) -> str:
    """Send an archive of pictures as a visitor with a cookie of their own: a bomb, none at all, or one that is cut."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    cookie = f"{OWNER_COOKIE}={dice.getrandbits(128):032x}"
    content = dice.choice((bomb(), bomb()[: dice.randrange(1000)], dice.randbytes(5000)))
    connection.request("POST", f"/api/data?side={dice.choice((16, 96, 97))}", content, {"cookie": cookie})
    status = connection.getresponse().status
    connection.close()
    return str(status)


def widgets(port: int, dice: random.Random) -> str:
    """Open a page and send three forged messages."""
    host, wrong = f"127.0.0.1:{port}", list[str]()
    with Visitor(host) as visitor, visitor.connected("/_stcore/stream", f"http://{host}") as line:
        page = BackMsg()
        page.rerun_script.page_name = dice.choice(PAGES)
        ids = widget_ids(answers(line, page))
        for _ in range(3):
            wrong += complaints(answers(line, forged(ids, PAGES, dice)))
    return "an error on a page" if wrong else "a page"


SORTS = {odd: 0.75, half: 0.1, silent: 0.08, large_frame: 0.04, picture: 0.01, widgets: 0.02, archive: 0.002}
_held: collections.deque[socket.socket] = collections.deque()


def _hold(wire: socket.socket) -> str:
    """Leave it open until many more are."""
    _held.append(wire)
    if len(_held) > HELD:
        _held.popleft().close()
    return "left open"


def _web_socket(port: int, dice: random.Random) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", port), 30)
    wire.sendall(head("GET", dice.choice(SOCKETS), [("host", f"127.0.0.1:{port}"), *HANDSHAKE]))
    if b" 101 " not in wire.recv(4096):
        raise ConnectionRefusedError
    return wire


@functools.cache
def forty_megapixels(mode: str) -> bytes:
    with io.BytesIO() as file:
        Image.new("L", (8000, 5000), 255).convert(mode).save(file, "PNG")
        return file.getvalue()


@functools.cache
def bomb() -> bytes:
    """Two classes of two files, which unpack to 15 MB of nothing each."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in ("a/1.png", "a/2.png", "b/1.png", "b/2.png"):
                packed.writestr(name, bytes(15_000_000))
        return file.getvalue()


def attack(port: int, requests: int, seed: int, only: str | None = None) -> collections.Counter[str]:
    """Send so many requests of all sorts, mixed, from many threads; the answers by sort, counted."""
    dice = random.Random(seed)
    shares = {sort: share for sort, share in SORTS.items() if only in (None, sort.__name__)}
    chosen = dice.choices(list(shares), list(shares.values()), k=requests)
    seeds = [dice.randrange(2**32) for _ in chosen]

    def one(sort: object, seed: int) -> str:
        try:
            return f"{sort.__name__}: {sort(port, random.Random(seed))}"  # type: ignore[attr-defined,operator]
        except (OSError, http.client.HTTPException, WebSocketException) as error:
            return f"{sort.__name__}: {type(error).__name__}"  # type: ignore[attr-defined]

    try:
        with ThreadPoolExecutor(ATTACKERS, initializer=_come_last) as attackers:
            return collections.Counter(attackers.map(one, chosen, seeds))
    finally:
        while _held:
            _held.popleft().close()


def _come_last() -> None:
    """An attack comes from other computers: here it takes no processor from the server and from the visitor."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)


def behave(port: int, tell: Connection) -> None:
    """A visitor who looks at pages and draws, until told to stop; tells how long each answer took."""
    waited = list[Waited]()
    while not tell.poll(0.1):
        for method, path, body in VISITS:
            begin = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            connection.request(method, path, body, {"content-type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            waited.append((1000 * (time.perf_counter() - begin), answer.status, path))
    tell.send(waited)


def visited(port: int, meanwhile: Callable[[], Result]) -> tuple[list[Waited], Result]:
    """What a visitor of another process was answered meanwhile."""
    spawning = multiprocessing.get_context("spawn")
    mine, theirs = spawning.Pipe()
    visitor = spawning.Process(target=behave, args=(port, theirs))
    visitor.start()
    result = meanwhile()
    mine.send("stop")
    waited = mine.recv()
    visitor.join()
    return waited, result


class Memory:
    """Watches what the server and its processes for pictures hold, in bytes, in a thread of its own."""

    def __init__(self, server: int) -> None:
        self._server = psutil.Process(server)
        self._watched, self._looked = [self._server], -math.inf
        self.before = self.peak = self.now()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def now(self) -> int:
        if time.monotonic() > self._looked + LOOK_SECONDS:
            self._watched, self._looked = [self._server, *_decoders(self._server)], time.monotonic()
        total = 0
        for process in self._watched:
            with suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
        return total

    def end(self) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.05):
            self.peak = max(self.peak, self.now())


def _decoders(server: psutil.Process) -> list[psutil.Process]:
    found = []
    for process in server.children():
        with suppress(psutil.NoSuchProcess):
            found += [process] if {"engine.digits.decode", "engine.data.preparing"} & set(process.cmdline()) else []
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000, help="how many in all (100,000)")
    parser.add_argument("--only", choices=[sort.__name__ for sort in SORTS], help="requests of one sort")
    parser.add_argument("--seed", type=int, default=0, help="another seed draws other requests (0)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, local_server(Path(folder)) as server:
        port = int(server.url.rpartition(":")[2])
        for mode in MODES:
            forty_megapixels(mode)
        bomb()
        attack(port, FIRST, options.seed + 1)
        time.sleep(FREED_SECONDS)
        alone, _ = visited(port, lambda: time.sleep(ALONE_SECONDS))
        memory = Memory(server.process.pid)
        waited, counts = visited(port, lambda: attack(port, options.requests, options.seed, options.only))
        time.sleep(SETTLE_SECONDS)
        attack(port, 10, options.seed, "widgets")  # with the next visitors the pages of the last ones go
        time.sleep(FREED_SECONDS)
        memory.end()
        after, log = memory.now(), (Path(folder) / "server.log").read_text(errors="replace")
    for answer, count in sorted(counts.items()):
        print(f"  {answer:<50}{count:>8,}")
    for when, times in (("before", alone), ("meanwhile", waited)):
        slowest = sorted(times, reverse=True)
        print(f"  a visitor's answer {when}: {statistics.median(time for time, *_ in times):.0f} ms, at most", end=" ")
        print(", ".join(f"{time:.0f} ms {path}" for time, _, path in slowest[:SLOWEST_SHOWN]), f"of {len(times):,}")
    for trace in log.split("Traceback")[1 : 1 + TRACES_SHOWN]:
        print("Traceback" + trace[:TRACE_LENGTH])
    return 0 if all(_goals(counts, waited, memory, after, log.count("Traceback"))) else 1


def _goals(
    counts: collections.Counter[str], waited: list[Waited], memory: Memory, after: int, traces: int
) -> list[bool]:
    failed = sum(count for answer, count in counts.items() if answer.split(": ")[1].startswith("5"))
    mb = [size / 1e6 for size in (memory.before, memory.peak, after)]
    print(f"  memory: {mb[0]:.0f} MB before, {mb[1]:.0f} MB at its peak, {mb[2]:.0f} MB after")
    return [
        told_none("answers that say the server failed", failed),
        told_none("errors on pages", counts["widgets: an error on a page"]),
        told_none("traces in the log", traces),
        told_none("frames of 190 MB that were taken", counts["large_frame: took 4 MB"]),
        told_none("answers that the visitor was refused", sum(status != 200 for _, status, _ in waited)),
        told("slowest answer to the visitor", max(waited)[0], "ms", 200),
        told("memory above idle at its peak", mb[1] - mb[0], "MB", 150),
        told("memory after, compared with before", 100 * (mb[2] / mb[0] - 1), "%", 5),
    ]


if __name__ == "__main__":
    sys.exit(main())
