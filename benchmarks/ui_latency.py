"""How long a visitor waits, in Chromium on the real server, and what watching a run costs it.

    python benchmarks/ui_latency.py

Prints first paint, click on Start to the first point of the curve, end of a stroke to its answer on screen (medians),
and the speed of a watched run beside the same run unwatched. Exits with 1 when one misses its goal.
"""

import re
import sqlite3
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import psutil
from playwright.sync_api import Browser

from engine.export.formats import recipe_to_link
from engine.training.presets import PRESETS
from tools.browser import Server, chromium, local_server, stroke, wait_ready

ROUNDS = 7
SETTLED = 1000  # ms, after which nothing moves under the pointer any more
STROKES = 25
WINDOWS, WINDOW_SECONDS = 8, 4.0

PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
# The promise is made before the click and kept by the browser's own clock at the first frame that shows a point.
FIRST_POINT = """() => { window.firstPoint = new Promise((done) => {
    document.querySelector('.st-key-run-go button').addEventListener('click', () => {
        const begin = performance.now();
        const old = document.querySelector('.run-plot').data[0].x;
        const look = () => {
            const points = document.querySelector('.run-plot').data[0].x;
            if (points !== old && points.length) requestAnimationFrame(() => done(performance.now() - begin));
            else requestAnimationFrame(look);
        };
        look();
    }, { once: true, capture: true });
}); }"""
STROKE_READ = """(root) => { window.strokeRead = new Promise((done) => {
    root.querySelector('.ink').addEventListener('pointerup', () => {
        const begin = performance.now();
        const look = () => {
            if (root.dataset.state === 'read') requestAnimationFrame(() => done(performance.now() - begin));
            else requestAnimationFrame(look);
        };
        look();
    }, { once: true, capture: true });
}); }"""


def first_paint(browser: Browser, url: str) -> float:
    """Milliseconds from the address to the first picture of a new visitor's home page, its pad in place."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    begin = time.perf_counter()
    page.goto(url)
    page.locator(".pad .ink").first.wait_for(state="visible")
    usable = (time.perf_counter() - begin) * 1000
    painted = float(page.evaluate(PAINTED))
    context.close()
    print(f"    painted after {painted:5.0f} ms, the pad there after {usable:5.0f} ms")
    return painted


def first_point(browser: Browser, url: str) -> float:
    """Milliseconds from the click on Start to the first point of the new run's curve."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{url}/train")
    wait_ready(page)
    page.wait_for_function("() => document.querySelector('.run-plot')?.data?.[0].x.length > 0")
    page.locator(".st-key-run-go button").first.wait_for()
    page.evaluate(FIRST_POINT)
    page.locator(".st-key-run-go button").first.click()
    took = float(page.evaluate("window.firstPoint"))
    page.wait_for_timeout(SETTLED)
    page.locator(".st-key-run-stop button").first.click()
    page.get_by_text(re.compile("^(Stopped|Finished)")).first.wait_for()
    context.close()
    return took


def stroke_answers(browser: Browser, url: str) -> list[float]:
    """Milliseconds from the end of each of many strokes to its answer on screen, the pad being cleared between."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{url}/draw")
    wait_ready(page)
    page.locator(".pad .ink").first.wait_for(state="visible")
    root = page.locator(".pad").first.element_handle()
    assert root
    took = []
    for number in range(STROKES):
        page.evaluate(STROKE_READ, root)
        lean = 0.01 * (number % 5)
        stroke(page.locator(".pad .ink").first, [(0.3, 0.25), (0.7, 0.25 + lean), (0.45 + lean, 0.8)])
        took.append(float(page.evaluate("window.strokeRead")))
        page.locator(".pad .clear").first.click()
    context.close()
    return took


def watched_speed(browser: Browser, server: Server) -> float:
    """Steps per CPU-second of the process that trains while a page shows the run, over those while none does."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    preset = PRESETS["mlp"]
    long = replace(preset.config, epochs=100)
    page.goto(f"{server.url}/build?n={recipe_to_link(preset.network, long)}")
    page.get_by_role("button", name="Train this network").click()
    page.wait_for_url("**/train?run=*")
    address, run_id = page.url, page.url.split("run=")[1]
    speeds: dict[bool, list[float]] = {True: [], False: []}
    for window in range(WINDOWS):
        watched = window % 2 == 1
        page.goto(address if watched else "about:blank")
        if watched:
            page.wait_for_function("() => document.querySelector('.run-plot')?.data?.[0].x.length > 0")
        speeds[watched].append(_steps_per_cpu_second(server, run_id))
    page.goto(address)
    wait_ready(page)
    page.locator(".st-key-run-stop button").first.click()
    context.close()
    return statistics.median(speeds[True]) / statistics.median(speeds[False])


def _steps_per_cpu_second(server: Server, run_id: str) -> float:
    busiest = max(psutil.Process(server.process.pid).children(recursive=True), key=_cpu_seconds)
    steps, cpu = _reported(server, run_id), _cpu_seconds(busiest)
    time.sleep(WINDOW_SECONDS)
    return (_reported(server, run_id) - steps) / (_cpu_seconds(busiest) - cpu)


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _reported(server: Server, run_id: str) -> int:
    """How much the run has reported so far: nearly all of it is steps."""
    with sqlite3.connect(f"file:{server.data / 'playground.sqlite'}?mode=ro", uri=True) as store:
        return int(store.execute("select seq from runs where id = ?", (run_id,)).fetchone()[0])


def wait_until_warm(url: str) -> None:
    while b'"training":true' not in urllib.request.urlopen(f"{url}/api/health").read().replace(b" ", b""):
        time.sleep(0.2)


def measured(what: str, goal: float, unit: str, measure: Callable[[], float], at_least: bool = False) -> bool:
    value = measure()
    met = value >= goal if at_least else value <= goal
    sign = ">=" if at_least else "<"
    print(f"{what:<44}{value:>9.3g} {unit:<3} goal {sign} {goal:g}  {'met' if met else 'MISSED'}", flush=True)
    return met


def main() -> None:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name,
        chromium() as browser,
        local_server(Path(name)) as server,
    ):
        wait_until_warm(server.url)
        first_paint(browser, server.url)
        median = statistics.median

        def paints() -> float:
            return median(first_paint(browser, server.url) for _ in range(ROUNDS))

        def points() -> float:
            return median(first_point(browser, server.url) for _ in range(ROUNDS))

        met = [
            measured("first paint, warm server", 1500, "ms", paints),
            measured("click on Start to first point", 500, "ms", points),
            measured("end of stroke to answer", 80, "ms", lambda: median(stroke_answers(browser, server.url))),
            measured("watched / unwatched, per CPU-second", 0.95, "x", lambda: watched_speed(browser, server), True),
        ]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
