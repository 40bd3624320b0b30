"""What a page offers to those who use no mouse, or do not see it well: nothing serious that axe finds, in both themes;
a ring around what the keyboard has chosen; a short way to Start."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.test_frame import NAME
from tools.browser import wait_ready

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
FIND = """async ([within, rules]) => {
  const only = rules.length ? { runOnly: rules } : {};
  const { violations } = await axe.run(within, { resultTypes: ["violations"], ...only });
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map((node) => [id, node]))
    .map(([id, { target, html, failureSummary }]) => [id, target.flat().at(-1), html.slice(0, 200), failureSummary])
    .map((parts) => parts.join(" | "));
}"""
# What depends on colours, and on the width of the screen; all else has been looked at before.
OTHERWISE_ON_A_PHONE = ("color-contrast", "target-size", "scrollable-region-focusable", "aria-hidden-focus", "label")
# Each page by its address: its name, what is there once all of it is drawn, and its sections as they are told to who
# hears it.
PAGES = {
    "/": ("Home", ".pad .ink", ["Drawing", "Answer", "Pages", "Last runs"]),
    "/learn?lesson=02-hidden-layers": ("Learn", ".st-key-lesson [role=radiogroup]", ["A guess"]),
    "/data": ("Data", ".data-wall img", []),
    "/points?try=numbers": ("2-D", ".points-steps li", ["Settings", "The network and the plane", "Examples"]),
    "/build": (
        "Build",
        ".js-plotly-plot .annotation-text",
        ["Networks to start from", "Layers", "What it costs", "Picture of the network"],
    ),
    "/train?run=example": (
        "Train",
        ".st-key-run-tabs [role=tab]",
        ["Run", "Curves", "Try it while it learns", "Drawing", "Answer", "Results"],
    ),
    "/inside": ("Inside", ".inside-value", ["Drawing", "Answer", "Layers", "One number"]),
    "/draw": ("Draw", ".pad .ink", ["Drawing", "Answer", "From the drawing to what the network sees"]),
    "/gan": ("GAN", ".st-key-gan-play .tile", ["Settings", "Generated digits and their curves", "More"]),
    "/runs?experiment=depth&runs=example": (
        "Runs",
        ".compare-plot .scatterlayer .trace",
        ["Curves", "Choose and compare"],
    ),
    "/machine": (
        "Machine",
        ".machine-host",
        ["When it is slow", "For those who run the server: processes and figures"],
    ),
}
LINKS = {name: path.split("?")[0].lstrip("/") or "/" for path, (name, _, _) in PAGES.items()}
# Streamlit's own colours, and ours, which come with the next run of the page.
IS_DARK = """() => {
  const dark = getComputedStyle(document.querySelector(".stApp")).backgroundColor.startsWith("rgb(1");
  return dark && getComputedStyle(document.documentElement).getPropertyValue("--paper").trim().startsWith("#1");
}"""
CHOSEN = """() => {
  let chosen = document.activeElement;
  while (chosen.shadowRoot?.activeElement) chosen = chosen.shadowRoot.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(chosen);
  return [chosen.outerHTML.slice(0, 120), outlineStyle === "solid" && parseFloat(outlineWidth) >= 2];
}"""


@pytest.fixture
def inspected(browser: Browser, server: str) -> Iterator[tuple[Page, Callable[..., None]]]:
    """A page at 1024 x 768, and what looks through it; all that was found fails the test."""
    screen = {"width": 1024, "height": 768}
    context = browser.new_context(base_url=server, viewport=screen, bypass_csp=True)
    context.set_default_timeout(30_000)
    page, found = context.new_page(), list[str]()

    def look(name: str, *rules: str, within: str = "html") -> None:
        """With those rules of axe, by default all, at the page or at what lies over it."""
        expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(AXE)
        found.extend(f"{name} {finding}" for finding in page.evaluate(FIND, [within, list(rules)]))

    yield page, look
    context.close()
    assert not found, f"{len(found)} findings\n" + "\n".join(found)


def on_a_phone_in_the_dark(page: Page) -> None:
    page.set_viewport_size({"width": 412, "height": 915})
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(IS_DARK)
    wait_ready(page)


@pytest.mark.long
def test_axe_finds_nothing_serious_while_a_network_trains(inspected: tuple[Page, Callable[..., None]]) -> None:
    page, look = inspected
    page.goto("/train")
    wait_ready(page)
    page.locator(".st-key-run-go-pace button").nth(1).click()
    page.locator(".st-key-run-go button:visible").click()
    page.wait_for_function("() => document.querySelector('.run-plot')?.data?.[0].x.length > 3")
    look("training")
    page.locator(".chart-opener").click()
    look("its table", within=".chart-values")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    look("keys", within=".shell-dialog")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Layers").click()
    expect(page.locator(".layers canvas").first).to_have_attribute("aria-label", re.compile("^1 Conv2d: .* step [2-9]"))
    look("what its layers do", within=".st-key-run-tabs")
    on_a_phone_in_the_dark(page)
    look("training on a phone")
    page.locator(".st-key-run-stop button:visible").click()
    page.get_by_role("tab", name="Earlier runs").click()
    page.locator(".st-key-run-mark").wait_for()
    look("earlier runs", within=".st-key-run-tabs")


@pytest.mark.long
def test_axe_finds_nothing_serious_while_a_gan_trains(inspected: tuple[Page, Callable[..., None]]) -> None:
    page, look = inspected
    page.goto("/gan")
    wait_ready(page)
    page.locator(".st-key-gan-go button:visible").click()
    page.wait_for_function("() => Number(document.querySelector('.studio-hand')?.max) > 1")
    look("GAN")
    on_a_phone_in_the_dark(page)
    look("GAN on a phone")
    page.locator(".st-key-gan-stop button:visible").click()


@pytest.mark.long
def test_axe_finds_nothing_serious_in_open_dialogs(inspected: tuple[Page, Callable[..., None]]) -> None:
    page, look = inspected
    page.goto("/build")
    wait_ready(page)
    dialog = page.locator("[data-testid=stDialog]")
    for key in ("add-end", "share", "code"):
        page.locator(f".st-key-{key} button:visible").click()
        dialog.locator("[data-testid=stVerticalBlock]").first.wait_for()
        wait_ready(page)
        look(key, within="[data-testid=stDialog]")
        page.keyboard.press("Escape")
        dialog.wait_for(state="detached")


@pytest.mark.long
def test_every_page_has_its_frame_and_its_headings_and_axe_finds_nothing_serious_in_either_theme(
    inspected: tuple[Page, Callable[..., None]],
) -> None:
    page, look = inspected
    tops = dict[int, set[float]]()
    for path, (name, drawn, sections) in PAGES.items():
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(path)
        wait_ready(page)
        page.locator(drawn).first.wait_for(state="attached")
        expect(page).to_have_title(f"{name} - {NAME}")
        expect(page.locator("h1")).to_have_text([name])
        for title in sections:
            page.get_by_role("heading", name=title, exact=True, level=2).first.wait_for(state="attached")
        look(path)
        for width, height in ((1440, 900), (1024, 768), (412, 915)):
            page.set_viewport_size({"width": width, "height": height})
            tops.setdefault(width, set()).add(top_of_frame(page, width, height))
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(IS_DARK)
        wait_ready(page)
        look(f"{path} in the dark on a phone", *OTHERWISE_ON_A_PHONE)
    assert all(len(places) == 1 for places in tops.values()), "the bar stands still from page to page"


FRAME = """() => [...document.querySelectorAll(".st-key-top-bar a")]
  .map((link) => [link, link.getBoundingClientRect()])
  .filter(([, { width, left, right, top, bottom }]) =>
    width && left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight)
  .map(([link, { top }]) => [link.querySelector("p")?.innerText, link.getAttribute("href"), top])"""


def top_of_frame(page: Page, width: int, height: int) -> float:
    """Where the first link of the bar stands, once all of the frame has been found in its place."""
    bar = page.locator(".st-key-top-bar")
    expect(bar.get_by_text(NAME)).to_be_visible()
    if width < 500:
        expect(page.locator("[data-testid=stSidebar]")).not_to_be_in_viewport()
    page.wait_for_function("(width) => document.documentElement.scrollWidth <= width", arg=width)
    links = {name: (address, top) for name, address, top in page.evaluate(FRAME)}
    assert {name: links.get(name, [""])[0] for name in LINKS} == LINKS
    box = bar.bounding_box()
    assert box and box["y"] + box["height"] < 0.12 * height
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 1e6)")
    expect(page.locator(".st-key-footer")).to_be_in_viewport(ratio=1)
    return float(links["Home"][1])


def test_start_is_within_ten_tabs_and_all_on_the_way_wear_a_ring(open_page: Callable[..., Page]) -> None:
    page = open_page("/train")
    start = page.locator(".st-key-run-go button:visible")
    expect(start).to_be_enabled()
    expect(page.locator(".settings-button")).to_be_visible()  # the script of the bar is there
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


def test_parts_of_the_pad_wear_the_ring_inside_their_component(open_page: Callable[..., Page]) -> None:
    page = open_page("/draw", dark=True)
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


@pytest.mark.long
def test_the_whole_way_is_gone_by_keys_alone(page: Page) -> None:
    standing = page.locator(".run-status")
    tab_to(page, page.locator(".st-key-top-bar a", has_text="Build"), 7)
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
