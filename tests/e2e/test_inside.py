"""One network at work on one digit, in a real Chromium: the flow follows the pen, and one number is taken apart."""

import re
from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_train import set_number, start, status, use_few_pictures
from tools.browser import stroke, wait_ready

INK = "(canvas) => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].join()"
THREE = ((0.3, 0.2), (0.7, 0.3), (0.35, 0.5), (0.7, 0.7), (0.3, 0.82))


def shown(page: Page) -> Locator:
    """The strips, once a number is taken apart."""
    page.locator(".inside-total").wait_for()
    return page.locator(".inside-strip")


def numbers(lines: Locator) -> list[float]:
    return [float(text) for text in lines.all_inner_texts()]


def test_from_home_it_is_two_clicks_and_the_strips_follow_the_pen(page: Page) -> None:
    stroke(page.locator(".pad .ink"), ((0.5, 0.2), (0.5, 0.5), (0.5, 0.8)))
    page.get_by_role("link", name="Look inside").click()
    page.wait_for_url("**/inside?model=demo")
    wait_ready(page)
    strips = shown(page)
    expect(page.locator(".pad .digit")).to_have_text("1")  # what was drawn on Home
    page.locator(".pad[data-state=read]").wait_for()
    assert strips.count() == 19
    before = [canvas.evaluate(INK) for canvas in strips.locator("canvas").all()[:4]]
    stroke(page.locator(".pad .ink"), THREE)
    expect(page.locator(".pad .digit")).to_have_text("3")
    page.locator(".pad[data-state=read]").wait_for()
    after = [canvas.evaluate(INK) for canvas in strips.locator("canvas").all()[:4]]
    assert all(old != new for old, new in zip(before, after, strict=True))
    page.get_by_role("button", name="Clear").click()
    page.locator(".inside[data-state=blank]").wait_for()


def test_the_products_of_a_convolution_add_up_to_its_value_and_the_patch_moves(open_page: Callable[..., Page]) -> None:
    page = open_page("/inside")
    strips = shown(page)
    expect(page.locator(".pad .digit")).to_have_text("7")  # of the test set
    strips.filter(has_text="Conv2d").nth(1).locator("canvas").click(position={"x": 32, "y": 10})
    where = page.locator(".inside-where")
    expect(where).to_contain_text("map 2, row 5")
    total = float(page.locator(".inside-total .inside-value").inner_text())
    parts = numbers(page.locator(".inside-ledger .inside-line:not(.inside-total) .inside-value"))
    assert len(parts) == 10  # eight maps, the others and the bias
    assert abs(sum(parts) - total) < 0.02
    products = numbers(page.locator(".inside-grid").last.locator("td"))
    chosen = float(page.locator(".inside-line[aria-pressed=true] .inside-value").inner_text())
    assert abs(sum(products) - chosen) < 0.06
    box = page.locator(".inside-own .inside-box")
    mark = page.locator(".inside-source .inside-mark")
    before, first = where.inner_text(), mark.get_attribute("style")
    box.hover(position={"x": 100, "y": 100})
    expect(where).not_to_have_text(before)
    expect(mark).not_to_have_attribute("style", first or "")
    box.focus()
    page.keyboard.press("PageDown")
    expect(where).to_contain_text("map 3,")


@pytest.mark.long
def test_on_a_phone_everything_fits_and_every_layer_can_be_chosen(open_page: Callable[..., Page]) -> None:
    page = open_page("/inside", width=412, height=915, touch=True)
    strips = shown(page)
    fits(page)
    strips.last.locator(".inside-layer").tap()
    expect(page.locator(".inside-title").first).to_have_text("Softmax: the answer")
    expect(page.locator(".inside-where")).to_have_text(re.compile(r"digit 7: (1\.000|0\.99\d)"))
    part(page, "Why this answer").get_by_role("button", name="Why not 2?").tap()
    expect(page.locator(".inside-way canvas")).to_have_count(10)
    expect(page.locator(".inside-reading")).to_contain_text("2 has")
    fits(page)
    part(page, "What it learned").locator(".inside-nine .inside-tile").nth(8).wait_for()
    fits(page)
    hard = part(page, "Hard pictures")
    expect(hard.locator(".inside-hard-level")).to_have_count(40)
    turned = hard.locator(".inside-hard-row").first.locator("b")
    assert float(turned.first.inner_text().rstrip(" %")) > 98 > 50 > float(turned.last.inner_text().rstrip(" %"))
    fits(page)
    sure = part(page, "How sure")
    expect(sure.locator(".inside-map-told")).to_contain_text("It answers 9")
    expect(sure.locator(".inside-reading")).to_contain_text("Your digit: 7")
    fits(page)
    operation = part(page, "Surgery")
    expect(operation.locator(".inside-large")).to_contain_text("read")
    operation.get_by_role("button", name="Unit 1, on").tap()
    expect(operation.get_by_role("button", name="Unit 1, off")).to_have_attribute("aria-pressed", "true")
    fits(page)
    by_hand = part(page, "Convolution")
    expect(by_hand.locator(".inside-formula")).to_contain_text("= 2: what comes out is 2 × 2")
    fits(page, but=".inside-numbers")
    expect(part(page, "Map of digits").locator(".inside-tile")).to_have_count(5)
    fits(page)
    mistake = part(page, "Mistakes").locator(".inside-found .inside-tile").first
    read = mistake.inner_text().split("→")[1].strip()[0]
    fits(page, but=".inside-matrix")  # it is moved sideways
    mistake.tap()
    expect(page.locator(".pad .digit")).to_have_text(read)
    expect(strips.first).to_be_visible()


