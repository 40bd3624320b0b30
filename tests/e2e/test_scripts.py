"""Our scripts in the browser's own engine: the tests of tests/js, and every module by itself."""

import itertools
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
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


SLIDE = """async ([size, kernel, stride, padding, dilation, numbers, weights]) => {
  const { slid } = await import("/web/inside/arithmetic.js");
  const shape = { size, kernel, stride, padding, dilation };
  return ["sum", "max", "mean"].map((sort) => slid(numbers, shape, { sort, weights, factor: 1 }));
}"""


def test_a_window_slides_as_torch_s_does(blank: Page) -> None:
    dice = torch.Generator().manual_seed(0)
    for size, kernel, stride, padding, dilation in itertools.product((3, 4, 7), (1, 2, 3), (1, 2), (0, 1), (1, 2)):
        if dilation * (kernel - 1) + 1 > size + 2 * padding:
            continue
        x = torch.randint(-4, 10, (1, 1, size, size), generator=dice).float()
        weights = torch.randint(-3, 4, (1, 1, kernel, kernel), generator=dice).float()
        asked = [size, kernel, stride, padding, dilation, x.flatten().tolist(), weights.flatten().tolist()]
        added, largest, mean = blank.evaluate(SLIDE, asked)
        expected = F.conv2d(x, weights, None, stride, padding, dilation)
        assert added == expected.flatten().tolist()
        even = F.conv2d(x, torch.full_like(weights, 1 / kernel**2), None, stride, padding, dilation)
        assert mean == pytest.approx(even.flatten().tolist(), abs=1e-5)
        if 2 * padding <= kernel:
            assert largest == F.max_pool2d(x, kernel, stride, padding, dilation).flatten().tolist()
