"""What the home page offers beside its pad: ways on, with pictures of the real thing, and the last runs; of a GAN
its film as small pictures."""

import base64
import io
import math
from collections.abc import Sequence
from typing import Any

import streamlit as st
from PIL import Image, ImageOps

from engine.data.mnist import load_mnist
from engine.gan.kind import EXAMPLE_GAN
from engine.kinds import KINDS
from engine.network.spec import plan
from engine.runs.info import RunInfo
from engine.training.events import FrameDrawn
from engine.training.kind import EXAMPLE
from engine.training.presets import PRESETS
from ui.backend import service
from ui.build.start import thumbnail
from ui.colours import COLOURS, ink, mixed, paper
from ui.language import say
from ui.page_frame import is_dark
from ui.runs.shown_kinds import shown_kind
from ui.runs.words import ago, called, course
from ui.top_bar import heading

WIDTH, HEIGHT = 120, 48
SHOWN_RUNS = 4
CURVE_POINTS = 40
SIDE = 28  # px of a digit
DIGITS, COLUMNS = 10, 5  # of the newest frame: one digit of every row of the sheet
MOVING_DIGITS, MOVING_COLUMNS = 8, 4
MOMENTS = 16
MILLISECONDS, REST = 140, 1800  # of a frame, and of the last


def ways_on() -> None:
    """The 2-D page, Build, Train, Draw and GAN, side by side."""
    heading(say("Pages"))
    network = thumbnail(plan(PRESETS["cnn"].network).layers)
    columns = st.columns(5, gap="small")
    with columns[0]:
        sentence = say("See every unit of a small network learn.")
        _way("points", say("2-D"), ":material/scatter_plot:", sentence, _circle(is_dark()))
    with columns[1]:
        _way("build", say("Build"), ":material/stacks:", say("Stack layers, see shapes and costs at once."), network)
    with columns[2]:
        curve = _curve(_progress(EXAMPLE, 0))
        _way("train", say("Train"), ":material/show_chart:", say("Watch a network learn; steer it."), curve)
    with columns[3]:
        _way("draw", say("Draw"), ":material/draw:", say("See how a network reads your hand."), _digits(is_dark()))
    with columns[4]:
        film = film_of_example(is_dark()) or (_digits(is_dark()),)
        _way("gan", say("GAN"), ":material/auto_awesome:", say("Watch a network learn to write."), *film)


def last_runs(runs: Sequence[RunInfo]) -> None:
    """The newest runs of classifiers with their curves, and of GANs with what they made; where there is none yet, one
    that was recorded."""
    example = service().run(EXAMPLE)
    shown = list(runs[:SHOWN_RUNS]) or ([example] if example else [])
    if not shown:
        return
    heading(say("Last runs"))
    none_yet = say("**Your runs will stand here.** Until then, one that was recorded:")
    st.markdown(say("**Your last runs**") if runs else none_yet)
    for column, run in zip(st.columns(SHOWN_RUNS, gap="small"), shown, strict=False):
        with column, st.container(border=True, key=f"last-{run.id}", gap="xsmall", height="stretch"):
            has_film = "frame" in KINDS[run.kind].events.values()
            made = last_digits(run.id, run.seq, is_dark()) if has_film else None
            _picture(made or _curve(_progress(run.id, run.seq)))
            label = f"{called(run.name)}: {_result(run)}"
            st.page_link(shown_kind(run).script, label=label, query_params={"run": run.id})
            st.caption(_about(run))


def _result(run: RunInfo) -> str:
    figure = shown_kind(run).figure
    return figure(run) if figure and run.finished else course(run, shown_kind(run).course)


def _about(run: RunInfo) -> str:
    """The line below a run: what its figure means, whether it came to its end, and when."""
    when = say("recorded") if run.id == EXAMPLE else ago(run.created)
    shown = shown_kind(run)
    if run.finished is None or shown.means is None:
        return when
    told = (say(shown.means), course(run, shown.course), when)
    return ", ".join(told if run.status == "stopped" else (told[0], when))


def _way(page: str, label: str, icon: str, sentence: str, picture: str, still: str = "") -> None:
    with st.container(border=True, key=f"way-{page}", horizontal=True, vertical_alignment="center", height="stretch"):
        _picture(picture, still)
        with st.container(gap=None):
            st.page_link(f"../pages/{page}.py", label=f"**{label}**", icon=icon)
            st.caption(sentence)


def _picture(url: str, still: str = "") -> None:
    """An ornament: what it shows is said beside it. `still` stands in its place for whoever wants nothing to move."""
    calm = f'<source srcset="{still}" media="(prefers-reduced-motion: reduce)">' if still else ""
    image = f'<img src="{url}" alt="" height="{HEIGHT}" style="display:block">'
    st.html(f"<picture>{calm}{image}</picture>", width="content")


