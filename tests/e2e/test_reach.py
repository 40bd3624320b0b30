"""What a page offers to those who use no mouse, or do not see it well: nothing serious that axe finds, in both themes;
a ring around what the keyboard has chosen; a short way to Start."""

from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from tools.browser import wait_ready

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
FIND = """async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map((node) => [id, node]))
    .map(([id, { target, html, failureSummary }]) => [id, target.flat().at(-1), html.slice(0, 200), failureSummary])
    .map((parts) => parts.join(" | "));
}"""
# Each page, with what is there once all of it is drawn.
PAGES = {
    "/": ".pad .ink",
    "/build": ".js-plotly-plot .annotation-text",
    "/train": ".run-plot .main-svg",
    "/train?run=example": ".st-key-run-tabs [role=tab]",
    "/draw": ".pad .ink",
    "/gan": ".st-key-gan-play .tile",
    "/machine": ".machine-host",
}
CHOSEN = """() => {
  let chosen = document.activeElement;
  while (chosen.shadowRoot?.activeElement) chosen = chosen.shadowRoot.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(chosen);
  return [chosen.outerHTML.slice(0, 120), outlineStyle === "solid" && parseFloat(outlineWidth) >= 2];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(theme: str, browser: Browser, server: str) -> None:
    screen = {"width": 1440, "height": 900}
    # The page's policy would not let axe in.
    context = browser.new_context(base_url=server, viewport=screen, color_scheme=theme, bypass_csp=True)
    context.set_default_timeout(30_000)
    page, found = context.new_page(), []
    for path, drawn in PAGES.items():
        page.goto(path)
        wait_ready(page)
        page.locator(drawn).first.wait_for(state="attached")
        expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
        page.evaluate(AXE)
        found += [f"{path} {finding}" for finding in page.evaluate(FIND)]
    context.close()
    assert not found, f"{len(found)} findings\n" + "\n".join(found)


def test_start_is_within_ten_tabs_and_all_on_the_way_wear_a_ring(open_page: Callable[..., Page]) -> None:
    page = open_page("/train")
    start = page.locator(".st-key-run-go button:visible")
    expect(start).to_be_enabled()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(9):
        page.keyboard.press("Tab")
        chosen, ringed = page.evaluate(CHOSEN)
        assert ringed, chosen
        if start.evaluate("(button) => button === document.activeElement"):
            return
    raise AssertionError(f"Start is farther than ten Tabs: {chosen}")


@pytest.mark.parametrize("dark", [False, True])
def test_parts_of_the_pad_wear_the_ring_inside_their_component(open_page: Callable[..., Page], dark: bool) -> None:
    page = open_page("/draw", dark=dark)
    page.locator(".pad .ink").first.focus()
    page.keyboard.press("Tab")
    chosen, ringed = page.evaluate(CHOSEN)
    assert ringed and "Pen width" in chosen, chosen
