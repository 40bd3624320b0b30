"""Make the README's pictures from the running program: python tools/screenshots.py [FOLDER]"""

import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from PIL import Image
from playwright.sync_api import Browser, Page

from tools.browser import chromium, local_server, stroke, wait_ready

FOLDER = Path(__file__).parent.parent / "assets" / "screenshots"
PATIENCE = 180_000  # ms
GROWN = """(hand, frames) => new Promise((resolve) => {
  const look = () => (Number(hand.max) >= frames ? resolve() : setTimeout(look, 100));
  look();
})"""
SETTLED = 500  # ms, for the newest frame to be drawn
SEVEN = [(0.28, 0.24), (0.72, 0.26), (0.46, 0.82)]


def draw(page: Page) -> None:
    """Draw a seven on the page's pad and wait for the answer."""
    stroke(page.locator(".pad .ink").first, SEVEN)
    page.locator(".pad[data-state=read]").first.wait_for()


def home(page: Page) -> None:
    draw(page)


def build(page: Page) -> None:
    page.get_by_role("button", name="LeNet-5").first.click()
    wait_ready(page)


def train(page: Page) -> None:
    page.locator(".st-key-run-go button").first.click()
    page.wait_for_url("**/train?run=*")
    page.wait_for_function("() => document.querySelector('.run-plot')?.data?.[0].x.length > 400")
    draw(page)


def gan(page: Page) -> None:
    film(page, "gan-go", ".studio-hand", 60)


def plane(page: Page) -> None:
    film(page, "plane-go", ".plane-hand", 40)


def points(page: Page) -> None:
    """Two spirals, once the network has them right."""
    page.locator(".st-key-points-go button:visible").click()
    page.locator("[role=status]", has_text="Finished").first.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(SETTLED)


def inside(page: Page) -> None:
    """A number of the second convolution, down to its products."""
    page.locator(".inside-total").wait_for(timeout=PATIENCE)
    page.locator(".inside-strip", has_text="Conv2d").nth(1).locator("canvas").click(position={"x": 32, "y": 10})
    page.wait_for_timeout(SETTLED)


def attention(page: Page) -> None:
    """Which patches look at which, in a vision transformer that has learned for a while."""
    page.get_by_role("button", name="More networks").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Vision transformer").first.click()
    wait_ready(page)
    page.locator(".st-key-train button").first.click()
    page.wait_for_url("**/train?run=*")
    page.wait_for_function("() => document.querySelector('.run-plot')?.data?.[0].x.length > 600", timeout=PATIENCE)
    page.locator(".st-key-run-stop button").first.click()
    page.locator("[role=status]", has_text="Stopped").first.wait_for(timeout=PATIENCE)
    page.get_by_role("link", name="Look inside").first.click()
    page.locator(".inside-total").wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="SelfAttention").last.click()
    page.locator(".inside-heat canvas").first.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(SETTLED)


def runs(page: Page) -> None:
    """An experiment, until all that it compares are over."""
    page.locator(".st-key-begin-vanishing button").first.click()
    page.locator(".compare-test", has_text=re.compile(r"test \d")).nth(2).wait_for(timeout=PATIENCE)
    page.locator("[data-testid=stMain]").evaluate("(main) => main.scrollTo(0, 0)")
    page.wait_for_timeout(SETTLED)


def machine(page: Page) -> None:
    """With the runs that the pictures before left behind."""
    page.locator(".machine-details > summary").click()
    page.locator(".machine-runs").first.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(20 * SETTLED)  # for the lines to grow


def film(page: Page, key: str, hand: str, frames: int) -> None:
    """Start, and wait for about so many frames of the film."""
    page.locator(f".st-key-{key} button").first.click()
    page.locator("[role=status]", has_text="Training").first.wait_for()
    page.mouse.move(2, 2)
    page.locator(hand).evaluate(GROWN, frames, timeout=PATIENCE)
    page.wait_for_timeout(SETTLED)


SHOTS = {
    "home": ("/", home, False),
    "points": ("/points?try=spiral", points, False),
    "build": ("/build", build, False),
    "train": ("/train", train, True),
    "inside": ("/inside", inside, False),
    "attention": ("/build", attention, True),
    "runs": ("/runs?experiment=vanishing", runs, False),
    "gan": ("/gan", gan, False),
    "plane": ("/gan?view=Two+dimensions", plane, True),
    "machine": ("/machine", machine, False),
}


def take(browser: Browser, url: str, folder: Path) -> None:
    for name, (path, act, dark) in SHOTS.items():
        context = browser.new_context(
            viewport={"width": 1440, "height": 900}, color_scheme="dark" if dark else "light", device_scale_factor=1
        )
        page = context.new_page()
        page.goto(f"{url}{path}")
        wait_ready(page)
        act(page)
        page.mouse.move(2, 2)
        page.screenshot(path=folder / f"{name}.png")
        shrink(folder / f"{name}.png")
        context.close()


def shrink(path: Path) -> None:
    """Keep the 256 colours that matter most, which takes a third of the bytes."""
    with Image.open(path) as picture:
        reduced = picture.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    reduced.save(path, optimize=True)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as data,
        chromium() as browser,
        local_server(Path(data)) as server,
    ):
        take(browser, server.url, folder)


if __name__ == "__main__":
    main()
