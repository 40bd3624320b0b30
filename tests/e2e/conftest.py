"""A real server and a real Chromium for the tests of this folder; a message on the browser's console fails the test."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Response, sync_playwright

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # s, until the server answers on a busy machine
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These come last: they are the slowest, and Playwright's event loop would be in the way of others."""
    items.sort(key=lambda item: Path(__file__).parent in item.path.parents)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `streamlit run app.py` with an empty data folder of its own."""
    folder = tmp_path_factory.mktemp("playground")
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true"]
    environment = os.environ | {"PLAYGROUND_DATA": str(folder / "data"), "OMP_NUM_THREADS": "1"}
    with (folder / "server.log").open("w+") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_until_healthy(url, process)
            yield url
        finally:
            _end(process)
            log.seek(0)
            print(log.read()[-5000:])


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/api/health", timeout=5):
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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    if not found:
        pytest.fail("These tests need Chromium or Chrome on the PATH. Install one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found[0], args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def expected_errors() -> list[str]:
    """A test that provokes an error appends a part of its message here."""
    return []


@pytest.fixture
def open_page(browser: Browser, server: str, expected_errors: list[str]) -> Iterator[Callable[..., Page]]:
    """`open_page(path, width=, height=, touch=, dark=)` gives a page of a new visitor, loaded and at rest."""
    seen: list[str] = []
    pages: list[Page] = []

    def open_(
        path: str = "/", *, width: int = 1440, height: int = 900, touch: bool = False, dark: bool = False
    ) -> Page:
        context = browser.new_context(
            base_url=server,
            viewport={"width": width, "height": height},
            has_touch=touch,
            is_mobile=touch,
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("console", lambda message: _note_message(message, seen))
        page.on("pageerror", lambda error: _note_error(error, seen))
        page.on("response", lambda response: _note_response(response, seen))
        page.goto(path)
        wait_ready(page)
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.context.close()
    unexpected = [text for text in seen if not any(part in text for part in expected_errors)]
    assert not unexpected, "The browser reported:\n" + "\n".join(unexpected)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """The home page of a new visitor at 1440 x 900."""
    return open_page("/")


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """The home page of a new visitor at 412 x 915, by touch."""
    return open_page("/", width=412, height=915, touch=True)


def wait_ready(page: Page) -> None:
    """Wait until the page's script is not running and nothing of an earlier run is left on screen."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def _note_message(message: ConsoleMessage, seen: list[str]) -> None:
    # What failed to load is noted with its address when its answer comes.
    if message.type == "error" and not message.text.startswith("Failed to load resource"):
        seen.append(message.text)


def _note_error(error: Error, seen: list[str]) -> None:
    seen.append(str(error))


def _note_response(response: Response, seen: list[str]) -> None:
    # On a page other than the first Streamlit looks for its own addresses beside the page before it finds them.
    if response.status >= 400 and "/_stcore/" not in response.url:
        seen.append(f"{response.status} {response.url}")
