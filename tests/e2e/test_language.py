"""Every page in a language that nobody speaks: no English is left on it, and longer words are neither cut off nor over
one another, at three widths."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from engine.export.formats import recipe_to_link
from engine.gan.events import GanEvaluated, GanStep
from engine.gan.health import Health
from engine.gan.recipes import RECIPES
from engine.network.spec import NetworkSpec, layer
from engine.text import Text
from engine.training.config import TrainConfig
from tests.e2e.conftest import REST, forget_what_is_stored
from tests.e2e.foreign import Pseudo, Told, english_words, findings
from tools.browser import Server, local_server, stroke, wait_ready
from tools.texts import PSEUDO, write_pseudo
from ui.api.requests import OWNER_COOKIE
from ui.language import COOKIE, FOLDER

PATIENCE = 120_000  # ms, for what a busy machine has to train
TALL = 4000  # px: all of a page is on screen at once
WIDTHS = (1440, 1024, 412)  # px; the window is made narrower and wide again
AT_REST = """async () => {
  const sizes = () => [...document.querySelectorAll("body *")].map(({ clientWidth }) => clientWidth).join();
  for (let last = ""; last !== (last = sizes());) await new Promise((resolve) => setTimeout(resolve, 150));
  const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity);
  await Promise.all(ending.map(({ finished }) => finished.catch(() => null)));
}"""
OWNER = "somebody-who-trains"
SEVEN = [(0.28, 0.24), (0.72, 0.26), (0.46, 0.82)]
Look = Callable[..., None]  # `see()` at every width; `see(part=True)` at the narrowest, for one part of many of a page
CONV = layer("Conv2d", channels=8, padding=1)
BLOCKS = NetworkSpec(
    (
        layer("Residual", [CONV, layer("BatchNorm2d")]),
        layer("Branches", [CONV], [layer("MaxPool2d", kernel_size=3, stride=1, padding=1)], []),
        layer("Repeat", [layer("Residual", [layer("ReLU")]), *[layer("ReLU")] * 5]),
        *(layer("AdaptiveAvgPool2d"), layer("Flatten"), layer("Linear", units=10)),
    ),
    name="CNN",
)


def press(page: Page, key: str, number: int = 0) -> None:
    page.locator(f".st-key-{key} button:visible").nth(number).click()


def home(page: Page, see: Look) -> None:
    page.locator(".pad canvas.ink").wait_for()
    see()


def build(page: Page, see: Look) -> None:
    """The three networks that can be built."""
    parts = page.locator(".st-key-part button")
    for number in range(3):
        parts.nth(number).click()
        page.locator(".st-key-card-input").wait_for()
        page.locator(".js-plotly-plot .annotation-text").first.wait_for()
        wait_ready(page)
        see(part=number > 0)


def build_problems(page: Page, see: Look) -> None:
    """A damaged link, an empty network, and one that does not fit."""
    page.locator("[data-testid=stAlert]").first.wait_for()
    see()
    press(page, "preset-empty")
    press(page, "first-steps")
    page.locator(".st-key-misfit").wait_for()
    wait_ready(page)
    see()


def build_blocks(page: Page, see: Look) -> None:
    """Blocks, open and folded, with a shortcut and an empty branch."""
    page.locator("[class*=st-key-line-] button").first.wait_for()
    page.locator(".js-plotly-plot .annotation-text").first.wait_for()
    wait_ready(page)
    see()


def build_dialogs(page: Page, see: Look) -> None:
    for key in ("add-end", "preset-more", "share", "code"):
        press(page, key)
        page.locator("[data-testid=stDialog] [data-testid=stVerticalBlock]").first.wait_for()
        wait_ready(page)
        see(part=True)
        page.keyboard.press("Escape")
        page.locator("[data-testid=stDialog]").wait_for(state="detached")


def train_running(page: Page, see: Look) -> None:
    page.locator(".run-plot .main-svg").first.wait_for()
    page.wait_for_function("() => document.querySelector('.run-plot')?.data?.[0].x.length > 3", timeout=PATIENCE)
    page.locator(".st-key-run-tabs [role=tab]").nth(1).click()
    page.locator(".layers canvas").first.wait_for()
    see(part=True)
    page.locator(".st-key-run-tabs [role=tab]").last.click()
    page.locator(".st-key-run-mark").wait_for()
    see()
    page.locator(".chart-opener").click()
    see()


def train_finished(page: Page, see: Look) -> None:
    """The recorded example with everything that stands below it."""
    page.locator(".run-plot .main-svg").first.wait_for()
    tabs = page.locator(".st-key-run-tabs [role=tab]")
    for number in range(tabs.count()):
        tabs.nth(number).click()
        wait_ready(page)
        see(part=number > 0)


def draw(page: Page, see: Look) -> None:
    stroke(page.locator(".pad .ink").first, SEVEN)
    page.locator(".pad[data-state=read]").wait_for()
    see()


def inside(page: Page, see: Look) -> None:
    """The layers of a network, and one number of half of the kinds of layers in it."""
    layers = page.locator(".inside-layer")
    layers.first.wait_for()
    names = [name.split("\n")[0] for name in layers.all_inner_texts()]
    for number in sorted(map(names.index, set(names)))[::2]:  # the first one of every other kind
        told = page.expect_response(lambda response: "/unit?" in response.url)
        with told:
            layers.nth(number).click()
        see(part=number > 0)
    drawn_by = (
        *(".inside-way canvas", ".inside-nine .inside-tile", ".inside-found .inside-tile", ".inside-map"),
        *(".inside-sure path", ".inside-hard canvas", ".inside-unit", ".inside-formula"),
    )
    for number, drawn in enumerate(drawn_by, 1):
        page.locator(".inside-parts button").nth(number).click()
        page.locator(drawn).locator("visible=true").first.wait_for(timeout=PATIENCE)
        see(part=True)


def gan(page: Page, see: Look) -> None:
    """The recorded example, and what can be done with it."""
    page.wait_for_function("() => Number(document.querySelector('.studio-hand')?.max) > 1")
    views = page.locator(".st-key-gan-more .st-key-show button")
    for number in range(views.count()):
        views.nth(number).click()
        wait_ready(page)
        see(part=number > 0)


def gan_running(page: Page, see: Look) -> None:
    press(page, "gan-go")
    page.wait_for_url("**run=*")
    page.wait_for_function("() => Number(document.querySelector('.studio-hand')?.max) > 1", timeout=PATIENCE)
    see()
    press(page, "gan-stop")


def plane(page: Page, see: Look) -> None:
    press(page, "view", 1)
    page.locator(".plane-canvas").wait_for()
    wait_ready(page)
    see()
    press(page, "plane-go")
    expect(page.locator(".plane-hand")).not_to_have_attribute("max", "1", timeout=PATIENCE)
    see()
    press(page, "plane-stop")


def runs(page: Page, see: Look) -> None:
    """An experiment before it starts, with the run that goes on beside it; the visitor's runs; what they differ in."""
    page.locator(".compare-row").first.wait_for()
    page.wait_for_function("() => document.querySelector('.compare-plot')?.data?.[0]?.x.length > 1", timeout=PATIENCE)
    see()
    for number in (0, 2, 3):
        page.locator(".st-key-compare-tabs [role=tab]").nth(number).click()
        wait_ready(page)
        see(part=True)


