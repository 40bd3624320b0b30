"""The pad in a real Chromium: by mouse, finger and keyboard, with pictures, and what stays when the page changes."""

import base64
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Request, expect

from engine.data.mnist import load_mnist
from tools.browser import stroke, wait_ready

Stroke = Sequence[tuple[float, float]]
SEVEN: Stroke = ((0.28, 0.25), (0.5, 0.25), (0.72, 0.25), (0.6, 0.5), (0.48, 0.8))
ONE: Stroke = ((0.5, 0.2), (0.5, 0.5), (0.5, 0.8))
DASH: Stroke = ((0.3, 0.5), (0.7, 0.5))
PASTE_FILE = """(pad, [name, type, content]) => {
    const clipboardData = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    if (name) clipboardData.items.add(new File([bytes], name, { type }));
    pad.focus();
    pad.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, composed: true }));
}"""
DROPPED = """([name, type, content]) => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
    return transfer;
}"""
INKED = """(canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
    .filter((value, i) => i % 4 === 3 && value > 127).length"""


def pad_of(page: Page) -> Locator:
    pad = page.locator(".pad")
    pad.locator(".ink").wait_for()
    return pad


def draw(page: Page, *strokes: Stroke) -> None:
    """With the mouse."""
    canvas = pad_of(page).locator(".ink")
    for corners in strokes:
        stroke(canvas, corners)


def touch(page: Page, corners: Stroke) -> None:
    """With one finger."""
    box = pad_of(page).locator(".ink").bounding_box()
    assert box
    browser = page.context.new_cdp_session(page)
    for i, (x, y) in enumerate(corners):
        point = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        browser.send("Input.dispatchTouchEvent", {"type": "touchMove" if i else "touchStart", "touchPoints": [point]})
    browser.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def read(page: Page) -> str:
    """The digit on screen once what is on the pad has been answered."""
    page.locator(".pad[data-state=read]").wait_for()
    best = page.locator(".pad .bars .best .name").inner_text()
    digit = page.locator(".pad .digit").inner_text()
    assert digit == best
    return digit


def expect_blank(page: Page) -> None:
    page.locator(".pad[data-state=blank][data-blank]").wait_for()
    expect(page.locator(".pad .sure")).to_have_text("Nothing to read yet")
    assert page.locator(".pad .bars .value").all_inner_texts() == ["–"] * 10
    assert page.locator(".pad .bars .best").count() == 0


def predictions(page: Page) -> list[Request]:
    """Grows by every question asked from now on."""
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "/api/predict/" in request.url else None)
    return asked


def picture_of(index: int, size: int = 300) -> bytes:
    """An MNIST test picture as a PNG, dark ink on light paper with a margin."""
    digit = Image.fromarray(255 - load_mnist().test_images[index].numpy()).resize((size, size))
    paper = Image.new("L", (size + 80, size + 40), 255)
    paper.paste(digit, (40, 20))
    with io.BytesIO() as file:
        paper.save(file, "PNG")
        return file.getvalue()


def coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_seven_drawn_with_the_mouse_is_read_and_survives_another_theme(open_page: Callable[..., Page]) -> None:
    page = open_page("/draw")
    expect_blank(page)
    place = page.locator(".pad").bounding_box()
    draw(page, SEVEN)
    assert read(page) == "7"
    assert page.locator(".pad .spoken-answer").inner_text().startswith("Read as 7, ")
    assert page.locator(".pad").bounding_box() == place  # nothing jumped
    expect(page.locator(".pad[data-inverted]")).to_have_count(1)
    inked = page.locator(".pad .ink").evaluate(INKED)
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".pad[data-inverted]")).to_have_count(0)
    assert page.locator(".pad .ink").evaluate(INKED) == inked > 0
    assert read(page) == "7"
    page.emulate_media(color_scheme="light")
    expect(page.locator(".pad[data-inverted]")).to_have_count(1)
    page.get_by_text("As the network sees it").click()
    expect(page.locator(".pad[data-inverted]")).to_have_count(0)
    corner = page.locator(".steps canvas").last.evaluate(
        "(one) => [...one.getContext('2d').getImageData(0, 0, 1, 1).data]"
    )
    assert corner == [0, 0, 0, 255]
    page.get_by_role("button", name="Clear", exact=True).click()
    draw(page, ((0.25, 0.2), (0.25, 0.8)), ((0.6, 0.2), (0.8, 0.2), (0.7, 0.8)))
    expect(page.locator(".pad .digit")).to_have_text("17")
    expect(page.locator(".pad .frame")).to_have_text(["1", "7"])
    expect(page.locator(".bars .best .name")).to_have_text("1")
    page.get_by_role("button", name="Digit 2, read as 7").click()
    expect(page.locator(".bars .best .name")).to_have_text("7")
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator(".pad .frame")).to_have_count(0)
    expect(page.locator(".pad .several")).to_be_hidden()


