"""Runs side by side: an experiment from its guess to who came out best, by mouse, by link and on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tools.browser import wait_ready

PATIENCE = 120_000  # ms, for what a busy machine has to train


@pytest.mark.long
def test_an_experiment_is_guessed_watched_and_shared(open_page: Callable[..., Page]) -> None:
    page = open_page("/runs?experiment=vanishing")
    page.locator("label", has_text="8 x Sigmoid").click()
    page.locator(".st-key-begin-vanishing button").click()
    rows = page.locator(".compare-row")
    expect(rows).to_have_count(3)
    curves = page.locator(".compare-plot .scatterlayer .trace")
    expect(curves).to_have_count(3, timeout=PATIENCE)
    worst = rows.filter(has_text="8 x Sigmoid")
    expect(worst.locator(".compare-rank")).to_have_text("place 3", timeout=PATIENCE)
    expect(worst.locator(".compare-test")).to_have_text(re.compile(r"test \d+\.\d\d %"), timeout=PATIENCE)
    expect(page.get_by_text("You guessed 8 x Sigmoid.")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Epochs").click()
    expect(page.locator(".compare-plot .xtitle")).to_have_text("Epochs")
    page.get_by_role("tab", name="What differs").click()
    expect(page.get_by_role("cell", name="Flatten, 9 Linear, 8 Sigmoid")).to_be_visible()
    phone = open_page(page.url.replace("experiment=vanishing&", ""), width=412, height=915, touch=True)
    expect(phone.locator(".compare-row", has_text="8 x Sigmoid")).to_contain_text("Finished")
    expect(phone.locator(".compare-plot .scatterlayer .trace")).to_have_count(3)
    assert phone.evaluate("document.documentElement.scrollWidth") == 412
    phone.get_by_role("tab", name="Your runs").click()
    wait_ready(phone)
    expect(phone.get_by_text("Your runs will stand here.")).to_be_visible()


def test_a_search_is_begun_ended_and_its_best_settings_are_used(open_page: Callable[..., Page]) -> None:
    page = open_page("/runs")
    page.get_by_role("tab", name="Find settings").click()
    wait_ready(page)
    expect(page.get_by_text("Which settings suit")).to_be_visible()
    page.locator(".st-key-search-go button:visible").click()
    rows = page.locator(".search-list tbody tr")
    expect(rows.nth(2)).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".search-strip")).to_have_count(2)
    expect(page.locator(".search-strip").first.locator(".search-dot").nth(2)).to_be_visible()
    page.locator(".st-key-search-stop button:visible").click()
    expect(page.locator(".search")).to_have_attribute("data-status", "stopped", timeout=PATIENCE)
    best = page.locator(".st-key-search-use-0 button:visible")
    expect(best).to_contain_text("Learning rate")
    best.click()
    expect(page.get_by_text("These settings are on your table now.")).to_be_visible()
    assert rows.first.locator("td").nth(3).inner_text() in best.inner_text()
    page.get_by_role("link", name="Train with them").click()
    page.wait_for_url("**/train*")
