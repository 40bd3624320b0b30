"""A visitor who writes mirrored digits teaches the bundled network to read them, by mouse and by keys."""

import random
from collections.abc import Sequence

from playwright.sync_api import Page, expect

from tests.e2e.test_draw import draw, pad_of, read
from tools.browser import wait_ready

REPEATED = "Array(4).fill(JSON.parse(sessionStorage.getItem('playground-own-digits'))).flat()"  # drawn four times
HAND = random.Random(7)
DIGITS = {
    2: ((0.3, 0.3), (0.42, 0.2), (0.6, 0.22), (0.68, 0.38), (0.5, 0.58), (0.3, 0.78), (0.7, 0.78)),
    3: ((0.32, 0.22), (0.6, 0.22), (0.66, 0.36), (0.46, 0.48), (0.68, 0.6), (0.6, 0.78), (0.32, 0.78)),
    4: ((0.4, 0.2), (0.32, 0.52), (0.7, 0.52), (0.62, 0.3), (0.62, 0.82)),
    7: ((0.28, 0.25), (0.5, 0.25), (0.72, 0.25), (0.6, 0.5), (0.48, 0.8)),
}


def on_the_pad(page: Page, label: int) -> None:
    pad_of(page).locator(".ink").scroll_into_view_if_needed()
    draw(page, mirrored(label))


def mirrored(label: int) -> Sequence[tuple[float, float]]:
    """In a hand that is never quite the same."""
    shift, size = HAND.uniform(-0.06, 0.06), HAND.uniform(0.8, 1.1)
    places = ((0.5 + size * (0.5 - x) + shift, 0.5 + size * (y - 0.5)) for x, y in DIGITS[label])
    return tuple((x + HAND.uniform(-0.02, 0.02), y + HAND.uniform(-0.02, 0.02)) for x, y in places)


def collect(page: Page, count: int) -> None:
    """Draw so many and name them; the first by a click, the others by a key."""
    names, tray = page.locator(".teach-names button"), page.locator(".teach-tray li")
    for number in range(tray.count(), count):
        label = list(DIGITS)[number % len(DIGITS)]
        on_the_pad(page, label)
        if number:
            page.keyboard.press(str(label))
        else:
            names.nth(label).click()
        expect(tray).to_have_count(number + 1)


def test_a_network_is_taught_the_digits_that_it_misreads(page: Page) -> None:
    page.goto("/draw")
    wait_ready(page)
    teach = page.locator(".teach")
    teach.locator(".teach-names button").nth(3).click()
    expect(page.locator(".pad .message")).to_contain_text("Draw a digit first")
    collect(page, 6)
    teach.locator(".teach-tray button").last.click()
    expect(teach.locator(".teach-tray li")).to_have_count(5)
    teach.get_by_role("button", name="Forget all").click()
    expect(teach.locator(".teach-tray li")).to_have_count(0)
    teach.get_by_role("button", name="Bring them back").click()
    page.reload()
    wait_ready(page)
    expect(teach.locator(".teach-tray li")).to_have_count(5)
    expect(teach.get_by_role("button", name="Teach it", exact=True)).to_be_disabled()

    page.evaluate(f"sessionStorage.setItem('playground-own-digits', JSON.stringify({REPEATED}))")
    page.reload()
    wait_ready(page)
    expect(teach.locator(".teach-tray li[data-held]")).to_have_count(5)
    teach.get_by_role("button", name="Teach it", exact=True).click()
    expect(teach).to_contain_text("still learning")
    expect(page.get_by_role("combobox", name="Model")).to_have_value("Bundled model, taught, training now")
    on_the_pad(page, 3)  # read again and again while it learns

    rows = teach.locator(".teach-figures tbody tr")
    expect(rows).to_have_count(3, timeout=90_000)
    right = [int(cell.split(" of ")[0]) for cell in rows.nth(0).locator("td").all_inner_texts()]
    assert right[0] < 15 and right[1] >= 14, "what it was taught it reads"
    before, after = rows.nth(1).locator("td").all_inner_texts()
    assert int(after.split(" of ")[0]) >= int(before.split(" of ")[0]), "and what it was not shown no worse"
    assert float(rows.nth(2).locator("td").nth(1).inner_text().split()[0]) > 98.5, "and MNIST as well as before"
    assert read(page) == "3"
