"""One network at work on one digit, in a real Chromium: the flow follows the pen, and one number is taken apart."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

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
    mistake = part(page, "Mistakes").locator(".inside-found .inside-tile").first
    read = mistake.inner_text().split("→")[1].strip()[0]
    fits(page, but=".inside-matrix")  # it is moved sideways
    mistake.tap()
    expect(page.locator(".pad .digit")).to_have_text(read)
    expect(strips.first).to_be_visible()


def part(page: Page, name: str) -> Locator:
    page.get_by_role("button", name=name, exact=True).tap()
    return page.get_by_role("region", name=name, exact=True)


def fits(page: Page, but: str = ".nothing") -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 412
    for button in page.locator(f".inside :is(button, select, input):visible:not({but} *)").all():
        box = button.bounding_box()
        assert box and box["height"] >= 43.5 and box["x"] >= 0 and box["x"] + box["width"] <= 412
