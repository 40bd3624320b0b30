"""Lessons in a real Chromium: a curve is guessed by hand and by keys, and a lesson is there on paper."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

LESSON = "/learn?lesson=08-few-pictures"


def test_a_curve_is_drawn_and_then_both_are_shown(open_page: Callable[..., Page]) -> None:
    width = 412
    page = open_page(LESSON, width=width)
    page.get_by_role("button", name="2. Draw a curve").click()
    drawing, give = page.locator(".guess-curve svg"), page.get_by_role("button", name="Guess", exact=True)
    expect(give).to_be_disabled()
    expect(page.locator(".guess-truth")).to_have_attribute("d", "")
    box = drawing.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
    page.mouse.move(box["x"] + 0.12 * box["width"], box["y"] + 0.6 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.97 * box["width"], box["y"] + 0.1 * box["height"], steps=4)
    page.mouse.up()
    expect(give).to_be_enabled()
    first = page.locator(".guess-dot[aria-label='Your guess at 100']")
    before = float(first.get_attribute("aria-valuenow") or "nan")
    first.focus()
    page.keyboard.press("ArrowUp")
    assert float(first.get_attribute("aria-valuenow") or "nan") == pytest.approx(before + 2, abs=0.01)
    give.click()
    expect(page.get_by_text("On average your curve is")).to_be_visible()
    expect(page.locator(".guess-truth")).not_to_have_attribute("d", "")
    expect(page.locator("[role=slider].guess-dot")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("On average your curve is")).to_be_visible()


def test_a_lesson_is_printed_with_and_without_its_answers(open_page: Callable[..., Page]) -> None:
    page = open_page(LESSON)
    page.get_by_text("For the one who teaches").click()
    link = page.get_by_role("link", name="Print it for learners")
    expect(link).to_be_visible()
    page.goto(link.get_attribute("href") or "")
    expect(page.get_by_role("heading", name="Learning by heart")).to_be_visible()
    expect(page.locator(".note").first).to_be_visible()
    assert page.locator(".tell, polyline").count() == 0
    page.goto(page.url.replace("?for=learners", ""))
    assert page.locator(".tell").count() > 3 and page.locator("polyline").count() == 1