def test_a_temperature_makes_the_answer_surer_or_less_sure(open_page: Callable[..., Page]) -> None:
    page = open_page("/inside")
    shown(page).last.locator(".inside-layer").click()
    expect(page.locator(".inside-where")).to_contain_text("digit 7: ")
    page.get_by_label("Temperature").fill("2")
    expect(page.locator(".inside-terms caption")).to_contain_text("divided by 4")
    scores = torch.tensor(numbers(page.locator(".inside-terms tbody td:nth-child(2)")))
    shares = [
        float(text.rstrip(" %")) / 100 for text in page.locator(".inside-terms td:nth-child(4)").all_inner_texts()
    ]
    assert torch.allclose(torch.tensor(shares), (scores / 4).softmax(0), atol=2e-3)
    assert float(page.locator(".inside-total .inside-value").inner_text()) == pytest.approx(max(shares), abs=2e-3)
    stroke(page.locator(".pad .ink"), THREE)
    page.locator(".pad[data-state=read]").wait_for()
    expect(page.locator(".inside-terms caption")).to_contain_text("divided by 4")  # it stays while one draws
    page.get_by_label("Temperature").fill("0")
    expect(page.locator(".inside-terms caption")).not_to_contain_text("divided")


@pytest.mark.long
def test_a_network_is_compared_with_another_and_trained_on_after_surgery(open_page: Callable[..., Page]) -> None:
    page = open_page("/train")
    use_few_pictures(page)
    set_number(page, "Epochs", "1")
    start(page)
    status(page, "Finished")
    page.get_by_role("link", name="Look inside").click()
    page.wait_for_url("**/inside?model=*")
    wait_ready(page)
    shown(page)
    mistakes = part(page, "Mistakes", by=Locator.click)
    mistakes.locator(".inside-tile").first.wait_for()
    mistakes.get_by_label("Compare with").select_option("demo")
    expect(mistakes.get_by_text(re.compile("Read differently: [1-9]"))).to_be_visible()
    alone = re.compile(r"This model alone is right \d+ times, the other one \d+ times, neither \d+ times\.")
    expect(mistakes.get_by_text(alone)).to_be_visible()
    hard = part(page, "Hard pictures", by=Locator.click)
    hard.get_by_label("Compare with").select_option("demo")
    curves = hard.get_by_role("img", name=re.compile(r"Quick.*: 0° .*\. Bundled model.*: 0° "))
    expect(curves).to_have_count(1)
    hard.get_by_role("button", name="Remove Bundled model").click()
    expect(curves).to_have_count(0)
    operation = part(page, "Surgery", by=Locator.click)
    expect(operation.locator(".inside-large")).to_contain_text("read")
    train_on = operation.get_by_role("button", name="Train on from here")
    expect(train_on).to_be_disabled()
    operation.get_by_label("Cut away the smallest").fill("0.9")
    expect(operation.locator(".inside-large")).to_contain_text("→")
    operation.get_by_role("button", name="Keep it as a model").click()
    page.wait_for_url("**/train*")
    expect(page.get_by_text(" after surgery, not trained since.")).to_be_visible()
    status(page, "Finished")
    page.go_back()
    operation = part(page, "Surgery", by=Locator.click)
    operation.get_by_label("Cut away the smallest").fill("0.9")
    expect(operation.locator(".inside-large")).to_contain_text("→")
    train_on.click()
    page.wait_for_url("**/train*")
    expect(page.get_by_text(", after surgery.")).to_be_visible()
    page.locator(".st-key-run-stop button").first.click()


