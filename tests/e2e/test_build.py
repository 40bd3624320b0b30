"""The Build page in a real Chromium: a network built from nothing by clicks, taken back, shared, saved and opened."""

import json
import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.export.formats import recipe_from_json
from engine.training.presets import PRESETS
from tools.browser import local_server, wait_ready

Open = Callable[..., Page]
SIZES = [pytest.param(1440, 900, False, id="desktop"), pytest.param(412, 915, True, id="phone")]


def press(page: Page, name: str | re.Pattern[str]) -> None:
    button = page.get_by_role("button", name=name, exact=isinstance(name, str))
    expect(button).to_have_count(1)  # while a page is drawn anew, the one of before may still stand beside it
    button.tap() if page.evaluate("matchMedia('(pointer: coarse)').matches") else button.click()
    wait_ready(page)


def add(page: Page, kind: str) -> None:
    """Add a layer at the end through the gallery."""
    press(page, "Add a layer")
    press(page, re.compile(rf"^{kind} "))
    expect(page.get_by_role("dialog")).to_have_count(0)


def wait_fields(page: Page) -> None:
    """A page that was just loaded shows its fields a while after its words, on a busy machine a long while."""
    page.get_by_label("Name", exact=True).wait_for()


def preset(page: Page, name: str) -> None:
    """Start from a preset, and wait until its fields are there to type into."""
    press(page, name)
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)


def expect_shapes(page: Page, *shapes: str) -> None:
    """What comes out of the input and of each layer."""
    expect(page.locator(".figures b")).to_have_text(["1 × 28 × 28", *shapes])


def enter(page: Page, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True).first
    field.fill(value)
    field.press("Enter")
    wait_ready(page)


def test_layers_are_added_changed_and_taken_back_by_button_and_by_key(open_page: Open) -> None:
    page = open_page("/build")
    preset(page, "Perceptron")
    press(page, "Add before layer 2")
    press(page, re.compile("^Linear "))
    expect_shapes(page, "784", "128", "10")
    press(page, "Move down layer 2")
    expect_shapes(page, "784", "10", "128")
    expect(page.get_by_text("The network ends in 128")).to_be_visible()
    expect(page.get_by_role("button", name="Train this network")).to_be_disabled()
    units = page.get_by_label("Units", exact=True).last
    enter(page, "Units", "50")
    expect_shapes(page, "784", "50", "128")
    press(page, re.compile("^Undo"))
    expect_shapes(page, "784", "10", "128")
    page.locator("body").press("y")
    expect_shapes(page, "784", "50", "128")
    expect(page.locator(".js-plotly-plot").last).to_contain_text("50")  # the one of before may still be there
    page.keyboard.press("Control+z")
    expect_shapes(page, "784", "10", "128")
    page.keyboard.press("Control+Shift+z")
    expect_shapes(page, "784", "50", "128")
    name = page.get_by_label("Name", exact=True)
    name.click()
    name.press("End")
    name.press_sequentially(" zy")
    name.press("Control+z")
    name.press_sequentially("z")
    name.press("Enter")
    wait_ready(page)
    expect_shapes(page, "784", "50", "128")  # what is typed into a field undoes nothing
    units.fill("")
    units.press("Enter")
    wait_ready(page)
    name.focus()
    expect_shapes(page, "784", "50", "128")


@pytest.mark.long
def test_a_number_out_of_range_is_said_beside_its_field(open_page: Open) -> None:
    page = open_page("/build", width=1024, height=768)
    preset(page, "CNN")
    kind = page.get_by_label("Layer 3", exact=True).bounding_box()
    remove = page.get_by_role("button", name="Delete layer 3").bounding_box()
    assert kind and remove and remove["y"] < kind["y"] + kind["height"]  # the row of a pool stays in one line
    enter(page, "Kernel", "40")
    words = page.get_by_role("alert").filter(has_text="Kernel: 40 is out of range. Use a whole number from 1 to 28.")
    expect(words).to_contain_text("It stays at 3.")
    expect(page.get_by_label("Kernel", exact=True).first).to_have_value("3")
    expect(page.locator(".figures b").nth(1)).to_have_text("32 × 26 × 26")
    enter(page, "Kernel", "5")
    expect(page.locator(".figures b").nth(1)).to_have_text("32 × 24 × 24")
    expect(words).to_have_count(0)


