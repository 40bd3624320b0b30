"""The GAN page in a real Chromium: a film that grows, goes back and is taken home, single steps, and slow motion."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import wait_ready

PATIENCE = 120_000  # ms, for what a busy machine has to train
SHEET = "document.querySelector('.studio-canvas').getContext('2d').getImageData(0, 0, 280, 280).data"
INK = f"{SHEET}.reduce((sum, value, i) => (sum * 31 + value * (i % 251)) % 1000003, 0)"
Open = Callable[..., Page]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def status(page: Page, word: str) -> None:
    expect(page.locator(".run-status [role=status]")).to_have_text(word, timeout=PATIENCE)


def set_number(page: Page, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Enter")
    wait_ready(page)


def frames(page: Page) -> int:
    return int(page.locator(".studio-hand").get_attribute("max") or 0)


def wait_frames(page: Page, more_than: int) -> None:
    page.wait_for_function(f"() => Number(document.querySelector('.studio-hand')?.max) > {more_than}", timeout=PATIENCE)


def figures(page: Page, network: str) -> Locator:
    return page.locator(f".scene-{network} .scene-figures")


def test_who_has_no_gan_sees_the_film_of_an_example_play(open_page: Open) -> None:
    page = open_page("/gan")
    expect(page.get_by_text("a recorded example")).to_be_visible()
    status(page, "Finished")
    expect(page.locator(".studio-number").first).to_have_text(re.compile(r"^\d+\.\d$"))
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    before = page.evaluate(INK)
    page.wait_for_function(f"() => ({INK}) !== {before}")
    for name in ("Start", "Step D", "Step G", "Slow motion"):
        expect(page.get_by_role("button", name=re.compile(f"^.*{name}"))).to_be_enabled()
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()
    sheet, film = (page.locator(part).bounding_box() for part in (".studio-canvas", ".studio-film"))
    assert sheet and film and sheet["width"] == 560
    assert film["y"] + film["height"] <= 900, "all that moves fits on the screen"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440


@pytest.mark.long
def test_a_gan_grows_goes_back_in_its_film_is_steered_and_taken_home(open_page: Open) -> None:
    page = open_page("/")
    press(page, "Watch a GAN learn to write")
    page.wait_for_url("**/gan?*run=*")
    status(page, "Training")
    wait_frames(page, 2)
    before = page.evaluate(INK)
    page.wait_for_function(f"() => ({INK}) !== {before}", timeout=PATIENCE)

    hand = page.locator(".studio-hand")
    hand.press("Home")
    expect(page.locator(".studio-moment")).to_have_text(re.compile("^round 0 "))
    first = page.evaluate(INK)
    wait_frames(page, frames(page))
    assert page.evaluate(INK) == first, "new frames must not disturb who looks back"
    page.reload()
    expect(page.locator(".studio-moment")).to_have_text(re.compile("^round 0 "))
    page.wait_for_function(f"() => ({INK}) === {first}")
    expect(page.get_by_role("button", name=re.compile("Pause"))).to_be_visible()
    press(page, "Live")
    page.wait_for_function(f"() => ({INK}) !== {first}")

    page.get_by_role("slider", name="Learning rate of G").first.press("ArrowLeft")
    expect(page.locator(".studio-plot .annotation-text", has_text="G's learning rate")).to_be_visible()

    page.get_by_role("button", name=re.compile("Stop")).click()
    status(page, "Stopped")
    wait_ready(page)
    press(page, "Download")
    for link, ending in (("Film as GIF", ".gif"), ("Film as WebP", ".webp"), ("Poster as PNG", ".png")):
        with page.expect_download() as taken:
            page.get_by_role("link", name=link).click()
        assert taken.value.suggested_filename.endswith(ending)
        assert taken.value.path().stat().st_size > 1000


@pytest.mark.long
def test_d_and_g_are_trained_by_hand_and_a_round_is_shown_slowly(open_page: Open) -> None:
    page = open_page("/gan")
    page.get_by_role("button", name=re.compile("Step D")).click()
    page.wait_for_url("**/gan?*run=*")
    status(page, "Paused")
    press(page, "How it works")
    expect(page.locator(".scene-say")).to_contain_text("Only D learned")
    expect(page.locator(".scene-d")).to_have_attribute("data-state", "learned")
    expect(page.locator(".scene-g")).to_have_attribute("data-state", "")
    of_d = figures(page, "d").inner_text()
    wait_ready(page)
    page.locator(".studio-hand").press("Home")
    expect(page.locator(".studio-moment")).to_have_text(re.compile("^round 0 "))
    page.locator(".studio-hand").blur()
    page.keyboard.press("g")
    expect(page.locator(".scene-say")).to_contain_text("Only G learned")
    expect(figures(page, "g")).to_have_text(re.compile(r"loss -?\d"))
    assert figures(page, "d").inner_text() == of_d, "D stood still"
    expect(page.locator(".studio-moment")).to_have_text(re.compile("^round 2 "))  # who steps by hand sees it

    wait_ready(page)
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name=re.compile("Slow motion")).click()
    expect(page.locator(".scene-say")).to_contain_text("1. Draw z")
    expect(page.locator(".studio-steps").get_by_role("button", name="Play")).to_be_visible()  # nothing moves by itself
    for title in ("2. Generate pictures", "3. Judge", "4. D learns", "5. Judge again", "6. G learns"):
        press(page, "Next stage")
        expect(page.locator(".scene-say")).to_contain_text(title)
    expect(page.locator(".scene-g")).to_have_attribute("data-state", "learns")
    page.get_by_role("button", name=re.compile("Stop")).click()
    status(page, "Stopped")


@pytest.mark.long
def test_when_d_wins_the_page_says_so_and_its_cure_is_one_click(open_page: Open) -> None:
    page = open_page("/gan")
    page.get_by_role("button", name=re.compile("Start")).click()
    wait_frames(page, 2)
    set_number(page, "Steps of G", "0")
    mark = page.locator(".studio-plot .annotation-text")
    expect(mark.get_by_text("steps of G 0")).to_be_visible()
    cure = page.get_by_role("button", name="Slow D down to a quarter")
    expect(cure).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".studio-why")).to_contain_text(
        re.compile(r"The discriminator is winning: its loss is down to 0\.\d+")
    )
    cure.click()
    expect(mark.get_by_text("D's learning rate 0.00075")).to_be_visible()
    expect(page.get_by_label("Learning rate of D, exact value", exact=True)).to_have_value("0.00075")
    page.get_by_role("button", name=re.compile("Stop")).click()
    status(page, "Stopped")
