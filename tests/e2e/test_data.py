"""The Data page in a real Chromium: a folder of pictures comes in, is seen by class, a network learns it, it goes
again."""

import math
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from engine.files import ASSETS
from tools.browser import FLAGS, browser_path, wait_ready

PATIENCE = 120_000  # ms, for what a busy machine has to train


@pytest.mark.long
def test_a_folder_of_one_s_own_is_seen_by_class_learned_tried_and_deleted(
    new_page: Callable[..., Page], tmp_path: Path
) -> None:
    with zipfile.ZipFile(ASSETS / "balls" / "balls.zip") as archive:
        names = [name for name in archive.namelist() if int(name[-7:-4]) <= 20]
        archive.extractall(tmp_path, names)
    (tmp_path / "balls" / "football" / "no picture.txt").write_text("words")
    page = new_page()
    page.goto("/data")
    wait_ready(page)
    page.locator("input[webkitdirectory]").set_input_files(tmp_path / "balls")
    expect(page.locator(".data-wall figcaption b")).to_have_text(["basketball", "football", "tennis ball"])
    expect(page.get_by_text("1 file was left out")).to_be_visible()
    expect(page.locator(".data-wall img").first).to_have_js_property("complete", True)
    page.get_by_role("button", name="Train on these").click()
    page.wait_for_url("**/train*")
    wait_ready(page)
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".run-status [role=status]")).to_have_text("Finished", timeout=PATIENCE)
    expect(page.locator(".trying .tile")).to_have_count(8)
    page.locator(".trying input[type=file]").set_input_files(tmp_path / "balls" / "football" / "001.jpg")
    expect(page.locator(".trying .truth")).to_have_text("Your picture, as the network sees it")
    page.locator(".trying").get_by_role("button", name="Why?").click()
    expect(page.locator(".trying .counts")).to_have_attribute("src", re.compile("^data:image/png"))
    expect(page.locator(".trying .why")).to_contain_text("with a grey square on the worst place")
    page.locator(".trying .tile").nth(1).click()
    expect(page.locator(".trying .counts")).to_be_hidden()
    page.locator(".trying").get_by_role("button", name="Why?").click()
    expect(page.locator(".trying .counts")).to_be_visible()
    page.locator(".trying .least input").fill("0.99")
    expect(page.locator(".trying .least span")).to_contain_text(re.compile(r"from 99 % on: \d of the 8 test pictures"))
    page.goto("/data")
    wait_ready(page)
    look = page.locator(".look")
    look.get_by_role("button", name="Doubtful labels").click()
    expect(look.locator(".note")).to_contain_text("this network reads")
    look.get_by_role("button", name="Class by class").click()
    labels = look.locator(".tiles select")
    labels.first.select_option("football")
    labels.nth(1).select_option("Leave out")
    labels.nth(2).select_option("football")
    look.get_by_role("button", name="Undo").click()
    expect(labels.nth(2)).to_have_value("0")
    expect(look.locator(".corrections")).to_contain_text("2 changes")
    look.get_by_role("button", name="Make these changes").click()
    page.get_by_text("You changed 2 labels.").wait_for()
    expect(page.locator(".data-wall figcaption span").first).to_have_text("11 to train, 3 to validate, 4 to test")
    page.get_by_role("button", name="Undo the last changes").click()
    page.get_by_text("You changed 2 labels.").wait_for(state="detached")
    page.get_by_role("button", name="Delete these pictures").click()
    expect(page.get_by_role("button", name="Delete these pictures")).to_have_count(0)


