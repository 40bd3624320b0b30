"""A real server and a real Chromium for the tests of this folder; what the browser complains about fails the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from tools.browser import NO_BROWSER, browser_path, chromium, local_server, wait_ready

LOCAL = ("data:", "blob:")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may miss a moment: each test gets a second chance, which the report counts."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with an empty data folder."""
    with local_server(tmp_path_factory.mktemp("playground")) as running:
        yield running.url


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if browser_path() is None:
        pytest.skip(NO_BROWSER)
    with chromium() as running:
        yield running


@pytest.fixture
def expected_errors() -> list[str]:
    """A test that provokes a complaint appends a part of it here."""
    return []


@pytest.fixture
def open_page(browser: Browser, server: str, expected_errors: list[str]) -> Iterator[Callable[..., Page]]:
    """`open_page(path, width=, height=, touch=, dark=)` gives a page of a new visitor, loaded and at rest."""
    complaints: list[str] = []
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
        pages.append(page)
        page.on("console", lambda message: _note_message(message, complaints))
        page.on("pageerror", lambda error: complaints.append(f"{error}\n{error.stack}"))
        page.on("response", lambda response: _note_response(response, complaints))
        page.on("request", lambda request: _note_request(request, server, complaints))
        page.goto(path)
        wait_ready(page)
        return page

    yield open_
    for page in pages:
        page.context.close()
    unexpected = [text for text in complaints if not any(part in text for part in expected_errors)]
    assert not unexpected, "The browser complained:\n" + "\n".join(unexpected)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """The home page of a new visitor at 1440 x 900."""
    return open_page("/")


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """The home page of a new visitor at 412 x 915, by touch."""
    return open_page("/", width=412, height=915, touch=True)


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