@pytest.mark.parametrize("path", ["/", "/draw"])
def test_a_seven_drawn_with_a_finger_is_read_the_page_stays_and_all_can_be_hit(
    open_page: Callable[..., Page], path: str
) -> None:
    page = open_page(path, width=412, height=915, touch=True)
    main = page.locator("[data-testid=stMain]")
    touch(page, SEVEN)
    assert read(page) == "7"
    assert main.evaluate("(element) => element.scrollTop") == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for control in pad_of(page).locator("button:visible, label:visible").all():
        box = control.bounding_box()
        assert box
        assert box["height"] >= 44, control.inner_text()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 412


def test_the_answer_comes_while_the_pen_is_down(page: Page) -> None:
    box = pad_of(page).locator(".ink").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"], steps=20)
    expect(page.locator(".pad .digit")).to_have_text("1")
    page.mouse.up()
    assert read(page) == "1"


def test_a_blank_pad_asks_nothing(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    asked = predictions(page)
    page.get_by_role("link", name="Draw").first.click()
    page.locator(".pad[data-layout=full] .ink").wait_for()
    wait_ready(page)
    expect_blank(page)
    assert not asked
    draw(page, DASH)
    read(page)
    assert asked
    page.get_by_role("button", name="Clear").click()
    expect_blank(page)


def test_undo_redo_and_clear(page: Page) -> None:
    undo, redo, clear = (page.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo", "Clear"))
    expect(undo).to_be_disabled()
    draw(page, ONE)
    assert read(page) == "1"
    first = page.locator(".pad .bars .value").all_inner_texts()
    draw(page, ((0.2, 0.2), (0.8, 0.2)), ((0.2, 0.8), (0.8, 0.8)))
    read(page)
    undo.click()
    undo.click()
    assert read(page) == "1"
    assert page.locator(".pad .bars .value").all_inner_texts() == first
    redo.click()
    read(page)
    clear.click()
    expect_blank(page)
    undo.click()  # clearing can be undone, too
    read(page)
    expect(redo).to_be_enabled()


def test_drawing_by_keyboard(page: Page) -> None:
    pad_of(page).locator(".ink").focus()
    keys = page.keyboard
    for _ in range(6):
        keys.press("ArrowUp")
    expect(page.locator(".pad[data-state=blank]")).to_have_count(1)
    keys.press("Space")
    for _ in range(12):
        keys.press("ArrowDown")
    keys.press("Space")
    assert read(page) == "1"
    keys.press("z")
    page.locator(".pad[data-state=blank]").wait_for()
    keys.press("y")
    assert read(page) == "1"
    keys.press("Delete")
    page.locator(".pad[data-state=blank]").wait_for()


def test_pictures_uploaded_pasted_and_dropped_are_read_in_their_steps_and_drawing_comes_back(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    labels = [str(int(label)) for label in load_mnist().test_labels[:4]]
    path = tmp_path / "digit.png"
    path.write_bytes(picture_of(0))
    page = open_page("/draw")
    draw(page, ONE)
    assert read(page) == "1"
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload").click()
    chooser.value.set_files(path)
    page.locator(".pad[data-picture]").wait_for()
    assert read(page) == labels[0] == "7"
    expect(page.locator(".pad .picture")).to_be_visible()
    sizes = page.locator(".steps canvas").evaluate_all("(all) => all.map((one) => [one.width, one.height])")
    assert sizes[3] == [28, 28]
    assert max(sizes[2]) == 20
    expect(page.locator(".pad .seen")).to_contain_text("centred by its mass")
    page.get_by_role("button", name="Draw again").click()
    assert read(page) == "1"
    page.locator(".pad .ink").evaluate(PASTE_FILE, ["digit.png", "image/png", coded(picture_of(1))])
    page.locator(".pad[data-picture]").wait_for()
    assert read(page) == labels[1]
    transfer = page.evaluate_handle(DROPPED, ["digit.png", "image/png", coded(picture_of(2))])
    page.locator(".pad .paper").dispatch_event("drop", {"dataTransfer": transfer})
    expect(page.locator(".pad .digit")).to_have_text(labels[2])
    photo = {"name": "photo.png", "mimeType": "image/png", "buffer": picture_of(3, 3000)}
    page.locator(".pad input[type=file]").set_input_files(photo)
    expect(page.locator(".pad .digit")).to_have_text(labels[3])
    size = page.locator(".pad .picture").evaluate("(sent) => [sent.naturalWidth, sent.naturalHeight]")
    assert max(size) == 1024  # a large picture is made small before it travels
    page.get_by_role("button", name="Clear", exact=True).click()
    expect_blank(page)
    expect(page.locator(".pad .picture")).to_be_hidden()


def test_what_is_no_picture_is_refused_and_the_drawing_stays(page: Page, expected_errors: list[str]) -> None:
    expected_errors += ["400 ", "415 "]
    draw(page, ONE)
    for name, kind, content, sentence in (
        ("", "", b"", "There is no picture to paste. Copy one first."),
        ("notes.txt", "text/plain", b"seven", "This is not a picture. Use a PNG, JPEG, GIF or WebP file."),
        ("notes.png", "image/png", b"seven", "picture"),
    ):
        assert read(page) == "1"
        page.locator(".pad .ink").evaluate(PASTE_FILE, [name, kind, coded(content)])
        expect(page.locator(".pad .message")).to_contain_text(sentence)
        expect(page.locator(".pad .digit")).to_have_text("?" if name else "1")  # no old answer to a new picture
        assert page.locator(".pad .ink").evaluate(INKED) > 0
        assert page.locator(".pad[data-picture]").count() == 0
        draw(page, ((0.5, 0.2), (0.5, 0.7)))
        expect(page.locator(".pad .message")).to_have_text("")


@pytest.mark.long
def test_a_drawing_is_read_again_while_a_network_learns_and_stays_through_pages(
    page: Page, expected_errors: list[str]
) -> None:
    expected_errors.append("409 ")  # until the network has begun to learn
    draw(page, ONE)
    page.get_by_role("link", name="Train", exact=True).first.click()
    wait_ready(page)
    epochs = page.get_by_label("Epochs", exact=True)
    epochs.fill("100")  # it goes on for as long as this test
    epochs.press("Enter")
    wait_ready(page)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/train?run=*")
    wait_ready(page)
    run_id = page.url.split("run=")[1]
    page.get_by_role("link", name="Draw").first.click()
    page.locator(".pad[data-layout=full] .ink").wait_for()
    wait_ready(page)
    draw(page, SEVEN)
    assert read(page) == "7"  # still by the bundled model
    asked = predictions(page)
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="Quick, training").click()
    for _ in range(2):  # once because the model is another one, once more by itself
        with page.expect_response(lambda response: f"/api/predict/{run_id}" in response.url and response.ok):
            pass
    assert all(run_id in request.url for request in asked)
    page.get_by_role("link", name="Train", exact=True).first.click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".run-status [role=status]")).to_have_text("Stopped")
    page.get_by_role("link", name="Home").first.click()
    page.locator(".pad[data-layout=home] .ink").wait_for()
    assert read(page) == "1"  # what was drawn on this pad is still there
    expect(page.get_by_text("Your last runs")).to_be_visible()
