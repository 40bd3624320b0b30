"""What a page offers to those who use no mouse, or do not see it well: nothing serious that axe finds, in both themes;
a ring around what the keyboard has chosen; a short way to Start."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

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
# The sections of each page, as they are told to who hears it.
SECTIONS = {
    "/": ["Drawing", "Answer", "Pages", "Last runs"],
    "/build": ["Networks to start from", "Layers", "What it costs", "Picture of the network"],
    "/train?run=example": ["Run", "Curves", "Try it while it learns", "Drawing", "Answer", "Results"],
    "/draw": ["Drawing", "Answer", "From the drawing to what the network sees"],
    "/gan": ["Settings", "Generated digits and their curves", "More"],
    "/machine": ["When it is slow", "For those who run the server: processes and figures"],
}
CHOSEN = """() => {
  let chosen = document.activeElement;
  while (chosen.shadowRoot?.activeElement) chosen = chosen.shadowRoot.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(chosen);
  return [chosen.outerHTML.slice(0, 120), outlineStyle === "solid" && parseFloat(outlineWidth) >= 2];
}"""


@pytest.fixture
def inspected(browser: Browser, server: str) -> Iterator[tuple[Page, Callable[[str], None]]]:
    """A page at 1024 x 768, and what looks through it; all that was found fails the test."""
    screen = {"width": 1024, "height": 768}
    context = browser.new_context(base_url=server, viewport=screen, bypass_csp=True)
    context.set_default_timeout(30_000)
    page, found = context.new_page(), list[str]()

    def look(name: str) -> None:
        expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
        page.evaluate(AXE)
        found.extend(f"{name} {finding}" for finding in page.evaluate(FIND))

    yield page, look
    context.close()
    assert not found, f"{len(found)} findings\n" + "\n".join(found)


def on_a_phone_in_the_dark(page: Page) -> None:
    page.set_viewport_size({"width": 412, "height": 915})
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor.startsWith('rgb(1')"
    )
    wait_ready(page)


def test_axe_finds_nothing_serious_while_a_network_trains(inspected: tuple[Page, Callable[[str], None]]) -> None:
    page, look = inspected
    page.goto("/train")
    wait_ready(page)
    page.locator(".st-key-run-go-pace button").nth(1).click()
    page.locator(".st-key-run-go button:visible").click()
    page.wait_for_function("() => document.querySelector('.run-plot')?.data?.[0].x.length > 3")
    look("training")
    page.locator(".chart-opener").click()
    look("its table")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    look("keys")
    page.keyboard.press("Escape")
    on_a_phone_in_the_dark(page)
    look("training on a phone")
    page.locator(".st-key-run-stop button:visible").click()
    page.get_by_role("tab", name="Earlier runs").click()
    page.locator(".st-key-run-mark").wait_for()
    look("earlier runs")


def test_axe_finds_nothing_serious_while_a_gan_trains(inspected: tuple[Page, Callable[[str], None]]) -> None:
    page, look = inspected
    page.goto("/gan")
    wait_ready(page)
    page.locator(".st-key-gan-go button:visible").click()
    page.wait_for_function("() => Number(document.querySelector('.studio-hand')?.max) > 1")
    look("GAN")
    on_a_phone_in_the_dark(page)
    look("GAN on a phone")
    page.locator(".st-key-gan-stop button:visible").click()


def test_axe_finds_nothing_serious_in_open_dialogs(inspected: tuple[Page, Callable[[str], None]]) -> None:
    page, look = inspected
    page.goto("/build")
    wait_ready(page)
    dialog = page.locator("[data-testid=stDialog]")
    for key in ("add-end", "share", "code"):
        page.locator(f".st-key-{key} button:visible").click()
        dialog.locator("[data-testid=stVerticalBlock]").first.wait_for()
        wait_ready(page)
        look(key)
        page.keyboard.press("Escape")
        dialog.wait_for(state="detached")


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
        for title in SECTIONS.get(path, ()):
            page.get_by_role("heading", name=title, exact=True, level=2).first.wait_for(state="attached")
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


def test_the_curves_are_read_by_arrow_keys_and_as_a_table(open_page: Callable[..., Page]) -> None:
    page = open_page("/train")
    page.wait_for_function("() => document.querySelector('.run-plot')?.data?.[0].x.length > 100")
    plot = page.get_by_role("slider", name="Loss, accuracy and learning rate over the steps")
    plot.focus()
    expect(plot).to_have_accessible_description(
        re.compile(r"^At step \d+ the training loss has gone from 2\.\d\d to 0\.")
    )
    page.keyboard.press("ArrowLeft")
    expect(plot).to_have_attribute("aria-valuetext", re.compile(r"^step \d+, training loss: 0\.\d+, .*learning rate: "))
    expect(page.locator(".run-plot .hoverlayer")).to_contain_text("training loss")
    page.keyboard.press("Tab")
    expect(page.locator(".run-plot .hoverlayer")).not_to_contain_text("training loss")
    page.keyboard.press("Enter")
    table = page.get_by_role("dialog").get_by_role("table")
    expect(table.get_by_role("columnheader", name="validation accuracy, %")).to_be_visible()
    assert 20 <= table.get_by_role("row").count() <= 41
    page.keyboard.press("Escape")
    expect(table).to_be_hidden()
    expect(page.get_by_role("button", name="Table")).to_be_focused()


def tab_to(page: Page, wanted: Locator, most: int) -> None:
    """Press Tab until `wanted` is chosen, at most so many times."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("(one) => one.getRootNode().activeElement === one"):
            return
    raise AssertionError(f"not within {most} Tabs: {wanted}, but {page.evaluate(CHOSEN)[0]}")


def test_the_whole_way_is_gone_by_keys_alone(page: Page) -> None:
    standing = page.locator(".run-status")
    tab_to(page, page.locator(".st-key-top-bar a", has_text="Build"), 5)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/build$"))
    expect(page.locator(".st-key-train button:visible")).to_be_enabled()
    wait_ready(page)
    page.keyboard.press("t")
    page.wait_for_url("**/train?run=*")
    page.wait_for_function("() => document.querySelector('.run-plot')?.data?.[0].x.length > 3")
    wait_ready(page)
    page.keyboard.press("Space")
    expect(standing).to_have_text("Paused")
    pad = page.locator(".pad .ink").first
    tab_to(page, page.locator(".st-key-run-go button:visible"), 10)
    tab_to(page, pad, 24)
    for key in ("Space", *["ArrowDown"] * 12, "Space"):
        page.keyboard.press(key)
    expect(page.locator(".pad[data-state=read]")).to_be_visible()
    page.goto("/gan")
    wait_ready(page)
    expect(standing).to_have_text("Finished")
    tab_to(page, page.get_by_role("link", name="Skip to main content"), 1)
    page.keyboard.press("Enter")
    tab_to(page, page.locator(".st-key-gan-go button:visible"), 10)
    page.keyboard.press("Enter")
    expect(standing).to_have_text("Training")
    page.keyboard.press("Enter")
    expect(standing).to_have_text("Paused")
