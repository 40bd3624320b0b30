"""A real server and a real Chromium, for the browser tests, the benchmarks and the screenshots."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parent.parent
PATIENCE = 120  # s, until the server answers on a busy machine
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@dataclass(frozen=True, slots=True)
class Server:
    """`streamlit run` on loopback, with a data folder of its own."""

    url: str
    process: subprocess.Popen[bytes]
    data: Path


@contextlib.contextmanager
def local_server(folder: Path, script: str = "app.py") -> Iterator[Server]:
    """A server that answers; its log and its data go to `folder`. Raises RuntimeError when it does not come up."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true"]
    data = folder / "data"
    environment = os.environ | {"PLAYGROUND_DATA": str(data), "OMP_NUM_THREADS": "1"}
    with (folder / "server.log").open("w+") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{url}/api/health", process)
            yield Server(url, process, data)
        finally:
            _end(process)
            log.seek(0)
            print(log.read()[-5000:])


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium or Chrome from the PATH. Raises RuntimeError when there is none."""
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    if not found:
        raise RuntimeError("Chromium or Chrome is needed on the PATH. Install one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found[0], args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def wait_ready(page: Page) -> None:
    """Wait until the page's script is not running and nothing of an earlier run is left on screen."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def stroke(canvas: Locator, corners: Sequence[tuple[float, float]]) -> None:
    """Draw on a pad's canvas with the mouse, in ten moves from corner to corner; these are shares of its sides."""
    box = canvas.bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    mouse = canvas.page.mouse
    mouse.move(*places[0])
    mouse.down()
    for place in places[1:]:
        mouse.move(*place, steps=10)
    mouse.up()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The server did not answer within {PATIENCE} s; its exit code is {process.poll()}.")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
