"""The GAN in the plane and the use of a GAN, in a real Chromium."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.e2e.conftest import wait_ready
from tools.browser import stroke

PATIENCE = 120_000  # ms, for what a busy machine has to train
PLANE = "/gan?view=Two+dimensions"
STANDS = "moved => Promise.all(moved.getAnimations({ subtree: true }).map(({ finished }) => finished))"
Open = Callable[..., Page]


def press(page: Page, name: str) -> None:
    """Streamlit's header has a Stop of its own while a script runs."""
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name=re.compile(f"^{name}")).click()


def step_shown(page: Page) -> int:
    return int(page.locator(".plane").get_attribute("data-step") or 0)


def newest_frame(page: Page) -> dict[str, Any]:
    number = page.locator(".plane-hand").get_attribute("max")
    run_id = page.locator(".plane").get_attribute("data-run")
    frame: dict[str, Any] = page.evaluate(f"fetch('/api/runs/{run_id}/frames/{number}').then((a) => a.json())")
    return frame


def one_step(page: Page, sockets: list[WebSocket], name: str) -> dict[str, Any]:
    """Press the button and wait for the picture of the round that was done for it. What the pause had cut in two is
    done before, and may bring a picture, too."""
    with sockets[-1].expect_event("framereceived", lambda message: "order_done" in message) as told:
        press(page, name)
    done = [event for event in json.loads(told.value)["events"] if event["event"] == "order_done"]
    expect(page.locator(".plane")).to_have_attribute("data-step", str(done[-1]["step"]))
    return newest_frame(page)


def test_points_move_the_film_goes_back_and_each_side_takes_a_step(open_page: Open) -> None:
    page, sockets = open_page(PLANE), list[WebSocket]()
    page.on("websocket", lambda socket: sockets.append(socket) if "/api/runs/" in socket.url else None)
    expect(page.locator(".run-status [role=status]")).to_have_text("Not started")
    expect(page.locator(".plane-canvas")).to_have_attribute("aria-label", re.compile("round 0,"))
    press(page, "Start")
    page.wait_for_url("**plane=*")
    expect(page.locator(".plane-canvas")).not_to_have_attribute("aria-label", re.compile("round 0,"), timeout=PATIENCE)
    press(page, "Pause")
    expect(page.locator(".run-status [role=status]")).to_have_text("Paused")
    latest = step_shown(page)
    page.locator(".plane-hand").press("Home")
    expect(page.locator(".plane")).to_have_attribute("data-step", "0")
    page.reload()
    expect(page.locator(".plane")).to_have_attribute("data-step", "0")  # run and place are kept
    press(page, "Live")
    expect(page.locator(".plane")).not_to_have_attribute("data-step", "0")
    assert step_shown(page) >= latest

    before, d_learned = one_step(page, sockets, "Step D"), one_step(page, sockets, "Step D")
    assert d_learned["made"] == before["made"] and d_learned["verdict"] != before["verdict"]
    page.locator(".plane-hand").press("Home")
    expect(page.locator(".plane")).to_have_attribute("data-step", "0")
    g_learned = one_step(page, sockets, "Step G")
    expect(page.locator(".plane")).not_to_have_attribute("data-step", "0")  # who steps by hand sees it
    assert g_learned["made"] != before["made"] and g_learned["verdict"] == d_learned["verdict"]
    press(page, "Stop")
    expect(page.locator(".run-status [role=status]")).to_have_text("Stopped")


def test_own_points_are_drawn_and_an_experiment_is_tried(open_page: Open) -> None:
    page = open_page(PLANE, touch=True, width=412, height=915)
    page.get_by_text("Your own", exact=True).tap()
    expect(page.get_by_text("Draw what G is to imitate")).to_be_visible()
    canvas = page.locator(".plane-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    across, down = box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"]
    page.mouse.move(across, down)
    page.mouse.down()
    page.mouse.move(across + 0.5 * box["width"], down, steps=10)
    page.mouse.up()
    expect(page.locator(".plane-draw .studio-moment")).to_have_text(re.compile(r"^\d\d points drawn$"))
    wait_ready(page)
    press(page, "10 steps of G")
    page.wait_for_url("**plane=*")
    expect(page.get_by_text("G runs ahead of D")).to_be_visible()
    expect(canvas).to_have_attribute("aria-label", re.compile("round [1-9]"), timeout=PATIENCE)
    press(page, "Freeze D")
    expect(page.get_by_text("D is frozen")).to_be_visible()
    press(page, "Stop")
    expect(page.get_by_role("button", name="Draw anew")).to_be_visible()


def test_a_study_begins_and_ends_on_demand(open_page: Open) -> None:
    page = open_page("/gan")
    page.get_by_text("Use it", exact=True).click()
    expect(page.get_by_text("Do generated pictures help?")).to_be_visible()
    expect(page.get_by_text("Here you will see ten of the generated pictures")).to_be_visible()
    expect(page.locator(".study")).to_have_count(0)
    page.get_by_text("Better", exact=True).click()
    press(page, "Compare")
    expect(page.locator(".study-place")).to_have_text(re.compile("of 6 trainings done"), timeout=PATIENCE)
    press(page, "End the study")
    said = re.compile("nothing to compare|cannot tell chance")
    expect(page.locator(".st-key-gan-more").get_by_text(said)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("was trained on 60,000 real pictures")).to_be_visible()


def test_on_a_phone_the_film_stands_on_the_same_screen_as_its_picture(open_page: Open) -> None:
    page = open_page(PLANE, touch=True, width=412, height=915)
    for part in (".plane-canvas", ".plane-film"):
        expect(page.locator(part).first).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (412, 915)])
def test_canvas_stands_still_from_the_first_stroke_to_the_end_of_the_run(
    open_page: Open, width: int, height: int
) -> None:
    page = open_page(PLANE, width=width, height=height)
    page.get_by_text("Your own", exact=True).click()
    expect(page.get_by_text("Draw what G is to imitate")).to_be_visible()
    if width > 640:  # Start would fold the settings away, and everything would come nearer to the middle
        page.get_by_role("button", name="Settings", exact=True).click()
        expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
        page.get_by_test_id("stSidebar").evaluate(STANDS)
        expect(page.locator(".plane")).to_have_attribute("data-beside", "yes")
    wait_ready(page)
    canvas = page.locator(".plane-canvas")
    before = canvas.bounding_box()
    stroke(canvas, [(0.2, 0.2), (0.4, 0.3)])
    expect(page.locator(".plane-draw .studio-moment")).to_have_text(re.compile(r"^\d+ points drawn$"))
    wait_ready(page)
    assert canvas.bounding_box() == before
    press(page, "Start")
    page.wait_for_url("**plane=*")
    expect(page.get_by_role("button", name="Draw anew").first).to_be_enabled()
    assert canvas.bounding_box() == before
    press(page, "Stop")
    expect(page.locator(".run-status [role=status]")).to_have_text("Stopped")
    assert canvas.bounding_box() == before