def learn(page: Page, see: Look) -> None:
    """The list of lessons, and one of them."""
    page.get_by_text("⟦").first.wait_for()
    see()
    page.locator("[class*=st-key-lesson-card-] a").first.click()
    page.locator(".st-key-lesson").wait_for()
    wait_ready(page)
    see()


def machine(page: Page, see: Look) -> None:
    page.locator(".machine-host").first.wait_for(timeout=PATIENCE, state="attached")
    see()
    page.locator(".machine-details > summary").click()
    page.locator(".machine-host").first.wait_for()
    see()


def points(page: Page, see: Look) -> None:
    """A small network with its numbers and the fields of a unit, one's own points, and what is said of a link."""
    page.locator("[data-focus=unit-0-0]").click()
    steps = page.locator(".points-numbers-bar button")
    steps.nth(3).click()
    for _ in range(14):
        steps.nth(1).click()
    see()
    page.locator(".st-key-points-set button").last.click()
    page.locator(".points-tools button").first.wait_for()
    see(part=True)
    press(page, "points-link")
    page.locator("[data-testid=stDialog] [data-testid=stVerticalBlock]").first.wait_for()
    wait_ready(page)
    see(part=True)


def data(page: Page, see: Look) -> None:
    """The digits by class, and how pictures of one's own are made ready."""
    page.locator(".st-key-data-page details summary").first.click()
    page.locator(".st-key-data-colour").wait_for()
    wait_ready(page)
    page.locator(".look canvas").first.wait_for()
    see()
    for number in (1, 3):
        page.locator(".look [role=group] button").nth(number).click()
        page.locator(".look .tiles canvas").first.wait_for(timeout=PATIENCE)
        see(part=True)