@pytest.fixture
def filmed(browser: Browser) -> Iterator[Browser]:
    """A browser whose camera is a film that the browser draws."""
    flags = [*FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    other = browser.browser_type.launch(executable_path=browser_path(), args=flags)
    yield other
    other.close()


@pytest.mark.long
def test_from_camera_to_a_network_that_reads_the_camera(server: str, filmed: Browser) -> None:
    """By key and by pointer; from the first picture to a reading within two minutes, on a machine with time."""
    width = 412
    context = filmed.new_context(viewport={"width": width, "height": 900}, permissions=["camera"])
    page = context.new_page()
    page.goto(f"{server}/data")
    wait_ready(page)
    page.get_by_role("button", name="Use the camera").click()
    camera = page.locator(".camera")
    use = camera.get_by_role("button", name="Use these pictures")
    expect(use).to_be_disabled()
    expect(camera.locator("video")).to_have_js_property("paused", False)
    camera.get_by_label("Name of class 1").fill("left")
    camera.get_by_label("Name of class 2").fill("right")
    holds, counts = page.get_by_role("button", name="Hold to record"), page.locator(".makes-count")
    for number in range(2):
        expect(holds.nth(number)).to_be_enabled()
        holds.nth(number).focus() if number else holds.nth(number).hover()
        page.keyboard.down(" ") if number else page.mouse.down()
        page.wait_for_function(
            "([count]) => Number.parseInt(count.textContent) >= 24", arg=[counts.nth(number).element_handle()]
        )
        page.keyboard.up(" ") if number else page.mouse.up()
        taken = counts.nth(number).inner_text()
        page.wait_for_timeout(400)
        assert counts.nth(number).inner_text() == taken, "let go, it takes no more"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    use.click()
    expect(page.locator(".data-wall figcaption b")).to_have_text(["left", "right"], timeout=PATIENCE)
    expect(camera).to_be_hidden()
    page.get_by_role("button", name="Train on these").click()
    page.wait_for_url("**/train*")
    wait_ready(page)
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".trying .tile").first).to_be_visible(timeout=PATIENCE)
    page.locator(".trying").get_by_role("button", name="Camera").click()
    expect(page.locator(".trying .truth")).to_have_text("Your picture, as the network sees it")
    first = page.locator(".trying .answer img:first-child").get_attribute("src")
    expect(page.locator(".trying .answer img:first-child")).not_to_have_attribute("src", first or "")
    page.locator(".trying .tile").first.click()
    expect(page.locator(".trying video")).to_be_hidden()
    page.goto(f"{server}/data")
    page.get_by_role("button", name="Delete these pictures").click()
    context.close()


@pytest.mark.long
def test_from_drawings_to_a_network_that_reads_drawings(open_page: Callable[..., Page]) -> None:
    page = open_page("/data", width=412, height=915)
    page.get_by_role("button", name="Draw them").click()
    sheet, makes = page.locator(".bring .sketch-sheet"), page.locator(".drawings")
    for number, name in enumerate(("round", "straight")):
        makes.get_by_label(f"Name of class {number + 1}").fill(name)
        add, count = (
            makes.get_by_role("button", name="Add the drawing").nth(number),
            makes.locator(".makes-count").nth(number),
        )
        expect(add).to_be_disabled()
        for drawing in range(20):
            sketch(sheet, drawn(name, drawing))
            add.click()
        expect(count).to_have_text("20 pictures")
    assert page.evaluate("document.documentElement.scrollWidth") <= 412
    makes.get_by_role("button", name="Use these pictures").click()
    expect(page.locator(".data-wall figcaption b")).to_have_text(["round", "straight"], timeout=PATIENCE)
    page.get_by_role("button", name="Train on these").click()
    page.wait_for_url("**/train*")
    wait_ready(page)
    page.get_by_role("button", name="Start").click()
    trying = page.locator(".trying")
    expect(trying.locator(".tile").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".run-status [role=status]")).to_have_text("Finished", timeout=PATIENCE)
    trying.get_by_role("button", name="Draw").click()
    for number, name in enumerate(("straight", "round")):
        sketch(trying.locator(".sketch-sheet"), drawn(name, 30 + number))
        expect(trying.locator(".truth")).to_have_text("Your picture, as the network sees it")
        expect(trying.locator(".reading")).to_contain_text(name)
        trying.get_by_role("button", name="Clear").click()
    page.goto("/data")
    page.get_by_role("button", name="Delete these pictures").click()


def sketch(sheet: Locator, corners: list[tuple[float, float]]) -> None:
    """Draw from corner to corner, these as parts of the sheet, in few moves."""
    box, mouse = sheet.bounding_box(), sheet.page.mouse
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    mouse.move(*places[0])
    mouse.down()
    for place in places[1:]:
        mouse.move(*place)
    mouse.up()


def drawn(name: str, number: int) -> list[tuple[float, float]]:
    """A ring, or a line, as parts of the sheet; each a little different."""
    dice = random.Random(number)
    x, y, size, turn = (dice.uniform(*of) for of in ((0.4, 0.6), (0.4, 0.6), (0.2, 0.3), (0, math.pi)))
    if name == "straight":
        return [(x + way * size * math.cos(turn), y + way * size * math.sin(turn)) for way in (-1, -0.3, 0.3, 1)]
    angles = [turn + step * math.pi / 4 for step in range(9)]
    return [(x + size * math.cos(angle), y + size * math.sin(angle)) for angle in angles]


def test_without_a_camera_it_is_said_what_to_do(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("/data")
    wait_ready(page)
    page.get_by_role("button", name="Use the camera").click()
    expect(page.locator(".camera .message")).to_have_text(re.compile("No camera was found|may not be used"))
    page.get_by_role("button", name="Camera off").click()
    expect(page.locator(".camera")).to_be_hidden()