@st.cache_data(max_entries=200, show_spinner=False)
def _progress(run_id: str, seq: int) -> list[float]:
    """The share of the training pictures read correctly, in equal parts of the run as of event `seq`."""
    steps = service().history(run_id).get("steps") if service().run(run_id) else None
    shares: list[float] = steps.get("accuracy", []) if steps else []
    size = max(1, -(-len(shares) // CURVE_POINTS))
    parts = [shares[i : i + size] for i in range(0, len(shares), size)]
    return [sum(part) / len(part) for part in parts]


def _circle(dark: bool) -> str:
    """Points of two classes, one within the other, and what a network says of every place, as an SVG in a data URL."""
    inside, outside = COLOURS["positive"], COLOURS["negative"]
    ground = f'<path d="M-60-24H60V24H-60z" fill="{mixed(outside, paper(dark), 0.75)}"/>'
    middle = f'<circle r="15" fill="{mixed(inside, paper(dark), 0.7)}"/>'
    dots = "".join(_dot(21, 2.4 * n, outside) + _dot(2.5 * math.sqrt(n), 2.4 * n, inside) for n in range(20))
    return _svg(f'<g transform="translate(60 24)">{ground}{middle}{dots}</g>')


def _dot(far: float, angle: float, colour: str) -> str:
    return f'<circle cx="{far * math.cos(angle):.1f}" cy="{far * math.sin(angle):.1f}" r="1.8" fill="{colour}"/>'


def _curve(shares: Sequence[float]) -> str:
    """A small curve from 0 to 100 % over its base line, as an SVG in a data URL."""
    across = (WIDTH - 6) / max(1, len(shares) - 1)
    points = " ".join(f"{3 + across * i:.1f},{HEIGHT - 4 - (HEIGHT - 8) * share:.1f}" for i, share in enumerate(shares))
    return _svg(
        f'<path d="M2 {HEIGHT - 2}H{WIDTH - 2}" stroke="#8A939D" stroke-width="1"/>'
        f'<polyline points="{points}" fill="none" stroke="{COLOURS["train"]}" stroke-width="3" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )


@st.cache_data(max_entries=2, show_spinner=False)
def _digits(dark: bool) -> str:
    """The first two test pictures of MNIST, one square a pixel, ink as strong as it was scanned."""
    squares = [
        f'<rect x="{column + 30 * i}" y="{row}" width="1" height="1" opacity="{int(value) / 255:.2f}"/>'
        for i, image in enumerate(load_mnist().test_images[:2].tolist())
        for row, values in enumerate(image)
        for column, value in enumerate(values)
        if value
    ]
    return _svg("".join(squares), f'viewBox="0 0 58 28" fill="{ink(dark)}" shape-rendering="crispEdges"')


def _svg(content: str, attributes: str = f'width="{WIDTH}" height="{HEIGHT}"') -> str:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{content}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@st.cache_data(max_entries=100, show_spinner=False)
def last_digits(run_id: str, seq: int, dark: bool) -> str | None:
    """Data URL of ten generated digits, five by two, as of event `seq`, in the colours of the theme; None before the
    first frame, and for a film without pictures."""
    numbers = [number for number, _, _ in service().frames(run_id)]
    frame = service().frame(run_id, numbers[-1]) if numbers else None
    if frame is None or not frame.media_type.startswith("image/"):
        return None
    return _url(_first_digits(frame, DIGITS, COLUMNS, dark), "PNG")


@st.cache_data(max_entries=2, show_spinner=False)
def film_of_example(dark: bool) -> tuple[str, str] | None:
    """Data URLs of the moving picture and of its last moment, in the colours of the theme; None without an example."""
    numbers = [number for number, _, _ in service().frames(EXAMPLE_GAN)]
    if not numbers:
        return None
    last = len(numbers) - 1
    places = sorted({round(last * (i / (MOMENTS - 1)) ** 2) for i in range(MOMENTS)})  # most happens at the beginning
    pictures = [_moment(numbers[place], dark) for place in places]
    shown = [MILLISECONDS] * (len(pictures) - 1) + [REST]
    return _moving(pictures, shown), _moving(pictures[-1:], [REST])


def _moment(number: int, dark: bool) -> Image.Image:
    frame = service().frame(EXAMPLE_GAN, number)
    if frame is None:
        raise FileNotFoundError(f"the example's film has no frame {number}")
    return _first_digits(frame, MOVING_DIGITS, MOVING_COLUMNS, dark)


def _first_digits(frame: FrameDrawn, count: int, columns: int, dark: bool) -> Image.Image:
    """The first digit of each of the sheet's first `count` rows."""
    chosen = Image.new("L", (columns * SIDE, count // columns * SIDE))
    with Image.open(io.BytesIO(frame.content)) as file:
        sheet = file.convert("L")
    for row in range(count):
        digit = sheet.crop((0, row * SIDE, SIDE, (row + 1) * SIDE))
        chosen.paste(digit, (row % columns * SIDE, row // columns * SIDE))
    return ImageOps.colorize(chosen, black=paper(dark), white=ink(dark))


def _moving(pictures: Sequence[Image.Image], milliseconds: list[int]) -> str:
    settings = {"append_images": pictures[1:], "duration": milliseconds, "loop": 0, "quality": 60, "method": 4}
    return _url(pictures[0], "WEBP", save_all=True, **settings)


def _url(picture: Image.Image, kind: str, **settings: Any) -> str:
    with io.BytesIO() as file:
        picture.save(file, kind, **settings)
        return f"data:image/{kind.lower()};base64," + base64.b64encode(file.getvalue()).decode()