@pytest.mark.long
def test_a_link_is_copied_also_where_browsers_give_no_clipboard_and_opens_the_same_network(open_page: Open) -> None:
    page = open_page("/build")
    preset(page, "LeNet-5")
    enter(page, "Units", "77")
    press(page, "Share")
    link = page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile(r"/build\?n=.+"))
    expect(page.get_by_text("Only this computer can open this link.")).to_be_visible()
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("() => document.addEventListener('copy', () => (window.taken = String(getSelection())))")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    taken = page.evaluate("() => window.taken")
    assert taken == link.input_value()
    other = open_page(taken)
    wait_fields(other)
    expect(other.get_by_label("Name", exact=True)).to_have_value("LeNet-5")
    expect(other.get_by_label("Units", exact=True).first).to_have_value("77")
    expect(other).to_have_url(re.compile("/build$"))


def test_saved_file_opens_as_the_same_network_its_code_runs_and_a_huge_one_is_refused(
    open_page: Open, tmp_path: Path
) -> None:
    page = open_page("/build")
    preset(page, "CNN")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert saved.name == "cnn.json"
    assert recipe_from_json(saved.read_text()) == (PRESETS["cnn"].network, PRESETS["cnn"].config)
    preset(page, "Perceptron")
    press(page, "Code")
    source = page.get_by_role("dialog").locator("code").first.inner_text()
    compile(source, "perceptron", "exec")
    assert "nn.Linear(784, 10)" in source
    page.get_by_role("tab", name="Keras").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("layers.Dense(10")
    page.keyboard.press("Escape")
    huge = tmp_path / "deep.json"
    huge.write_text(json.dumps({"layers": [{"kind": "ReLU"}] * 10_000}))
    page.get_by_role("button", name="Open").first.click()
    page.locator("input[type=file]").set_input_files(huge)
    expect(page.get_by_role("alert").filter(has_text="The network here stays as it was.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Perceptron")
    page.locator("input[type=file]").set_input_files(saved)
    expect(page.get_by_label("Name", exact=True)).to_have_value("CNN")


def test_on_a_phone_all_tools_are_in_sight_and_large_enough_for_a_finger(open_page: Open) -> None:
    page = open_page("/build", width=412, height=915, touch=True)
    preset(page, "CNN")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 412
    for name in ("Undo", "Redo", "Save", "Open", "Share", "Code"):
        box = page.locator(".st-key-tools").get_by_role("button", name=re.compile(f"^{name}")).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 412 and box["height"] >= 44
    places = [
        page.locator(place).first.bounding_box() for place in (".st-key-train button:visible", ".st-key-card-input")
    ]
    assert places[0] and places[1] and places[0]["y"] + places[0]["height"] < places[1]["y"]
    buttons = page.locator(".stMain :is(.stButton, .stDownloadButton, .stPopover, .stButtonGroup) button:visible")
    sizes = buttons.evaluate_all("(all) => all.map((button) => button.getBoundingClientRect().height)")
    assert min(sizes) >= 44


def test_fast_typing_and_a_click_elsewhere_lose_nothing(open_page: Open) -> None:
    page = open_page("/build")
    preset(page, "LeNet-5")
    fields = page.get_by_label("Channels", exact=True)
    fields.nth(0).fill("12")
    fields.nth(1).fill("24")
    page.get_by_label("Units", exact=True).first.fill("99")
    page.get_by_role("button", name="Move down layer 1", exact=True).focus()
    expect(page.locator(".figures b").nth(1)).to_have_text("12 × 28 × 28")
    expect(page.locator(".figures b").nth(4)).to_have_text("24 × 10 × 10")
    expect(page.locator(".figures b").nth(8)).to_have_text("99")


# The foot asks every 10 s, and where its page comes into sight again.
ASKED_ANEW = """(text) => {
  document.dispatchEvent(new Event("visibilitychange"));
  return document.querySelector(".going-on").innerText === text;
}"""


def wait_stored(data: Path, words: str) -> None:
    """Wait until the draft in the server's data folder says `words`: nothing on the page tells."""
    with closing(sqlite3.connect(data / "playground.sqlite")) as connection:
        drafts = "SELECT count(*) FROM works WHERE kind = 'draft' AND instr(content, ?)"
        while connection.execute(drafts, (words,)).fetchone() == (0,):
            time.sleep(0.1)


@pytest.mark.long
def test_the_foot_says_who_trains_and_the_page_when_the_server_is_gone_and_work_outlives_it(
    browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context()
    context.set_default_timeout(30_000)
    page = context.new_page()
    said = page.locator(".going-on")
    with local_server(tmp_path) as server:  # on the server of all tests, runs of others may go on
        page.goto(f"{server.url}/train")
        wait_ready(page)
        expect(said).to_have_text("No run trains now")
        page.get_by_text("10 steps/s", exact=True).click()  # it must not end before the foot is seen
        wait_ready(page)
        press(page, re.compile("^Start"))
        page.wait_for_function(ASKED_ANEW, arg="One run trains now: yours 1", polling=500)
        press(page, re.compile("^Stop"))
        page.get_by_text("Stopped").first.wait_for()
        page.goto(f"{server.url}/build")
        wait_fields(page)
        preset(page, "MLP")
        enter(page, "Units", "31")
        wait_stored(server.data, '"units": 31')
        server.process.kill()
        expect(page.get_by_role("alert").filter(has_text="The playground does not answer.")).to_be_visible()
        expect(page.locator("[data-testid=stDialog]")).not_to_be_visible()
        page.close()
        with local_server(tmp_path) as other:
            page = context.new_page()
            page.goto(f"{other.url}/build")
            wait_fields(page)
            expect_shapes(page, "784", "31", "31", "31", "10")
            page.goto(f"{other.url}/train")
            expect(page.get_by_text("Next: MLP")).to_be_visible()
    context.close()


@pytest.mark.long
def test_generator_and_discriminator_are_changed_mended_and_taken_to_training(open_page: Open) -> None:
    page = open_page("/build?part=generator")
    outputs = ("42", "1,568", *["32 × 7 × 7"] * 3, *["16 × 14 × 14"] * 3, *["1 × 28 × 28"] * 2)
    figures = page.locator(".figures b")
    expect(figures).to_have_text(["32", *outputs])
    enter(page, "Latent size", "64")
    expect(figures).to_have_text(["64", "74", *outputs[1:]])
    press(page, "Delete layer 9")
    expect(
        page.get_by_text("The network ends in 16 × 14 × 14 but must end in a picture of 1 × 28 × 28.")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Train this GAN")).to_be_disabled()
    press(page, "Add ConvTranspose2d")
    expect(figures.last).to_have_text("1 × 28 × 28")
    page.get_by_role("radio", name="discriminator").click()
    expect(page).to_have_url(re.compile(r"part=discriminator"))
    expect_shapes(page, *["16 × 14 × 14"] * 2, *["32 × 7 × 7"] * 3, "1,568", "1")
    page.locator("label").filter(has_text="Spectral").first.click()
    expect(page.get_by_role("switch", name="Spectral").first).to_be_checked()
    page.reload()
    wait_fields(page)
    expect(page.get_by_role("switch", name="Spectral").first).to_be_checked()
    page.get_by_role("button", name="Train this GAN").click()
    page.wait_for_url(re.compile(r"/gan\?run="))


@pytest.mark.parametrize(("width", "height", "finger"), SIZES[:1])
def test_the_gallery_is_searched_and_enter_adds_the_first(
    open_page: Open, width: int, height: int, finger: bool
) -> None:
    page = open_page("/build", width=width, height=height, touch=finger)
    press(page, "Start empty")
    press(page, re.compile("^Conv2d: "))
    press(page, "Add a layer")
    search, picks = page.get_by_role("searchbox"), page.locator(".st-key-gallery button:visible")
    search.press_sequentially("act")
    expect(picks.first).to_contain_text("Activation")
    search.fill("dro")
    expect(picks).to_have_count(1)
    assert picks.bounding_box()["x"] - page.locator(".st-key-gallery").bounding_box()["x"] < 5  # no gap before it
    search.fill("MAX")
    expect(picks).to_have_count(2)  # MaxPool2d and AdaptiveMaxPool2d, not Softmax
    search.press("Enter")
    expect_shapes(page, "32 × 26 × 26", "32 × 13 × 13")


@pytest.mark.parametrize(("width", "height", "finger"), SIZES[1:])
def test_a_known_network_is_found_by_its_name_opened_and_may_be_trained(
    open_page: Open, width: int, height: int, finger: bool
) -> None:
    page = open_page("/build", width=width, height=height, touch=finger)
    wait_fields(page)
    press(page, "More networks")
    picks, families = page.locator(".st-key-gallery button:visible"), page.locator(".st-key-gallery h3:visible")
    expect(families).to_have_text(
        ["First networks", "Convolutional", "Deep", "Recurrent", "Attention", "For pictures of your own"]
    )
    page.get_by_role("searchbox").fill("res")
    expect(picks.locator("strong")).to_have_text(["ResNet-8", "ResNet-20", "ResNet-56", "SE-ResNet-8"])
    expect(families).to_have_text(["Deep"])
    heading, first = families.bounding_box(), picks.first.bounding_box()
    assert heading and first and heading["y"] + heading["height"] <= first["y"]
    press(page, re.compile("ResNet-56"))
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Name", exact=True)).to_have_value("ResNet-56")
    expect(page.get_by_role("button", name="Train this network")).to_be_enabled()
