"""The frame around every page in a real Chromium: the bar at the top, the settings that fold away, what stands above
the fold, theme, keys and projector mode."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_train import press, status
from tools.browser import local_server, wait_ready

Open = Callable[..., Page]
PAGES = ("Home", "Build", "Train", "Draw", "GAN", "Machine")
NAME = "Deep Learning Playground"


def settings(page: Page) -> Locator:
    return page.locator("[data-testid=stSidebar]")


def settings_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Settings", exact=True)


def go(page: Page, name: str) -> None:
    page.locator(".st-key-pages").get_by_role("link", name=name, exact=True).click()
    expect(page).to_have_title(f"{name} - {NAME}")
    wait_ready(page)


def bottom(place: Locator) -> float:
    """How far down a thing reaches, in pixels of the screen."""
    box = place.bounding_box()
    assert box
    return box["y"] + box["height"]


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (412, 915)])
def test_every_page_shows_name_and_pages_as_words_and_names_its_tab_and_headings(
    open_page: Open, width: int, height: int
) -> None:
    page, tops = open_page("/", width=width, height=height, touch=width < 500), set[float]()
    for name in PAGES:
        go(page, name)
        bar = page.locator(".st-key-top-bar")
        expect(bar.get_by_text(NAME)).to_be_visible()
        for other in PAGES:
            link = bar.get_by_role("link", name=other, exact=True)
            expect(link).to_be_in_viewport(ratio=1)
            expect(link).to_have_attribute("href", "/" if other == "Home" else other.lower())
        expect(page.locator("h1")).to_have_text([name])
        if width < 500:
            expect(settings(page)).not_to_be_in_viewport()
        assert bottom(bar) < 0.12 * height
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        tops.add(bar.get_by_role("link", name="Home", exact=True).bounding_box()["y"])  # type: ignore[index]
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 1e6)")
        expect(page.locator(".st-key-footer")).to_be_in_viewport(ratio=1)
    assert len(tops) == 1  # the bar stands still from page to page


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768)])
def test_settings_of_train_fold_away_when_a_run_starts_and_stay_as_the_visitor_wants(
    open_page: Open, width: int, height: int
) -> None:
    page = open_page("/train", width=width, height=height)
    expect(settings_button(page)).to_have_attribute("aria-expanded", "true")
    box = settings(page).bounding_box()
    assert box and box["width"] <= 0.28 * width
    press(page, re.compile("^Start"))
    expect(settings_button(page)).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".run-plot .xaxislayer-above, .run-plot .xtick").first).to_be_attached()
    for seen in (".run-plot", ".st-key-run-controls", ".st-key-run-rate-now", ".pad .bars, .pad ol, .pad .ink"):
        assert bottom(page.locator(seen).first) <= height, seen
    settings_button(page).click()
    expect(settings_button(page)).to_have_attribute("aria-expanded", "true")
    press(page, re.compile("^Pause"))
    status(page, "Paused")
    press(page, re.compile("^Resume"))
    expect(settings_button(page)).to_have_attribute("aria-expanded", "true")
    press(page, re.compile("^Stop"))
    status(page, "Stopped")


@pytest.mark.parametrize(("width", "height"), [(1024, 768)])
@pytest.mark.parametrize("view", ["Digits", "Two dimensions"])
def test_settings_of_a_gan_fold_away_and_what_moves_stands_above_the_fold(
    open_page: Open, width: int, height: int, view: str
) -> None:
    page = open_page("/gan", width=width, height=height)
    if view != "Digits":
        page.get_by_text(view, exact=True).click()
        expect(page.locator(".st-key-plane-page")).to_be_visible()
    press(page, re.compile("^Start"))
    expect(settings_button(page)).to_have_attribute("aria-expanded", "false")
    controls = page.get_by_role("button", name=re.compile("^Pause")).first
    expect(controls).to_be_in_viewport(ratio=1)
    moving = page.locator(".studio canvas:visible")
    assert bottom(moving.first) <= height
    press(page, re.compile("^Stop"))
    expect(page.get_by_text("Stopped").first).to_be_visible()


def test_on_a_phone_the_settings_are_closed_until_asked_for_and_do_not_cover_the_pages(phone: Page) -> None:
    go(phone, "Train")
    expect(settings(phone)).not_to_be_in_viewport()
    settings_button(phone).click()
    expect(settings(phone)).to_be_in_viewport()
    go(phone, "GAN")
    expect(settings(phone)).not_to_be_in_viewport()
    for part in (phone.get_by_role("button", name=re.compile("^Start")), phone.locator(".studio canvas").first):
        expect(part).to_be_in_viewport(ratio=0.9)


def test_theme_chosen_on_one_page_holds_on_all_and_after_a_reload(open_page: Open) -> None:
    page = open_page("/build")
    paper = "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    with page.expect_navigation():
        page.get_by_label("Theme").select_option("Dark")
    for address in ("/build", "/gan", "/"):
        page.goto(address)
        wait_ready(page)
        assert page.evaluate(paper) == "rgb(18, 22, 27)"
        expect(page.get_by_label("Theme")).to_have_value("dark")


def test_foot_says_how_many_runs_train_and_how_many_are_the_visitors(
    new_page: Open, expected_errors: list[str], tmp_path: Path
) -> None:
    expected_errors += ["WebSocket", "ERR_CONNECTION_REFUSED", "Failed to fetch", "asked http"]
    page = new_page()
    with local_server(tmp_path) as quiet:  # on the server of all tests, runs of others may go on
        page.goto(f"{quiet.url}/train")
        wait_ready(page)
        said = page.locator(".going-on")
        expect(said).to_have_text("No run trains now")
        page.get_by_text("10 steps/s", exact=True).click()  # it must not end before the foot is seen
        wait_ready(page)
        press(page, re.compile("^Start"))
        expect(said).to_have_text("One run trains now: yours 1")
        press(page, re.compile("^Stop"))
        expect(said).to_have_text("No run trains now")
        status(page, "Stopped")
        page.goto("about:blank")


def test_a_card_of_home_leads_on_wherever_it_is_pressed(phone: Page) -> None:
    card = phone.locator(".st-key-way-draw")
    box = card.bounding_box()
    assert box
    card.scroll_into_view_if_needed()
    card.tap(position={"x": 6, "y": box["height"] - 6})
    expect(phone).to_have_title(f"Draw - {NAME}")


def test_keys_are_listed_and_projector_mode_stays_across_pages(open_page: Open) -> None:
    page = open_page("/train")
    expect(settings_button(page)).to_be_visible()
    expect(page.locator(".st-key-run-go kbd").first).to_be_visible()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys on this page")
    for key, does in (("Space", "Start"), ("S", "One batch"), ("P", "Projector mode"), ("?", "These keys")):
        expect(dialog.locator(f"dt:has(kbd:text-is('{key}')) + dd")).to_contain_text(does)
    expect(dialog).to_contain_text("make class")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    size = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
    assert page.evaluate(size) < 20
    page.keyboard.press("p")
    assert page.evaluate(size) >= 22
    expect(settings(page)).not_to_be_visible()
    go(page, "GAN")
    assert page.evaluate(size) >= 22
    page.get_by_role("button", name="Keys ?").click()
    page.get_by_role("button", name="End projector mode").click()
    expect(settings(page)).to_be_visible()
    page.get_by_role("spinbutton").first.press("p")
    assert page.evaluate(size) < 20


def test_our_own_sentence_is_said_when_the_server_is_gone(
    open_page: Open, expected_errors: list[str], tmp_path: Path
) -> None:
    expected_errors += ["WebSocket", "ERR_CONNECTION_REFUSED", "Failed to fetch", "asked http"]
    page = open_page("/")
    with local_server(tmp_path) as short:
        page.goto(short.url)
        wait_ready(page)
        expect(page.locator(".going-on")).not_to_be_empty()
    said = page.get_by_role("alert").filter(has_text="The playground does not answer.")
    expect(said).to_be_visible()
    expect(page.locator("[data-testid=stDialog]")).not_to_be_visible()


def test_a_shared_link_is_copied_also_where_browsers_give_no_clipboard(open_page: Open) -> None:
    page = open_page("/build")
    press(page, "Share")
    link = page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile(r"/build\?n=.+"))
    expect(page.get_by_text("Only this computer can open this link.")).to_be_visible()
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("() => document.addEventListener('copy', () => (window.taken = String(getSelection())))")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => window.taken") == link.input_value()
