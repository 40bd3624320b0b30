"""Networks with blocks on the Build page in a real Chromium: built, broken, mended, moved, folded and trained."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.export.formats import recipe_to_link
from engine.network.spec import NetworkSpec, layer
from engine.training.config import TrainConfig
from tests.e2e.test_build import SIZES, add, expect_shapes, press
from tools.browser import wait_ready

Open = Callable[..., Page]
CONV = layer("Conv2d", channels=4, padding=1)
DEEP = layer("Residual", [layer("Branches", [layer("Residual", [layer("Repeat", [CONV])])], [CONV], join="add")])
BEGUN = 150  # ms until a page has begun to be drawn anew; what is typed into a card that leaves is lost
END = (layer("AdaptiveAvgPool2d"), layer("Flatten"), layer("Linear", units=10))


def enter(page: Page, label: str, number: int, value: str) -> None:
    page.wait_for_timeout(BEGUN)
    wait_ready(page)
    field = page.get_by_label(label, exact=True).nth(number)
    field.fill(value)
    field.press("Enter")
    wait_ready(page)


def open_network(open_page: Open, network: NetworkSpec, **screen: int | bool) -> Page:
    page = open_page(f"/build?n={recipe_to_link(network, TrainConfig())}", **screen)
    page.get_by_label("Name", exact=True).wait_for()
    return page


def expect_values(page: Page, label: str, *expected: str) -> None:
    fields = page.get_by_label(label, exact=True)
    expect(fields).to_have_count(len(expected))
    for number, value in enumerate(expected):
        expect(fields.nth(number)).to_have_value(value)


@pytest.mark.long
@pytest.mark.parametrize(("width", "height", "touch"), SIZES[-1:])  # the narrowest
def test_residual_network_is_built_from_nothing_broken_mended_and_trained(
    open_page: Open, width: int, height: int, touch: bool
) -> None:
    page = open_page("/build", width=width, height=height, touch=touch)
    press(page, "Start empty")
    press(page, re.compile("^Conv2d: "))
    add(page, "Residual")
    shape = "32 × 26 × 26"
    expect_shapes(page, *[shape] * 5)
    enter(page, "Padding", 1, "0")
    expect(page.get_by_text("no 1 × 1 convolution can bring the shortcut there")).to_be_visible()
    press(page, "Use padding 1 in Conv2d")
    expect_shapes(page, *[shape] * 5)
    enter(page, "Stride", 1, "2")
    expect(
        page.get_by_text("On the shortcut stands a 1 × 1 convolution with 32 channels and stride 2.")
    ).to_be_visible()
    press(page, "Add to layer 2")
    press(page, re.compile("^Dropout "))
    expect(page.get_by_label("Layer 2.4", exact=True)).to_have_value("Dropout")
    add(page, "AdaptiveAvgPool2d")
    press(page, "Add Flatten")
    press(page, "Add Linear 10")
    expect(page.locator(".js-plotly-plot").last).to_contain_text("+")
    press(page, re.compile("^Train this network"))
    expect(page).to_have_url(re.compile(r"/train\?run="))


@pytest.mark.long
def test_fields_inside_blocks_keep_their_values_when_cards_move_come_go_and_are_undone(open_page: Open) -> None:
    body = [layer("Conv2d", channels=n, padding=1) for n in (4, 5, 6)]
    page = open_network(open_page, NetworkSpec((layer("Residual", body), *END)))
    enter(page, "Channels", 1, "7")
    press(page, "Move up layer 1.2")
    expect_values(page, "Channels", "7", "4", "6")
    press(page, "Duplicate layer 1.1")
    expect_values(page, "Channels", "7", "7", "4", "6")
    enter(page, "Channels", 1, "9")
    expect_values(page, "Channels", "7", "9", "4", "6")
    press(page, "Move up layer 1.1")
    expect_values(page, "Channels", "7", "9", "4", "6")
    expect(page.get_by_label("Layer 2", exact=True)).to_have_value("Residual")
    press(page, "Delete layer 2.2")
    for _ in range(2):
        press(page, re.compile("^Undo"))
    expect_values(page, "Channels", "7", "9", "4", "6")
    expect(page.get_by_label("Layer 1.4", exact=True)).to_have_value("Conv2d")


def test_a_block_is_folded_and_unfolded_by_keys_and_the_focus_stays_in_it(open_page: Open) -> None:
    page = open_network(open_page, NetworkSpec((layer("Residual", [CONV, layer("ReLU")]), *END)))
    page.get_by_role("button", name="Fold layer 1", exact=True).press("Enter")
    line = page.get_by_role("button", name=re.compile("1 Residual 1 convolution, 4 channels"))
    expect(line).to_be_focused()
    expect(page.get_by_label("Layer 1.1", exact=True)).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Layer 1.1", exact=True)).to_be_visible()
    expect(page.get_by_label("Layer 1", exact=True)).to_be_focused()


@pytest.mark.parametrize(("width", "height", "touch"), SIZES[-1:])
def test_blocks_four_deep_stay_on_the_screen_with_large_targets(
    open_page: Open, width: int, height: int, touch: bool
) -> None:
    page = open_network(open_page, NetworkSpec((CONV, DEEP, *END)), width=width, height=height, touch=touch)
    page.locator(".js-plotly-plot").first.wait_for(state="attached")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    smallest = 44 if touch else 24
    for name in ("Delete layer 2.1.1.1.1.1", "Add before layer 2.1.1.1.1.1", "Fold layer 2.1", "Remove branch 2.1.1"):
        button = page.get_by_role("button", name=name, exact=True)
        if button.count():
            box = button.bounding_box()
            assert box and min(box["width"], box["height"]) >= smallest and box["x"] + box["width"] <= width, name
    field = page.get_by_label("Channels", exact=True).nth(1).bounding_box()
    assert field and field["width"] >= 40 and field["x"] + field["width"] <= width


@pytest.mark.long
def test_branches_stand_side_by_side_on_a_wide_screen_and_below_one_another_on_a_narrow_one(open_page: Open) -> None:
    network = NetworkSpec((layer("Branches", [CONV], [CONV], [CONV]), *END))
    for width, rows in ((1440, 1), (412, 3)):
        page = open_network(open_page, network, width=width, height=900)
        heads = [page.get_by_text(f"Branch 1.{number}", exact=True).bounding_box() for number in (1, 2, 3)]
        assert len({round(head["y"]) for head in heads if head}) == rows


@pytest.mark.long
def test_a_hundred_layers_are_lines_of_which_one_shows_its_fields(open_page: Open) -> None:
    many = NetworkSpec((*(CONV, layer("ReLU")) * 48, *END))
    page = open_network(open_page, many)
    press(page, re.compile("^edit 3 Conv2d|^3 Conv2d"))
    page.get_by_label("Layer 3", exact=True).wait_for()
    enter(page, "Channels", 0, "6")
    expect(page.locator(".figures b").nth(3)).to_have_text("6 × 28 × 28")
    assert page.get_by_label("Channels", exact=True).count() == 1
    press(page, "Add before layer 4")
    press(page, re.compile("^Residual "))
    expect(page.get_by_label("Layer 4.1", exact=True)).to_have_count(0)
    expect(page.get_by_label("Layer 4", exact=True)).to_have_value("Residual")
