"""The Machine page in a real Chromium: who shares the machine, and what is seen when a training process is lost."""

import os
import re
import signal
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_train import press, set_number, start, status

PATIENCE = 60_000  # ms, for a process to come up on a busy machine
Open = Callable[..., Page]


@pytest.fixture
def trainees(open_page: Open) -> Iterator[tuple[Page, Page]]:
    """Train pages of two visitors, each with a run that will not end by itself before the test does."""
    both = open_page("/train"), open_page("/train")
    for page in both:
        set_number(page, "Epochs", "100")
        start(page)
    yield both
    for page in both:
        press(page, "Stop")
        status(page, "Stopped")


def hosts(page: Page) -> Locator:
    return page.locator(".machine-host:not([data-lost=yes])")


@pytest.mark.long
def test_two_visitors_see_their_shares_and_a_lost_process_come_back(
    open_page: Open, trainees: tuple[Page, Page]
) -> None:
    first, _ = trainees
    for page in trainees:
        expect(page.locator(".machine-share-line")).to_have_text(re.compile(r"^\d+ runs on \d+ cores?: yours "))
    machine = first.context.new_page()
    machine.set_viewport_size({"width": 412, "height": 915})
    machine.goto("/machine")
    expect(machine.locator(".machine-sentence")).to_have_text(re.compile(r"^\d+ runs of \d+ people "))
    listed = machine.locator(".machine-who li")
    expect(listed.nth(1)).to_be_visible()
    expect(listed.first).to_contain_text(re.compile(r"Quick\s*yours\s*training · classifier · 1"))
    expect(listed.get_by_role("link", name="Quick")).to_have_count(1)
    expect(listed.first.get_by_role("link", name="Quick")).to_have_attribute("href", re.compile(r"/train\?run="))
    expect(listed.get_by_role("link")).to_have_count(1)
    expect(machine.locator(".machine-room")).to_have_text(re.compile(r"^Room for (about \d+|one) pupil"))
    expect(machine.locator(".machine-host").first).to_be_hidden()
    machine.get_by_text("For those who run the server").click()
    rows = machine.locator(".machine-runs tbody tr", has_text="Quick")
    expect(rows.nth(1)).to_be_visible()
    mine = machine.locator("tr", has=machine.locator(".machine-mine:not([hidden])"))
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text(re.compile(r"training · classifier · 1\s+watching"))
    expect(mine.get_by_role("cell").first).to_have_text(re.compile(r"^up to \d+ %$"))
    expect(mine.get_by_role("link", name="Quick")).to_have_attribute("href", re.compile(r"/train\?run="))
    machine.get_by_text("What the figures mean").click()
    expect(machine.get_by_text("Seconds since it had its last turn.")).to_be_visible()
    kept = re.compile(r"^Runs are kept for 400 days, .* Now it takes \d+ MB")
    expect(machine.locator(".machine-kept")).to_have_text(kept)
    assert machine.evaluate("document.documentElement.scrollWidth") <= 412
    lose_a_process(machine, mine)
    expect(mine).to_have_count(1, timeout=PATIENCE)
    tell_that_the_server_is_gone(machine)
    machine.close()


def lose_a_process(machine: Page, mine: Locator) -> None:
    """Kill the one that has the visitor's run: it is seen to be lost, and another takes its place."""
    count = hosts(machine).count()
    card = machine.locator(".machine-host", has=mine)
    found = re.search(r"process id (\d+)", card.inner_text())
    assert found
    os.kill(int(found[1]), signal.SIGKILL)
    expect(machine.get_by_text("This process was lost. Its runs go on elsewhere.")).to_be_visible()
    expect(hosts(machine)).to_have_count(count, timeout=PATIENCE)
    expect(hosts(machine).filter(has_text=f"process id {found[1]} ")).to_have_count(0)
    expect(machine.locator(".machine-figure", has_text="Processes lost").locator("dd")).not_to_have_text("0")


def tell_that_the_server_is_gone(machine: Page) -> None:
    note = machine.get_by_text("The server does not answer; trying again.")
    machine.route("**/api/machine", lambda route: route.abort())
    expect(note).to_be_visible()
    machine.unroute("**/api/machine")
    expect(note).to_be_hidden()
