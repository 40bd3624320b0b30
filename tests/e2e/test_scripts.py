"""Our scripts in the browser's own engine: the tests of tests/js, and every module by itself."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "js"
WEB = ROOT / "assets" / "web"
TESTS = {
    path.name: re.findall(r"^export (?:async )?function (\w+)\(\)", path.read_text(encoding="utf-8"), re.M)
    for path in sorted(FOLDER.glob("*.js"))
    if path.name != "expect.js"
}
RUN = """async ([file, names]) => {
  const tests = await import(`/tests-js/${file}`);
  const failed = {};
  for (const name of names) {
    try {
      await tests[name]();
    } catch (error) {
      failed[name] = `${error}\n${error.stack}`;
    }
  }
  return failed;
}"""
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


@pytest.mark.parametrize("file", TESTS)
def test_tests_in_the_browser(file: str, blank: Page) -> None:
    blank.route("**/tests-js/*.js", serve)
    assert TESTS[file] and blank.evaluate(RUN, [file, TESTS[file]]) == {}


def test_every_module_parses_and_imports_only_what_exists(blank: Page) -> None:
    for path in sorted(WEB.rglob("*.js")):
        assert blank.evaluate(IMPORT, path.relative_to(WEB).as_posix()), f"{path.name} exports nothing"