PAGES: dict[str, tuple[str, Callable[[Page, Look], None]]] = {
    "home": ("/", home),
    "build": ("/build", build),
    "build, problems": ("/build?n=broken", build_problems),
    "build, blocks": (f"/build?n={recipe_to_link(BLOCKS, TrainConfig())}", build_blocks),
    "build, dialogs": ("/build", build_dialogs),
    "train": ("/train?run={run}", train_running),
    "runs": ("/runs?experiment=vanishing&runs={run},example", runs),
    "machine": ("/machine", machine),
    "learn": ("/learn", learn),
    "train, finished": ("/train?run=example", train_finished),
    "draw": ("/draw", draw),
    "inside": ("/inside", inside),
    "gan": ("/gan", gan),
    "gan, running": ("/gan", gan_running),
    "plane": ("/gan", plane),
    "data": ("/data", data),
    "points": ("/points?try=numbers", points),
}


@pytest.fixture(scope="module")
def pseudo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pseudo(tmp_path_factory.mktemp("languages"))


@pytest.fixture(scope="module")
def foreign_server(
    tmp_path_factory: pytest.TempPathFactory, patient: dict[str, str], pseudo_file: Path
) -> Iterator[Server]:
    environment = {FOLDER: str(pseudo_file.parent), **patient}
    with local_server(tmp_path_factory.mktemp("foreign"), environment=environment) as running:
        yield running


def a_visitor(browser: Browser, server: Server, owner: str = "") -> BrowserContext:
    """Somebody who reads the pseudo-language."""
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": WIDTHS[0], "height": TALL},
        reduced_motion="reduce",
    )
    context.set_default_timeout(30_000)
    cookies = {COOKIE: PSEUDO.replace("_", "-")} | ({OWNER_COOKIE: owner} if owner else {})
    context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
    context.new_page().goto(REST)
    return context


@pytest.fixture(scope="module")
def anyone(browser: Browser, foreign_server: Server) -> Iterator[BrowserContext]:
    context = a_visitor(browser, foreign_server)
    yield context
    context.close()


@pytest.fixture(scope="module")
def owner(browser: Browser, foreign_server: Server) -> Iterator[BrowserContext]:
    context = a_visitor(browser, foreign_server, OWNER)
    yield context
    context.close()


@pytest.fixture(scope="module")
def run(owner: BrowserContext) -> Iterator[str]:
    """A run of OWNER that goes on for long, slowly."""
    page = owner.new_page()
    page.goto("/train")
    epochs = page.locator(".st-key-training-epochs input")
    epochs.fill("100")
    epochs.press("Enter")
    wait_ready(page)
    page.locator(".st-key-run-go-pace button").nth(2).click()  # a step a second leaves the processor to the others
    wait_ready(page)
    press(page, "run-go")
    page.wait_for_url("**run=*")
    address = page.url
    page.goto("about:blank")  # so does a chart that is not drawn
    yield address.split("run=")[1]
    page.goto(address)
    press(page, "run-stop")


