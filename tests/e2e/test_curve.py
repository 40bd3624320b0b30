"""The points of a long curve in the browser's own engine: bounded in number, true in outline."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

LONG = 43_000  # steps: 100 epochs of batches of 128
DRAWN = """async ([steps, extremes]) => {
    const { Curve } = await import("/web/run/curve.js");
    const curve = new Curve({ extremes });
    let most = 0;
    for (let step = 1; step <= steps; step++) {
        curve.push(step, step % 5000 === 0 ? 9 : Math.sin(step));
        most = Math.max(most, curve.x.length);
    }
    return { x: curve.x, y: curve.y, most };
}"""
SMOOTHED = """async (values) => {
    const { Smoothed } = await import("/web/run/curve.js");
    const mean = new Smoothed(10);
    return values.map((value) => mean.next(value));
}"""


def test_a_short_curve_keeps_every_point(open_page: Callable[..., Page]) -> None:
    curve = open_page("/").evaluate(DRAWN, [1999, False])
    assert curve["x"] == list(range(1, 2000))


@pytest.mark.parametrize("extremes", [True, False])
def test_a_long_curve_stays_small_in_order_and_covers_the_whole_run(
    open_page: Callable[..., Page], extremes: bool
) -> None:
    curve = open_page("/").evaluate(DRAWN, [LONG, extremes])
    assert curve["most"] <= (4000 if extremes else 2000)
    assert len(curve["x"]) > 900
    assert curve["x"] == sorted(set(curve["x"]))
    assert curve["x"][0] < 100 and curve["x"][-1] > LONG - 100
    gaps = [after - before for before, after in zip(curve["x"], curve["x"][1:], strict=False)]
    assert max(gaps) < 100


def test_the_peaks_of_a_noisy_curve_are_all_still_there(open_page: Callable[..., Page]) -> None:
    curve = open_page("/").evaluate(DRAWN, [LONG, True])
    peaks = [x for x, y in zip(curve["x"], curve["y"], strict=True) if y == 9]
    assert peaks == list(range(5000, LONG + 1, 5000))


def test_the_running_mean_begins_at_the_first_value_and_leaves_out_what_is_no_number(
    open_page: Callable[..., Page],
) -> None:
    means = open_page("/").evaluate(SMOOTHED, [4.0, 4.0, None, 4.0, 0.0])
    assert means[:4] == [4.0] * 4
    assert 0 < means[4] < 4.0
