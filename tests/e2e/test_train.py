"""The Train page in a real Chromium: runs that start, grow, stand still, go on, end, and are watched by others."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from engine.export.formats import recipe_to_link
from engine.network.spec import NetworkSpec, layer
from engine.training.config import TrainConfig
from tests.e2e.conftest import wait_ready

PATIENCE = 120_000  # ms, for what a busy machine has to train
FIGURE = "(document.querySelector('.run-plot.js-plotly-plot')?.data ?? [{ x: [], y: [] }])"
Open = Callable[..., Page]


def status(page: Page, word: str) -> None:
    expect(page.locator(".run-status [role=status]")).to_have_text(word, timeout=PATIENCE)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def start(page: Page, button: str = "Start") -> str:
    """Begin a run; its id, once the chart shows it."""
    before = page.url
    press(page, button)
    page.wait_for_url(lambda url: url != before)
    run_id = page.url.split("run=")[1]
    expect(page.locator(f".run-chart[data-run='{run_id}']")).to_be_visible()
    return run_id


def points(page: Page) -> int:
    return int(page.evaluate(f"{FIGURE}[0].x.length"))


def curve(page: Page) -> dict[str, list[float]]:
    found: dict[str, list[float]] = page.evaluate(f"({{x: {FIGURE}[0].x, y: {FIGURE}[0].y}})")
    return found


def wait_points(page: Page, condition: str) -> None:
    """Wait until `condition` on n, the number of points on the curve of the training loss, holds."""
    page.wait_for_function(f"() => {{ const n = {FIGURE}[0].x.length; return {condition}; }}", timeout=PATIENCE)


def set_number(page: Page, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Enter")
    wait_ready(page)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.get_by_role("option", name=option, exact=True).click()
    wait_ready(page)


def use_few_pictures(page: Page) -> None:
    page.locator("[data-testid=stSidebar]").get_by_text("Data", exact=True).click()
    set_number(page, "Pictures", "3000")


def folded(page: Page) -> None:
    """Wait until the settings have folded away."""
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")


def look_around(page: Page) -> None:
    """See the loss around the weights of the run that is shown."""
    press(page, "See the loss around these weights")
    seen = page.locator(".landscape")
    expect(seen).to_have_attribute("data-run", "finished", timeout=60_000)
    expect(seen.locator(".landscape-words")).to_have_text(
        re.compile(r"The loss is 0\.\d+ at the weights, and \d.* on average")
    )
    expect(seen.locator(".contourlayer path").first).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.locator("[data-testid=stDialog]")).not_to_be_visible()


@contextmanager
def long_run(page: Page) -> Iterator[None]:
    """A run of 100 epochs on the page, stopped at the end of the test."""
    set_number(page, "Epochs", "100")
    start(page)
    wait_points(page, "n > 3")
    try:
        yield
    finally:
        press(page, "Stop")
        status(page, "Stopped")


def test_who_has_no_run_sees_an_example_that_says_so_and_what_a_run_will_cost(open_page: Open) -> None:
    page = open_page("/train?run=no-such-run")
    expect(page.get_by_text("No run has the address that was opened; old runs are removed.")).to_be_visible()
    expect(page.get_by_text("Recorded example: the network quick.")).to_be_visible()
    status(page, "Finished")
    wait_points(page, "n > 100")
    expect(page.locator(".run-test .run-number").first).to_have_text(re.compile(r"\d\d\.\d\d %"))
    for name in ("One batch", "One epoch", "Start"):
        expect(page.get_by_role("button", name=name)).to_be_enabled()
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()
    drawn = page.evaluate_handle("document.querySelector('.run-plot .main-svg')")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.querySelector('.run-plot').layout.font.color === 'rgb(232, 235, 238)'")
    assert drawn.evaluate("svg => svg.isConnected"), "the chart was drawn anew"
    cost = page.get_by_text("Next: ")
    expect(cost).to_contain_text("13,162 parameters")
    expect(cost).to_contain_text(re.compile(r"29 billion multiply-adds an epoch, about .* on this machine"))
    choose(page, "Network", "Perceptron")
    expect(cost).to_contain_text("7,850 parameters")


def test_an_epoch_ends_in_a_pause_a_run_in_its_figures_and_earlier_runs_are_shown_again(open_page: Open) -> None:
    page = open_page("/train")
    use_few_pictures(page)
    older = start(page, "One epoch")
    expect(page.get_by_text("Your run: Quick, 13,162 parameters")).to_be_visible()
    wait_points(page, "n === 22")
    status(page, "Paused")
    expect(page.locator(".run-figure").first).to_have_text("epoch1 / 2")
    press(page, "Resume")
    status(page, "Finished")
    wait_points(page, "n === 44")
    assert curve(page)["x"] == list(range(1, 45))
    expect(page.locator(".run-test .run-number").first).to_have_text(re.compile(r"9\d\.\d\d %"))
    expect(page.get_by_text("Most often mixed up")).to_be_visible()
    expect(page.locator(".still-chart .main-svg").first).to_be_visible()
    look_around(page)
    newer = start(page)
    assert older != newer
    status(page, "Finished")
    page.go_back()
    expect(page.locator(f".run-chart[data-run='{older}']")).to_be_visible()
    wait_ready(page)
    page.get_by_role("tab", name="Earlier runs").click()
    page.get_by_role("button", name=re.compile(r"% · Quick · 2 epochs")).first.click()
    expect(page.locator(f".run-chart[data-run='{newer}']")).to_be_visible()
    wait_points(page, "n === 44")


def test_on_a_phone_nothing_is_wider_than_the_screen_and_a_finger_hits_each_pace(open_page: Open) -> None:
    page = open_page("/train", width=412, height=915, touch=True)
    wait_points(page, "n > 100")
    assert page.evaluate("document.documentElement.scrollWidth") <= 412
    for tool in page.locator(".run-tools button").all():
        box = tool.bounding_box()
        assert box and box["x"] + box["width"] <= 412
    paces = page.locator("[class*=-go-pace] [role=radio]")
    expect(paces).to_have_count(4)
    for pace in paces.all():
        box = pace.bounding_box()
        assert box and box["height"] >= 44


def test_zoom_hover_and_hidden_curves_survive_what_comes_in_and_nothing_moves(open_page: Open) -> None:
    page = open_page("/train")
    parts = ".run-status, .run-bar, .run-figure, .run-tile, .run-key, .run-stage"
    places = f"[...document.querySelectorAll('{parts}')].map(part => [part.className, part.getBoundingClientRect().y])"
    status(page, "Finished")
    at_rest = page.evaluate(places)
    whole = page.locator(".run-chart").bounding_box()
    assert whole and whole["y"] + whole["height"] <= 900
    with long_run(page):
        folded(page)
        assert page.evaluate(places) == at_rest
        plot = page.locator(".run-plot .nsewdrag").first
        box = plot.bounding_box()
        assert box
        chart = page.evaluate_handle("document.querySelector('.run-plot .main-svg')")
        page.get_by_role("button", name="validation", exact=True).click()
        page.mouse.move(box["x"] + 1, box["y"] + 0.3 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 40, box["y"] + 0.9 * box["height"], steps=4)
        page.mouse.up()
        expect(page.get_by_role("button", name="Whole curve")).to_be_visible()
        axes = "(({ xaxis, yaxis }) => [xaxis.range, yaxis.range])(document.querySelector('.run-plot').layout)"
        zoomed = page.evaluate(axes)
        before = points(page)
        wait_points(page, f"n > {before + 5}")
        hovered = page.locator(".run-plot .hoverlayer").get_by_text("training loss")
        page.mouse.move(box["x"] + 12, box["y"] + 0.5 * box["height"], steps=3)
        expect(hovered).to_have_count(1)
        page.get_by_role("tab", name="Settings used").dispatch_event("click")  # draws the page; the pointer stays
        wait_ready(page)
        assert points(page) > before
        assert page.evaluate(axes) == zoomed
        expect(hovered).to_have_count(1)
        assert page.evaluate(f"{FIGURE}[2].visible") is False
        assert chart.evaluate("svg => svg.isConnected"), "the chart was drawn anew"
        press(page, "Whole curve")
        assert page.evaluate(axes)[0][0] == 0
        press(page, "Loss, log scale")
        assert page.evaluate("document.querySelector('.run-plot').layout.yaxis.type") == "log"
        press(page, "Error, log scale")
        assert page.evaluate("document.querySelector('.run-plot').layout.yaxis2.type") == "log"
        wrong, right = page.evaluate(f"[4, 0].map((trace) => [...{FIGURE}[trace].y])")
        assert len(wrong) == len(right) and all(0 < share <= 100 for share in wrong)
        expect(page.locator(".run-plot .annotation-text", has_text="Error, %")).to_be_visible()
    assert page.evaluate(places) == at_rest


def test_pause_stands_still_a_step_adds_one_and_resume_goes_on(open_page: Open) -> None:
    page = open_page("/train")
    page.emulate_media(reduced_motion="reduce")
    with long_run(page):
        press(page, "Pause")
        status(page, "Paused")
        expect(page.get_by_role("button", name="Resume")).to_be_visible()
        wait_ready(page)
        still = points(page)
        for extra in (1, 2):
            press(page, "One batch")
            wait_points(page, f"n >= {still + extra}")
            wait_ready(page)
            assert points(page) == still + extra
        assert curve(page)["x"] == list(range(1, still + 3))
        slow = page.locator(".run-slow")
        expect(slow).to_contain_text(f"Step {still + 2} in slow motion")
        expect(slow.get_by_role("button", name="Play")).to_be_visible()  # nothing moves by itself
        press(page, "4 Update")
        expect(slow).to_contain_text("How far each layer moved")
        page.keyboard.press("ArrowLeft")
        expect(slow.locator("[aria-current=step]")).to_have_text("3 Backward")
        expect(slow.get_by_role("button", name="Play")).to_be_visible()  # who looked for a phase stays there
        press(page, "Resume")
        status(page, "Training")
        expect(slow).to_be_hidden()
        wait_points(page, f"n > {still + 5}")


def test_keys_start_step_and_pause(open_page: Open) -> None:
    page = open_page("/train")
    set_number(page, "Epochs", "100")
    page.get_by_text("Next: ").click()
    page.keyboard.press("s")
    wait_points(page, "n === 1")
    status(page, "Paused")
    expect(page.get_by_text("Next: ")).to_have_count(0)  # Start would begin the same again
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.keyboard.press("Space")
    wait_points(page, "n > 5")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    status(page, "Paused")
    page.get_by_role("radio", name="10 steps/s").click()
    page.keyboard.press("Space")  # the pace that was clicked does not keep it
    status(page, "Training")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.locator(".st-key-run-rate-now input[type=range]").focus()
    page.keyboard.press("Space")  # nor does a slider
    status(page, "Paused")
    press(page, "Stop")
    status(page, "Stopped")


@pytest.mark.long
def test_a_reload_a_second_tab_and_another_visitor_see_the_same_curve(open_page: Open) -> None:
    page = open_page("/train")
    with long_run(page):
        wait_points(page, "n > 20")
        before = curve(page)
        page.reload()
        wait_points(page, f"n > {len(before['x'])}")
        after = curve(page)
        assert {axis: values[: len(before["x"])] for axis, values in after.items()} == before
        expect(page.get_by_role("button", name="Pause")).to_be_visible()

        tab = page.context.new_page()
        tab.goto(page.url)
        stranger = open_page(page.url)
        press(page, "Pause")
        for viewer in (page, tab, stranger):
            status(viewer, "Paused")
        count = points(page)
        for viewer in (tab, stranger):
            wait_points(viewer, f"n === {count}")
            assert curve(viewer) == curve(page)
        expect(tab.get_by_role("button", name="Resume")).to_be_visible()
        expect(stranger.get_by_text("You are watching someone else's run")).to_be_visible()
        expect(stranger.get_by_role("button", name="Stop")).to_be_disabled()
        expect(stranger.get_by_role("button", name="Start")).to_be_enabled()


def learning_rates(page: Page) -> Locator:
    """The sliders that can be seen for one; there must be one at any time, or they may disagree."""
    return page.get_by_role("slider", name=re.compile("^(Peak l|L)earning rate")).locator("visible=true")


def mark(page: Page, rate: str) -> Locator:
    """The label in the chart where the learning rate became `rate`."""
    return page.locator(".run-plot .annotation-text", has_text=re.compile(f"^{re.escape(rate)}$"))


def wait_marks(page: Page, count: int) -> None:
    """Wait for that many changes of the learning rate in the chart: each has a line, a label only with room for it."""
    lines = "(document.querySelector('.run-plot')?.layout?.shapes ?? []).filter(({ line }) => line.dash === 'dot')"
    page.wait_for_function(f"() => {lines}.length === {count}", timeout=PATIENCE)


@pytest.mark.long
def test_there_is_one_learning_rate_at_any_time_and_it_stays_as_it_was_set(open_page: Open) -> None:
    page = open_page("/train")
    expect(learning_rates(page)).to_have_count(1)
    expect(page.get_by_text("while a run of yours goes on, change it here")).to_be_visible()
    with long_run(page):
        expect(learning_rates(page)).to_have_count(1)
        expect(page.get_by_label("Learning rate, exact value", exact=True)).to_be_hidden()
        expect(page.get_by_text("beside the curves, while your run goes on")).to_be_visible()
        slider = page.get_by_role("slider", name="Peak learning rate")
        expect(slider).to_have_attribute("aria-valuetext", "0.01")
        expect(page.locator(".rate-moment")).to_have_text(re.compile(r"^Now: 0\.000\d+$"))  # one cycle begins low
        slider.press("ArrowRight")
        expect(mark(page, "0.02")).to_be_visible()
        stranger = open_page(page.url)
        expect(learning_rates(stranger)).to_have_count(1)
        expect(stranger.get_by_role("slider", name="Peak learning rate")).to_have_count(0)
        wait_marks(page, 1)
        stranger.close()
        tab = page.context.new_page()
        tab.goto(page.url)
        slider = tab.get_by_role("slider", name="Peak learning rate")
        expect(slider).to_have_attribute("aria-valuetext", "0.02")
        slider.press("ArrowRight")
        for viewer in (tab, page):
            wait_marks(viewer, 2)
        tab.close()
        press(page, "Pause")
        status(page, "Paused")
        expect(learning_rates(page)).to_have_count(1)
    expect(learning_rates(page)).to_have_count(1)
    expect(page.get_by_label("Learning rate, exact value", exact=True)).to_have_value("0.02")  # as it was set here
    page.get_by_role("tab", name="Earlier runs").click()
    told = r"stopped at step [\d,]+ of 43,000 · Adam, learning rate 0.01, changed 2 times, then 0.05"
    expect(page.get_by_role("button", name=re.compile(told))).to_be_visible()


@pytest.mark.long
def test_a_run_that_explodes_says_why_and_what_to_try(open_page: Open) -> None:
    page = open_page("/train")
    choose(page, "Network", "MLP")
    expect(page.get_by_text("Next: ")).to_contain_text("101,770 parameters")
    choose(page, "Optimizer", "SGD")
    expect(page.get_by_label("Momentum", exact=True)).to_be_visible()
    set_number(page, "Learning rate, exact value", "10")
    start(page)
    status(page, "Diverged")
    alert = page.locator(".run-alert")
    expect(alert).to_contain_text("each step overshoots")
    expect(alert).to_contain_text("Try the learning rate 0.01")
    page.get_by_role("tab", name="Advice").click()
    expect(page.get_by_text("The loss left all bounds at step")).to_be_visible()
    start(page, "Try it with the learning rate 0.01")
    wait_points(page, "n > 200")
    smoothed = page.evaluate(f"{FIGURE}[5].y.at(-1)")
    assert smoothed > 50, "what was advised does not learn"
    press(page, "Stop")


def test_a_network_that_does_not_fit_is_told_in_words_with_the_cure(open_page: Open) -> None:
    misfit = NetworkSpec((layer("Linear", units=10),), name="Forgot")
    page = open_page(f"/build?n={recipe_to_link(misfit, TrainConfig())}")
    page.get_by_role("link", name="Train", exact=True).first.click()
    expect(page.get_by_text("needs a flat vector")).to_be_visible()
    expect(page.get_by_role("button", name="Start")).to_be_disabled()
    press(page, "Add Flatten")
    expect(page.get_by_role("button", name="Start")).to_be_enabled()
    expect(page.get_by_text("Next: ")).to_contain_text("7,850 parameters")


@pytest.mark.long
def test_a_broken_connection_is_taken_up_where_it_ended(open_page: Open) -> None:
    page = open_page("/train")
    breaks = 2

    def break_twice(route: WebSocketRoute) -> None:
        nonlocal breaks
        server = route.connect_to_server()
        if breaks == 0:
            return
        breaks -= 1

        def forward_once(message: Any) -> None:
            route.send(message)
            route.close(code=4000, reason="broken by the test")

        server.on_message(forward_once)

    page.route_web_socket(re.compile("/api/runs/"), break_twice)
    with long_run(page):
        wait_points(page, "n > 200")
        assert breaks == 0
        x = curve(page)["x"]
        assert x == list(range(1, len(x) + 1))


def test_the_settings_fold_away_also_for_a_run_that_another_page_began(open_page: Callable[..., Page]) -> None:
    page = open_page("/build?preset=cnn")
    page.get_by_role("button", name="Train this network").first.click()
    page.wait_for_url("**/train*")
    folded(page)
    page.locator(".st-key-run-stop button").first.click()


def test_checks_before_a_long_run_find_that_a_deep_sigmoid_network_does_not_learn(open_page: Open) -> None:
    deep = (layer("Flatten"), *[layer("Linear", units=16), layer("Sigmoid")] * 8, layer("Linear", units=10))
    page = open_page(f"/build?n={recipe_to_link(NetworkSpec(deep, name='Deep'), TrainConfig())}")
    page.get_by_label("Name", exact=True).wait_for()
    page.get_by_role("link", name="Train", exact=True).click()
    page.wait_for_url("**/train*")
    wait_ready(page)
    page.locator(".st-key-train-check button:visible").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("2 of 4 checks are good")
    lines = dialog.locator(".checks-line")
    assert [line.get_attribute("data-state") for line in lines.all()] == ["good", "good", "bad", "bad"]
    expect(lines.last).to_contain_text("Try another learning rate")
    expect(dialog).to_contain_text("The first steps of Deep")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_run_begins_with_the_weights_of_the_bundled_reader_and_keeps_some(open_page: Open) -> None:
    page = open_page("/train")
    page.locator("[data-testid=stSidebar] summary", has_text="First weights").click()
    field = page.get_by_role("combobox", name=re.compile("Begin with"))
    field.scroll_into_view_if_needed()
    page.wait_for_timeout(500)  # a list closes where what it stands in still moves
    field.click()
    page.get_by_role("option", name="Bundled digit reader", exact=True).click()
    wait_ready(page)
    slider = page.locator(".st-key-train-frozen").get_by_role("slider")
    slider.press("End")
    expect(page.get_by_text("1 layer learns.")).to_be_visible()
    start(page)
    said = page.get_by_text("It began with the weights of the bundled digit reader (99.6 %)")
    expect(said.first).to_contain_text("the first 16 layers keep them.")
    wait_points(page, "n > 20")
    press(page, "Stop")
    status(page, "Stopped")
    assert curve(page)["y"][0] < 1  # the loss, with the weights of one that has learned
