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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parent.parent
PATIENCE = 120  # s, until the server answers on a busy machine
BROWSER = "PLAYGROUND_BROWSER"  # names one by its path
ON_PATH = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser", "brave"),
)
MAC = ("Chromium", "Google Chrome", "Microsoft Edge", "Brave Browser")
WINDOWS = (
    r"Chromium\Application\chrome.exe",
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
    r"BraveSoftware\Brave-Browser\Application\brave.exe",
)
NO_BROWSER = f"Install Chromium, Chrome, Edge or Brave, or name one by its path in {BROWSER}."
UNUSED = (  # the address bar's own pages, loaded with each window, half a second of it; what asks the internet; waiting
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "LensOverlay", "MediaRouter"),
    *("AimEnabled", "NetworkTimeServiceQuerying", "OptimizationHints", "PreconnectToSearch", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "PaintHolding", "DestroyProfileOnBrowserClose"),
)
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    f"--disable-features={','.join(UNUSED)}",  # in the place of Playwright's own list: only the last one counts
)


@dataclass(frozen=True, slots=True)
class Server:
    """`streamlit run` on loopback, with a data folder of its own."""

    url: str
    process: subprocess.Popen[bytes]
    data: Path


@contextlib.contextmanager
def local_server(
    folder: Path, script: str = "app.py", environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server that answers; its log and its data go to `folder`, `environment` adds variables. Raises RuntimeError
    when it does not come up."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true"]
    data = folder / "data"
    variables = os.environ | {"PLAYGROUND_DATA": str(data), "OMP_NUM_THREADS": "1"} | dict(environment or {})
    with (folder / "server.log").open("w+") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{url}/api/health", process)
            yield Server(url, process, data)
        finally:
            _end(process)
            log.seek(0)
            print(log.read()[-5000:])


@contextlib.contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """The browser of this machine, with more flags. Raises RuntimeError when there is none."""
    found = browser_path()
    if found is None:
        raise RuntimeError(f"There is no browser here. {NO_BROWSER}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


def browser_path() -> str | None:
    """Where a browser of Chromium's family is: the one that PLAYGROUND_BROWSER names, one on the PATH, or one where a
    Mac or Windows keeps its programs."""
    named = os.environ.get(BROWSER)
    if named:
        return shutil.which(named)
    return next((path for name in (*ON_PATH, *_usual_places()) if (path := shutil.which(name))), None)


def _usual_places() -> Iterator[str]:
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (str(folder / f"{name}.app" / "Contents" / "MacOS" / name) for name in MAC)
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if folder_name := os.environ.get(variable):
            yield from (str(Path(folder_name) / program) for program in WINDOWS)


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