SHORT = ("home", "draw", "learn", "data", "machine")
WALKS = [pytest.param(name, marks=() if name in SHORT else pytest.mark.long) for name in PAGES]


@pytest.mark.parametrize("name", WALKS)
def test_page_is_foreign_and_whole(name: str, foreign_server: Server, request: pytest.FixtureRequest) -> None:
    path, visit = PAGES[name]
    own_run = request.getfixturevalue("run") if "{run}" in path else ""
    visitor: BrowserContext = request.getfixturevalue("owner" if own_run else "anyone")
    page = visitor.new_page()
    told, found = Told(page), dict[str, None]()

    def see(part: bool = False) -> None:
        expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)  # Streamlit has read all of its scripts
        for width in WIDTHS[-1:] if part else WIDTHS:
            page.set_viewport_size({"width": width, "height": TALL})
            page.evaluate(AT_REST)
            found.update({f"{width} px: {finding}": None for finding in findings(page, told)})
        if not part:
            page.set_viewport_size({"width": WIDTHS[0], "height": TALL})

    forget_what_is_stored(page, foreign_server.url)
    page.goto(path.format(run=own_run))
    wait_ready(page)
    visit(page, see)
    page.close()
    assert not found, f"{len(found)} findings\n" + "\n".join(found)


FITS = """([why, cure]) => {
  const [sentence, label, button] = [".studio-why", ".studio-cure span:last-child", ".studio-cure"]
    .map((part) => document.querySelector(`.studio-health ${part}`));
  sentence.textContent = why;
  label.textContent = cure;
  button.style.display = cure ? "" : "none";
  const { scrollHeight: needed, clientHeight: seen, parentNode } = sentence;
  return needed <= seen + 1 && seen <= parentNode.clientHeight;
}"""


def judgements() -> list[tuple[Text, Text | None]]:
    """What can be said of how the game between G and D stands, each with its cure, in numbers that take room."""
    told: dict[str, tuple[Text, Text | None]] = {}
    step = GanStep(123_456, -1234.5, math.nan, 0.5, 0.5, 1.0, 1.0, 2e-4, 2e-4, 3)
    result = GanEvaluated(123_456, 1.0, 9.9, 10, 2.3, 0.9, 0.01, (), 2000)
    for recipe in RECIPES.values():
        health = Health(recipe.gan)
        health.made, health.lead, health.d_loss, health.g_gradient = 0.99, -0.11, -1234.567, 1.2e-9
        cases = [health.alike(9, result), health.collapsed(9, result), health.discriminator_wins(9)]
        cases += [health.generator_wins(9), health.diverged(step)]
        told |= {f"{case.why}{case.cure}": (case.why, case.cure) for case in cases}
    return list(told.values())


def test_no_judgement_of_a_gan_is_cut_off(anyone: BrowserContext, foreign_server: Server) -> None:
    page = anyone.new_page()
    forget_what_is_stored(page, foreign_server.url)
    page.goto("/gan")
    wait_ready(page)
    page.locator(".studio-why").wait_for()
    press(page, "gan-go")  # a run has the settings folded away, and the narrowest of all lines at 1024 px
    page.wait_for_url("**run=*")
    press(page, "gan-stop")
    wait_ready(page)
    cut = list[str]()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": TALL})
        page.evaluate(AT_REST)
        for why, cure in judgements():
            said = [text.printed(Pseudo()) if text else "" for text in (why, cure)]
            if not page.evaluate(FITS, said):
                cut.append(f"{width} px: {' '.join(said)}")
    page.close()
    assert not cut


def test_help_is_read_from_what_the_server_sends() -> None:
    assert english_words("Train **⟦Bûïĺd⟧** [Conv2d](x) 3.2 MB `code` Conv2d-like") == ["Train", "like"]


def test_folder_of_the_pseudo_language_is_named_as_the_server_expects(pseudo_file: Path) -> None:
    assert pseudo_file.stem == PSEUDO
