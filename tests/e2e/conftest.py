"""A real server and a real Chromium for the tests of this folder; what the browser complains about fails the test."""

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, Response, expect

from tools.browser import NO_BROWSER, browser_path, chromium, local_server, wait_ready

LOCAL = ("data:", "blob:")
STOP = ":is(.st-key-run-stop, .st-key-gan-stop, .st-key-plane-stop) button:enabled:visible"
ONE_PROCESS = "--process-per-site"  # all pages of a context: what one has compiled, the next one need not
REST = "/web/lib/text.js"  # a page that is always there keeps that process
GIVE_WAY = """
import os
set_priority = os.setpriority
os.setpriority = lambda which, who, _: set_priority(which, who, 10)
"""
PATIENCE = 30_000  # ms, for what a busy machine has to show
Contexts = defaultdict[tuple[int, int, bool, bool], list[BrowserContext]]
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may miss a moment: each test gets a second chance, which the report counts."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def patient(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a server whose training gives way to the browser: most tests do not wait for it."""
    folder = tmp_path_factory.mktemp("patient")
    (folder / "sitecustomize.py").write_text(GIVE_WAY)
    return {"PYTHONPATH": str(folder)}


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, patient: dict[str, str]) -> Iterator[str]:
    """The address of a server with an empty data folder."""
    with local_server(tmp_path_factory.mktemp("playground"), environment=patient) as running:
        yield running.url


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if browser_path() is None:
        pytest.skip(NO_BROWSER)
    with chromium(ONE_PROCESS) as running:
        yield running


@pytest.fixture
def expected_errors() -> list[str]:
    """A test that provokes a complaint appends a part of it here."""
    return []


@pytest.fixture(scope="package")
def left(browser: Browser) -> Contexts:
    """What visitors have left behind, by the screen they had: the next ones find there what the browser keeps of our
    files, as at a second visit, and nothing else."""
    return defaultdict(list)


@pytest.fixture
def new_page(
    browser: Browser, server: str, left: Contexts, expected_errors: list[str]
) -> Iterator[Callable[..., Page]]:
    """`new_page(width=, height=, touch=, dark=)` gives an empty page of a new visitor."""
    complaints: list[str] = []
    taken: list[tuple[tuple[int, int, bool, bool], BrowserContext]] = []

    def new(*, width: int = 1440, height: int = 900, touch: bool = False, dark: bool = False) -> Page:
        screen = (width, height, touch, dark)
        context = left[screen].pop() if left[screen] else _context(browser, server, *screen)
        taken.append((screen, context))
        page = context.new_page()
        _forget(page, server)
        page.on("console", lambda message: _note_message(message, complaints))
        page.on("pageerror", lambda error: complaints.append(f"{error}\n{error.stack}"))
        page.on("response", lambda response: _note_response(response, complaints))
        page.on("request", lambda request: _note_request(request, server, complaints))
        return page

    yield new
    for screen, context in taken:
        for page in context.pages[1:]:
            _stop_run(page)
            page.close()
        left[screen].append(context)
    unexpected = [text for text in complaints if not any(part in text for part in expected_errors)]
    assert not unexpected, "The browser complained:\n" + "\n".join(unexpected)


@pytest.fixture
def open_page(new_page: Callable[..., Page]) -> Callable[..., Page]:
    """`open_page(path, width=, height=, touch=, dark=)` gives a page of a new visitor, loaded and at rest."""

    def open_(path: str = "/", **screen: int | bool) -> Page:
        page = new_page(**screen)
        page.goto(path)
        wait_ready(page)
        return page

    return open_


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """The home page of a new visitor at 1440 x 900."""
    return open_page("/")


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """The home page of a new visitor at 412 x 915, by touch."""
    return open_page("/", width=412, height=915, touch=True)


def _context(browser: Browser, server: str, width: int, height: int, touch: bool, dark: bool) -> BrowserContext:
    context = browser.new_context(
        base_url=server,
        viewport={"width": width, "height": height},
        has_touch=touch,
        is_mobile=touch,
        color_scheme="dark" if dark else "light",
    )
    context.set_default_timeout(PATIENCE)
    context.new_page().goto(REST)
    return context


def _forget(page: Page, server: str) -> None:
    """All that the last visitor of this page's context is known by."""
    page.context.clear_cookies()
    forget_what_is_stored(page, server)


def forget_what_is_stored(page: Page, server: str) -> None:
    """What pages keep in the browser, less its cookies."""
    stored = {"origin": server, "storageTypes": "local_storage,indexeddb,cache_storage,service_workers"}
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", stored)


def _stop_run(page: Page) -> None:
    """What a test leaves training would take the processor from the next ones."""
    stop = page.locator(STOP, has_text="Stop")
    with contextlib.suppress(Error):  # the page is closed, or its server is gone
        if stop.count():
            stop.first.click(timeout=2000, no_wait_after=True)
            page.wait_for_timeout(100)  # ms until the server has heard of it


def _note_message(message: ConsoleMessage, complaints: list[str]) -> None:
    # What failed to load is noted with its address when its answer comes.
    if message.type == "error" and not message.text.startswith("Failed to load resource"):
        complaints.append(message.text)


def _note_response(response: Response, complaints: list[str]) -> None:
    if response.status >= 400:
        complaints.append(f"{response.status} {response.url}")


def _note_request(request: Request, server: str, complaints: list[str]) -> None:
    """A classroom may be without internet: everything comes from the server."""
    if not request.url.startswith((server, *LOCAL)):
        complaints.append(f"asked {request.url}")
