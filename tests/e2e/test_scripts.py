"""Our scripts in the browser's own engine: the tests of tests/js, and every module by itself."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "js"
WEB = ROOT / "assets" / "web"
TESTS = [
    (path.name, name)
    for path in sorted(FOLDER.glob("*.js"))
    if path.name != "expect.js"
    for name in re.findall(r"^export (?:async )?function (\w+)\(\)", path.read_text(encoding="utf-8"), re.M)
]
RUN = "async ([file, name]) => { const tests = await import(`/tests-js/${file}`); await tests[name](); }"
IMPORT = "async (path) => Object.keys(await import(`/web/${path}`))"


def serve(route: Route) -> None:
    path = FOLDER / route.request.url.rpartition("/")[2]
    route.fulfill(path=path, content_type="text/javascript")


@pytest.fixture
def blank(new_page: Callable[..., Page]) -> Page:
    """A page of the server's that has nothing in it."""
    page = new_page()
    page.goto("/api/health")
    return page


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_a_test_in_the_browser(file: str, name: str, blank: Page) -> None:
    blank.route("**/tests-js/*.js", serve)
    blank.evaluate(RUN, [file, name])


def test_every_module_parses_and_imports_only_what_exists(blank: Page) -> None:
    for path in sorted(WEB.rglob("*.js")):
        assert blank.evaluate(IMPORT, path.relative_to(WEB).as_posix()), f"{path.name} exports nothing"
