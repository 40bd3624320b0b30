"""The whole way in one go: a network built from nothing, trained, and reading what is drawn for it."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_build import SIZES, Open, add, enter, expect_shapes, press
from tests.e2e.test_draw import SEVEN, draw, read, touch

ENOUGH = 250  # steps after which a small convolutional network reads a clean digit


@pytest.mark.long
@pytest.mark.parametrize(("width", "height", "finger"), SIZES[1:])  # by clicks: see test_build.py
def test_a_network_built_from_nothing_learns_and_reads_a_drawn_seven(
    open_page: Open, width: int, height: int, finger: bool
) -> None:
    page = open_page("/build", width=width, height=height, touch=finger)
    press(page, "Start empty")
    press(page, re.compile("^Conv2d: "))
    enter(page, "Channels", "8")
    add(page, "ReLU")
    add(page, "MaxPool2d")
    volumes = ("8 × 26 × 26", "8 × 26 × 26", "8 × 13 × 13")
    expect_shapes(page, *volumes)
    expect(page.get_by_text("The network ends in 8 × 13 × 13")).to_be_visible()
    expect(page.get_by_role("button", name="Train this network")).to_be_disabled()
    press(page, "Add Flatten")
    expect_shapes(page, *volumes, "1,352")
    press(page, "Add Linear 10")
    expect_shapes(page, *volumes, "1,352", "10")
    expect(page.locator(".totals")).to_contain_text("13,610")
    expect(page.locator(".totals")).to_contain_text(re.compile(r"\d (s|minutes)\s*an epoch, about"))
    press(page, re.compile("^Train this network"))
    expect(page).to_have_url(re.compile(r"/train\?run="))
    expect(page.get_by_text("13,610 parameters, started")).to_be_visible()
    expect(page.get_by_text("recorded example")).to_have_count(0)
    grown = "() => document.querySelector('.run-plot')?.data?.[0].x.at(-1) >= {}"
    page.wait_for_function(grown.format(10))
    page.wait_for_function(grown.format(ENOUGH), timeout=120_000)
    page.locator(".pad .ink").first.scroll_into_view_if_needed()
    if finger:
        touch(page, SEVEN)
    else:
        draw(page, SEVEN)
    assert read(page) == "7"
    if page.get_by_role("button", name=re.compile("^Stop")).is_enabled():
        press(page, re.compile("^Stop"))
    expect(page.get_by_text(re.compile("^(Stopped|Finished)")).first).to_be_visible(timeout=60_000)
