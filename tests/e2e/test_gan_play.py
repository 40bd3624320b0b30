"""Playing with the recorded GAN in a real Chromium: by mouse, keyboard and finger."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tools.browser import stroke, wait_ready

Open = Callable[..., Page]
SEVEN = ((0.28, 0.25), (0.5, 0.25), (0.72, 0.25), (0.6, 0.5), (0.48, 0.8))
INK = """(canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
    .reduce((sum, value, i) => (sum * 31 + value * (i % 251)) % 1000003, 0)"""
CONTROLS = """(play) => [...play.querySelectorAll("button, input, canvas, .map-hand")]
    .filter((node) => node.checkVisibility())
    .map((node) => [node, node.getBoundingClientRect()])
    .map(([node, { left, right, width, height }]) =>
        [node.ariaLabel ?? node.textContent, node.tagName !== "CANVAS", left, right, width, height])"""
SMALLEST = 44  # px of what a finger can hit


def view(page: Page, name: str) -> Locator:
    page.locator(".play .segments").first.get_by_role("button", name=name).click()
    return page.locator(".play .view:visible")


def ink(canvas: Locator) -> int:
    return int(canvas.evaluate(INK))


def expect_change(canvas: Locator, before: int) -> None:
    canvas.page.wait_for_function(
        f"([canvas, before]) => ({INK})(canvas) !== before", arg=[canvas.element_handle(), before]
    )


def real_or_made(page: Page) -> Locator:
    page.locator(".st-key-gan-more").get_by_text("Real or generated?").click()
    board = page.locator(".play .board .tile[data-filled]")
    expect(board).to_have_count(8)
    wait_ready(page)
    return page.locator(".play .board .tile")


@pytest.mark.long
def test_a_number_is_written_in_another_hand_latent_space_follows_and_a_pick_is_compared(open_page: Open) -> None:
    page = open_page("/gan")
    tiles = page.locator(".line-large .tile[data-filled]")
    expect(tiles).to_have_count(4)
    page.get_by_label("Number").fill("31x41592653")
    expect(page.get_by_label("Number")).to_have_value("3141592")
    expect(tiles).to_have_count(7)
    expect(tiles.nth(2)).to_have_attribute("aria-label", "Keep this picture, 4")
    expect(tiles.first.locator(".tile-words")).to_have_text(re.compile(r"^D: \d+ % real$"))
    one, four = tiles.nth(1).locator("canvas"), tiles.nth(2).locator("canvas")
    before = ink(one)
    assert before == ink(tiles.nth(3).locator("canvas"))  # one z: both ones are alike
    page.get_by_role("button", name="Another hand").click()
    expect_change(one, before)
    before = ink(four)
    page.get_by_label("Style: from one z").fill("1")
    expect_change(four, before)
    assert ink(one) != ink(tiles.nth(3).locator("canvas"))

    plane = view(page, "Latent space")
    large = plane.locator(".map-side canvas")
    expect(plane.locator(".map-side .tile[data-filled]")).to_be_visible()
    before = ink(large)
    plane.locator(".map-hand").scroll_into_view_if_needed()
    stroke(plane.locator(".map-hand"), [(0.5, 0.5), (0.1, 0.15)])
    expect_change(large, before)
    at = plane.locator(".map-hand").get_attribute("aria-description")
    before = ink(large)
    page.keyboard.press("Shift+ArrowRight")
    expect_change(large, before)
    assert plane.locator(".map-hand").get_attribute("aria-description") != at
    before = ink(large)
    plane.get_by_role("button", name="7", exact=True).click()
    expect_change(large, before)
    kept = ink(large)
    plane.locator(".map-side .tile").click()

    picks = view(page, "My picks (1)")
    expect(picks.locator(".verdict")).to_have_text(re.compile(r"^Distance 0\.\d+; a real \d .*copy\.$"))
    assert ink(picks.locator(".picks canvas")) == ink(picks.locator(".pair canvas").first) == kept
    page.reload()
    wait_ready(page)
    expect(page.locator(".play .picks .tile[data-filled]")).to_have_count(1)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Press any picture in the other views")).to_be_visible()


@pytest.mark.long
def test_the_way_between_two_digits_and_arithmetic_with_pictures(open_page: Open) -> None:
    page = open_page("/gan")
    between = view(page, "Between two")
    strip = between.locator(".line-strip .tile[data-filled] canvas")
    expect(strip).to_have_count(10)
    ends = between.locator(".between canvas")
    assert [ink(strip.first), ink(strip.last)] == [ink(ends.first), ink(ends.last)]
    middle = ends.nth(1)
    before = ink(middle)
    between.get_by_label("Place: from A to B").fill("1")
    expect_change(middle, before)
    page.wait_for_function(
        f"([a, b]) => ({INK})(a) === ({INK})(b)", arg=[middle.element_handle(), ends.last.element_handle()]
    )
    between.get_by_role("button", name="Play").click()  # B becomes A again, in a loop
    expect_change(middle, ink(ends.last))
    hand = between.get_by_label("Place: from A to B")
    page.wait_for_function("(hand) => Number(hand.value) < 0.5", arg=hand.element_handle())
    between.get_by_role("button", name="Pause").click()
    before = ink(strip.nth(4))
    between.get_by_role("button", name="Straight").click()
    expect_change(strip.nth(4), before)

    a, middle, b = ends.all()
    before = ink(b)
    between.get_by_role("button", name="Same z").click()
    expect_change(b, before)
    same = f"([a, b]) => ({INK})(a) === ({INK})(b)"
    between.get_by_role("group", name="To").get_by_role("button", name="3").click()
    page.wait_for_function(same, arg=[a.element_handle(), b.element_handle()])  # one z, one digit
    before = ink(b)
    between.get_by_role("group", name="To").get_by_role("button", name="8").click()
    expect_change(b, before)
    hand.fill("0")
    page.wait_for_function(same, arg=[middle.element_handle(), a.element_handle()])
    hand.focus()
    page.keyboard.press("End")
    page.wait_for_function(same, arg=[middle.element_handle(), b.element_handle()])

    sums = view(page, "Arithmetic")
    expect(sums.locator(".pool .tile[data-filled]")).to_have_count(20)
    slots = sums.locator(".sum .tile")
    for number, slot in ((5, 0), (7, 1), (7, 2)):
        expect(slots.nth(slot)).to_have_attribute("aria-pressed", "true")
        sums.locator(".pool .tile").nth(number).click()
    alike = [slots.first.locator("canvas").element_handle(), sums.locator(".pool canvas").nth(5).element_handle()]
    page.wait_for_function(same, arg=alike)
    expect(slots.first).to_have_attribute("aria-pressed", "true")  # and round again


@pytest.mark.long
def test_a_guess_is_scored_and_d_judges_a_drawing(open_page: Open) -> None:
    page = open_page("/gan")
    board = real_or_made(page)
    board.nth(0).click()
    board.nth(5).click()
    board.nth(5).click()
    expect(board.nth(0)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("You think 1 of 8 is generated.")).to_be_visible()
    page.get_by_role("button", name="Show the truth").click()
    truths = [tile.get_attribute("data-truth") for tile in board.all()]
    right = sum((truth == "made") == (place == 0) for place, truth in enumerate(truths))
    expect(page.locator(".play .verdict")).to_have_text(
        re.compile(rf"^{right} of 8 right, with G after round [\d,]+\.$")
    )
    expect(page.get_by_text(f"1 game, {right}.0 of 8 right on average.")).to_be_visible()
    page.get_by_role("button", name="Next eight").click()
    expect(page.locator(".play .board .tile[data-truth]")).to_have_count(0)

    stroke(page.locator(".play .paper"), SEVEN)
    expect(page.locator(".judge-words")).to_have_text(re.compile(r"^As a 7, this is \d+ % real to D. It .*\.$"))
    expect(page.locator(".judge-real .judge-label")).to_have_text(re.compile(r"^real pictures, \d+ % on average$"))
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".judge-words")).to_have_text("Draw a digit: D says how real it finds it.")
    page.reload()
    real_or_made(page)
    expect(page.get_by_text(f"1 game, {right}.0 of 8 right on average.")).to_be_visible()


@pytest.mark.long
def test_pictures_follow_a_generator_that_learns(open_page: Open) -> None:
    page = open_page("/gan")
    canvas = page.locator(".line-large canvas").first
    expect(page.locator(".play[data-learning=no] .line-large .tile[data-filled]")).to_have_count(4)
    page.locator(".st-key-gan-step-g button").first.click()  # a GAN of one's own, that stands still after one step of G
    expect(page.locator(".play[data-learning=yes] .line-large .tile[data-filled]")).to_have_count(4)
    wait_ready(page)
    before = ink(canvas)
    page.locator(".st-key-gan-step-g button").first.click()
    canvas.scroll_into_view_if_needed()  # what is not seen is not asked for
    expect_change(canvas, before)
    page.locator(".st-key-gan-stop button").first.click()
    expect(page.locator(".play[data-learning=no]")).to_be_visible()


def test_a_phone_shows_all_no_wider_than_its_screen_and_all_can_be_hit_with_a_finger(open_page: Open) -> None:
    page = open_page("/gan", width=412, height=915, touch=True)
    page.wait_for_function("() => Number(document.querySelector('.studio-hand')?.max) > 1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 412
    box = page.locator(".studio-canvas").bounding_box()
    assert box and box["width"] == 280
    page.get_by_role("button", name="Variety").tap()
    expect(page.locator(".studio-why")).to_contain_text("100 % is as varied as MNIST")
    for name in ("Write a number", "Latent space", "Between two", "Arithmetic", "My picks"):
        expect(view(page, name)).to_be_visible()
        expect_reachable(page)
    assert real_or_made(page).count() == 8
    expect_reachable(page)


def expect_reachable(page: Page) -> None:
    """All controls are on the screen's width, and what is pressed is large enough for a finger."""
    for name, pressed, left, right, width, height in page.locator(".play").evaluate(CONTROLS):
        assert left >= 0 and right <= 412, name
        assert not pressed or min(width, height) >= SMALLEST - 0.5, name
