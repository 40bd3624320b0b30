"""A class that sends large pictures all at once: every one is answered, and the machine's memory stays its own."""

import http.client
import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psutil
import pytest
from PIL import Image, ImageDraw

from tools.browser import local_server

AT_ONCE = 20
MOST = 150_000_000  # bytes above the idle server


def forty_megapixels(mode: str) -> bytes:
    picture = Image.new("L", (8000, 5000), 255)
    ImageDraw.Draw(picture).line((4000, 1000, 4000, 4000), 0, 400)
    with io.BytesIO() as file:
        picture.convert(mode).save(file, "PNG")
        return file.getvalue()


def memory(server: int) -> int:
    """What the server and the process that decodes hold; the training processes are still warming up."""
    total = psutil.Process(server).memory_info().rss
    for process in psutil.Process(server).children():
        with suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss if "engine.digits.decode" in process.cmdline() else 0
    return total


@contextmanager
def peak(server: int) -> Iterator[list[int]]:
    """One number, which has grown to the most memory while it was watched."""
    seen, done = [memory(server)], threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            seen[0] = max(seen[0], memory(server))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def send(host: str, content: bytes) -> int:
    connection = http.client.HTTPConnection(host, timeout=120)
    connection.request("POST", "/api/predict/demo", content, {"content-type": "image/png"})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    with local_server(tmp_path_factory.mktemp("playground")) as server:
        host = server.url.removeprefix("http://")
        small = io.BytesIO()
        Image.new("L", (100, 100), 255).save(small, "PNG")
        send(host, small.getvalue())
        yield host, server.process.pid


@pytest.mark.parametrize(("mode", "answer"), [("L", 200), ("P", 200), ("RGBA", 400)])
def test_twenty_large_pictures_at_once_take_little_memory(server: tuple[str, int], mode: str, answer: int) -> None:
    host, process = server
    content = forty_megapixels(mode)
    idle = memory(process)
    with peak(process) as most, ThreadPoolExecutor(AT_ONCE) as pupils:
        statuses = list(pupils.map(lambda _: send(host, content), range(AT_ONCE)))
    assert statuses == [answer] * AT_ONCE
    assert most[0] - idle < MOST, f"{(most[0] - idle) / 1e6:.0f} MB above the idle server"
