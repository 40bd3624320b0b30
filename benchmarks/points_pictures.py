"""How many pictures a second the 2-D playground draws while its network trains: 2,000 points, 6 layers of 8 units.

    python benchmarks/points_pictures.py

Chromium and the server share the machine with the training process. Prints the pictures and the steps in a second, and
what one picture costs without them; exits with 1 below the goal.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from playwright.sync_api import Page

from engine.export.formats import write_link
from engine.points.config import MOST_LAYERS, MOST_UNITS, POINTS_CODEC, PointsSpec
from tools.browser import chromium, local_server, wait_ready

SPEC = PointsSpec("spiral", count=2000, units=(MOST_UNITS,) * MOST_LAYERS, steps=100_000)
GOAL = 28  # pictures a second; 30 are the most that are drawn
SECONDS, WARM_UP = 10.0, 3000  # s, ms
COMPUTED = """async ([spec, rounds]) => {
  const { grid, inputs, Shape } = await import("/web/points/maths.js");
  const shape = new Shape(spec);
  const weights = Array.from({ length: shape.count }, () => Math.random() - 0.5);
  const cells = inputs(spec.features, grid());
  const begin = performance.now();
  for (let i = 0; i < rounds; i++) shape.forward(weights, cells);
  return (performance.now() - begin) / rounds;
}"""


def counted(page: Page) -> tuple[int, int]:
    """The pictures drawn so far, and the newest step."""
    root = page.locator(".points")
    return int(root.get_attribute("data-pictures") or 0), int(root.get_attribute("data-step") or 0)


def main() -> int:
    with local_server(Path(tempfile.mkdtemp())) as server, chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{server.url}/points?n={write_link(SPEC, POINTS_CODEC)}")
        wait_ready(page)
        page.locator(".st-key-points-go button:visible").click()
        page.locator(".points:not([data-step='0'])").wait_for()
        page.wait_for_timeout(WARM_UP)
        begin, (pictures, step) = time.perf_counter(), counted(page)
        page.wait_for_timeout(1000 * SECONDS)
        seconds, (more, later) = time.perf_counter() - begin, counted(page)
        page.locator(".st-key-points-stop button:visible").click()
        spec = {"features": SPEC.features, "units": SPEC.units, "activation": SPEC.activation, "classes": SPEC.classes}
        cost = page.evaluate(COMPUTED, [spec, 50])
    rate = (more - pictures) / seconds
    print(f"{rate:.1f} pictures/s (goal {GOAL}), {(later - step) / seconds:,.0f} steps/s; every unit in {cost:.1f} ms")
    return int(rate < GOAL)


if __name__ == "__main__":
    sys.exit(main())
