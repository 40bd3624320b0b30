"""The frame around every page in a real Chromium: the bar at the top, the settings that fold away, what stands above
the fold, theme, keys and projector mode."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_train import press, status
from tools.browser import wait_ready

Open = Callable[..., Page]
MOVING = {
    "Digits": (".studio-canvas", ".studio-film", ".studio-health", ".studio-plot", ".st-key-gan-controls"),
    "Two dimensions": (".plane-canvas", ".plane-film", ".plane-curves", ".st-key-plane-tries"),
}
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


@pytest.mark.parametrize(("width", "height"), [(1024, 768)])
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


@pytest.mark.long
@pytest.mark.parametrize(("width", "height"), [(1024, 768)])
@pytest.mark.parametrize("view", MOVING)
def test_settings_of_a_gan_fold_away_and_what_moves_stands_above_the_fold(
    open_page: Open, width: int, height: int, view: str
) -> None:
    page = open_page("/gan", width=width, height=height)
    if view != "Digits":
        page.get_by_text(view, exact=True).click()
        expect(page.locator(".st-key-plane-page")).to_be_visible()
        wait_ready(page)
    press(page, re.compile("^Start"))
    expect(settings_button(page)).to_have_attribute("aria-expanded", "false")
    controls = page.get_by_role("button", name=re.compile("^Pause")).first
    expect(controls).to_be_in_viewport(ratio=1)
    expect(page.locator(".studio")).to_have_attribute("data-beside", "yes")
    for part in MOVING[view]:
        expect(page.locator(part).first).to_be_in_viewport(ratio=0.99)
    for figure in page.locator(".run-head > *:visible").all():
        box = figure.bounding_box()
        assert box and box["x"] + box["width"] <= width, "no figure is cut off"
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


@pytest.mark.long
def test_theme_chosen_on_one_page_holds_on_all_and_after_a_reload(open_page: Open) -> None:
    page = open_page("/build")
    paper = "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    label = page.locator(".js-plotly-plot .annotation-text").first
    expect(label).to_have_css("fill", "rgb(27, 31, 36)")
    with page.expect_navigation():
        page.get_by_label("Theme").select_option("Dark")
    expect(label).to_have_css("fill", "rgb(232, 235, 238)")
    expect(page.locator(".figures span").first).to_have_css("color", "rgb(169, 177, 186)")
    for address in ("/gan", "/"):
        page.goto(address)
        wait_ready(page)
        assert page.evaluate(paper) == "rgb(18, 22, 27)"
        expect(page.get_by_label("Theme")).to_have_value("dark")


def test_a_card_of_home_leads_on_wherever_it_is_pressed(phone: Page) -> None:
    card = phone.locator(".st-key-way-draw")
    phone.locator(".pad .ink").wait_for()
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    assert box
    card.tap(position={"x": 6, "y": box["height"] - 6})
    expect(phone).to_have_title(f"Draw - {NAME}")


@pytest.mark.long
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