def test_the_map_places_ones_digit_and_is_walked_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page("/inside")
    shown(page)
    chart = part(page, "Map of digits", by=Locator.click)
    expect(chart.locator(".inside-tile")).to_have_text(["a 7"] * 5)
    expect(chart.locator(".inside-quiet").first).to_contain_text("The two directions in which they differ most")
    canvas, turn = chart.locator(".inside-map"), chart.get_by_role("button", name="Turn")
    chart.get_by_label("Layer").select_option("shares")
    expect(chart.locator(".inside-quiet").first).to_contain_text("lies in a corner")
    before = canvas.evaluate(INK)
    page.wait_for_timeout(400)
    assert canvas.evaluate(INK) != before, "it turns"
    turn.click()
    expect(turn).to_have_attribute("aria-pressed", "false")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(chart.locator(".inside-map-told")).to_have_text("Test picture 0: a 7, read as 7.")
    chart.get_by_role("button", name="Only 2").click()
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(chart.locator(".inside-map-told")).to_have_text("Test picture 1: a 2, read as 2.")
    canvas.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pad .digit")).to_have_text("2")


def test_an_operation_is_felt_and_taken_back(open_page: Callable[..., Page]) -> None:
    page = open_page("/inside")
    shown(page)
    operation = part(page, "Surgery", by=Locator.click)
    share, undo = operation.locator(".inside-large"), operation.get_by_role("button", name="Undo")
    expect(share).to_have_text(re.compile(r"99\.\d\d % read"))
    expect(undo).to_be_disabled()
    whole = share.inner_text()
    operation.get_by_role("button", name="1", exact=True).first.click()
    expect(share).to_have_text(re.compile(r"99\.\d\d % → \d+\.\d\d % read"))
    operation.get_by_role("button", name="All of them").click()
    about = operation.locator(".inside-result .inside-quiet").first
    expect(about).not_to_contain_text(" 0 units are off")
    undo.click()
    operation.get_by_label("Multiply by").fill("2")
    operation.get_by_role("button", name="Unit 2, on").click()
    expect(operation.get_by_role("button", name="Unit 2, times 2, plus 0")).to_have_attribute("aria-pressed", "true")
    operation.get_by_label("Its weight").fill("4")
    operation.get_by_label("Value").fill("0.5")
    operation.get_by_role("button", name="Set", exact=True).click()
    expect(operation.get_by_text(re.compile(r"It was -?0\.\d+ and is 0\.5000\."))).to_be_visible()
    expect(about).to_contain_text("0 units are off, 1 scaled or shifted; 1 weights were set by hand.")
    for _ in range(3):
        undo.click()
    expect(share).to_have_text(whole)
    expect(operation.get_by_role("button", name="Heal all")).to_be_disabled()


def test_a_window_slides_and_its_sum_is_written_out(open_page: Callable[..., Page]) -> None:
    page = open_page("/inside")
    shown(page)
    by_hand = part(page, "Convolution", by=Locator.click)
    by_hand.get_by_role("button", name="Pause").click()
    output = by_hand.locator(".inside-numbers").last
    output.locator("td").first.hover()
    read = [int(cell.inner_text()) for cell in by_hand.locator(".inside-numbers").first.locator("td[data-read]").all()]
    weights = [int(hand.input_value()) for hand in by_hand.locator(".inside-numbers input").all()]
    assert len(read) == len(weights) == 9
    total = sum(x * w for x, w in zip(read, weights, strict=True))
    expect(output.locator("td[data-read]")).to_have_text(str(total))
    expect(by_hand.locator(".inside-sum")).to_have_text(re.compile(rf" = {total}$"))
    by_hand.locator("select[data-name=dilation]").select_option("3")
    expect(by_hand.locator(".inside-formula")).to_contain_text("nothing comes out")
    by_hand.locator("select[data-name=padding]").select_option("2")
    expect(output.locator("td")).to_have_count(4)
    by_hand.locator("select").first.select_option("Max pooling")
    expect(by_hand.locator(".inside-sum")).to_contain_text("The largest of")
    expect(by_hand.locator(".inside-box canvas")).to_have_count(2)


def part(page: Page, name: str, by: Callable[[Locator], None] = Locator.tap) -> Locator:
    by(page.get_by_role("button", name=name, exact=True))
    return page.get_by_role("region", name=name, exact=True)


def fits(page: Page, but: str = ".nothing") -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 412
    for button in page.locator(f".inside :is(button, select, input):visible:not({but} *)").all():
        box = button.bounding_box()
        assert box and box["height"] >= 43.5 and box["x"] >= 0 and box["x"] + box["width"] <= 412
