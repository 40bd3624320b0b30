"""Every layer there is, group by group, with a drawing and a sentence each, to pick one to add."""

import base64
import math
from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from engine.catalogue.layers import GROUPS, LAYERS
from engine.catalogue.layers.absent import ABSENT
from engine.catalogue.params import Choice, Shape, SpecError
from engine.network.plans import Path
from engine.network.spec import (
    MAX_DEPTH,
    PlannedLayer,
    is_block,
    network_from_json,
    network_to_json,
    survey_cards,
)
from engine.text import Text
from ui.api.web import web_component
from ui.build.card_ids import every_card
from ui.build.editing import insert
from ui.build.folding import fold
from ui.build.moves import cards_of
from ui.build.own_blocks import offer_blocks
from ui.build.sequence_icons import sequence_icon
from ui.build.starting import starting_layer
from ui.colours import layer_colour
from ui.dialog import open_dialog
from ui.forms import plain
from ui.language import say
from ui.state import Session

WIDTH, HEIGHT = 44, 28
SEARCH_STYLE = """
.layer-search { min-height: 2.75rem; }
.layer-search input {
  box-sizing: border-box; width: 100%; height: 2.75rem; padding: 0 0.7rem; font: inherit; color: var(--st-text-color);
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color); border-radius: 0.4rem;
}
@media (max-width: 480px) { .layer-search input::placeholder { font-size: 0.8em; } }
.layer-search p { margin: 0; }
.layer-search p:not(:empty) { margin: 0.6rem 0 0; }
.layer-search input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
"""

CURVES: dict[str, Callable[[float], float]] = {
    "ReLU": lambda x: max(0.0, x),
    "LeakyReLU": lambda x: max(0.15 * x, x),
    "ELU": lambda x: x if x > 0 else math.exp(x) - 1,
    "GELU": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "SiLU": lambda x: x / (1 + math.exp(-x)),
    "Sigmoid": lambda x: 4 / (1 + math.exp(-2 * x)) - 2,
    "Tanh": lambda x: 2 * math.tanh(1.5 * x),
    "Softplus": lambda x: math.log1p(math.exp(x)),
    "PReLU": lambda x: max(0.4 * x, x),
    "Hardswish": lambda x: x * min(max(x + 2, 0), 4) / 4,
    "Hardsigmoid": lambda x: min(max(1.6 * x, -2), 2),
    "Step": lambda x: 2.0 if x > 0 else 0.0,
    "LogSoftmax": lambda x: -math.log1p(math.exp(-1.5 * x)),
    "GroupNorm": lambda x: 4 * math.exp(-3 * x * x) - 2,
    "LayerNorm": lambda x: 4 * math.exp(-8 * x * x) - 2,
    "BatchNorm1d": lambda x: 4 * math.exp(-x * x) - 2,
    "BatchNorm2d": lambda x: 4 * math.exp(-x * x) - 2,
}


def open_gallery(visitor: Session, path: Path) -> None:
    """Ask in a dialog which layer to put where `path` leads, before what is there."""
    open_dialog(say("Add a layer"), _offer_layers, visitor, path)


search_field = web_component(
    "layer_search", "build/search.js", html='<div class="layer-search"></div>', css=SEARCH_STYLE
)


def _offer_layers(visitor: Session, path: Path) -> None:
    """A search, and a button for each layer; those that do not fit there as they are say why."""
    hint = say("Search, such as conv or act; Enter adds the first")
    if visitor.part == "classifier":
        offer_blocks(visitor, layer_icon, partial(_add, visitor, path), partial(_refusal, visitor, path))
    told = {"none": say("No layer here begins like this."), "answers": {kind: say(why) for kind, why in ABSENT.items()}}
    search_field(key="layer-search", data={"label": say("Search for a layer"), "hint": hint, **told})
    network = visitor.shown
    planned, _ = survey_cards(network)
    shape = arriving_shape(planned, path, network.input_shape)
    offered = {k: LAYERS[k] for k in kinds_for(network.role, inside=len(path) > 1)}
    with st.grid(min_column_width=270, gap="xsmall", key="gallery"):
        for kind, row in sorted(offered.items(), key=lambda item: list(GROUPS).index(item[1].group)):
            group, doc, choice = say(GROUPS[row.group]), plain(say(row.doc)), starting_layer(kind, shape)
            objection = _objection(choice, shape, path)
            label = f"![]({layer_icon(kind)}) **{kind}** :gray[{group}] {doc}{objection}"
            if st.button(label, key=f"pick-{kind}", width="stretch", wrap=True):
                _add(visitor, path, choice)
                st.rerun()


def _add(visitor: Session, path: Path, choice: Choice) -> None:
    """Put a layer where `path` leads, and show what is in it."""
    visitor.edit(insert(visitor.shown, path, choice))
    visitor.card_open = dict(every_card(cards_of(visitor)))[path].id
    fold(visitor, visitor.card_open, False)


def _refusal(visitor: Session, path: Path, block: Choice) -> str:
    """Why a network with the block there would be too deep or too long; empty where it is neither."""
    try:
        network_from_json(network_to_json(insert(visitor.shown, path, block)))
    except SpecError as error:
        return say(error.text)
    return ""


def arriving_shape(planned: Mapping[Path, PlannedLayer], path: Path, input_shape: Shape) -> Shape:
    """The shape that reaches the place where `path` leads; where what is before does not fit, the last known one."""
    *where, index = path
    for before in range(index - 1, -1, -1):
        if (*where, before) in planned:
            return planned[(*where, before)].out_shape
    return arriving_shape(planned, path[:-2], input_shape) if where else input_shape


def kinds_for(role: str, inside: bool = False) -> tuple[str, ...]:
    """The layers that a network may be built of here: those that take the label are for GANs, and not for blocks."""
    label = role != "classifier" and not inside
    return tuple(kind for kind, row in LAYERS.items() if label or not row.takes_label)


def _objection(choice: Choice, shape: Shape, path: Path) -> str:
    """Why a layer does not fit there, in the colour of a warning; nothing where it does."""
    reason = None
    if is_block(choice.kind):
        if len(path) // 2 >= MAX_DEPTH:
            reason = Text("at most {most} blocks can stand in one another.", most=MAX_DEPTH)
    else:
        try:
            LAYERS[choice.kind].out(shape, dict(choice.values))
        except SpecError as error:
            reason = error.what
    if reason is None:
        return ""
    objection = say("Does not fit here: {reason}", reason=reason)
    return f" :orange[{plain(objection)}]"


def layer_icon(kind: str) -> str:
    """A small drawing of what a layer does, as an SVG in a data URL."""
    body = _draw_curve(CURVES[kind]) if kind in CURVES else _sketch(kind)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" fill="{layer_colour(kind)}" '
        f'stroke="{layer_colour(kind)}" stroke-width="0">{body}</svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _draw_curve(function: Callable[[float], float]) -> str:
    """The graph from -3 to 3, on its axes."""
    xs = [i / 4 for i in range(-12, 13)]
    points = " ".join(f"{22 + 7 * x:.1f},{14 - 4.5 * max(-2.8, min(2.8, function(x))):.1f}" for x in xs)
    axes = '<path d="M1 14H43M22 1V27" stroke-width="0.8" opacity="0.5"/>'
    return f'{axes}<polyline points="{points}" fill="none" stroke-width="2.2"/>'


def _sketch(kind: str) -> str:
    match kind:
        case "Conv2d":
            return (
                _draw_cells(4, 4, lambda r, c: 1 if r < 3 and c < 3 else 0.35)
                + _draw_arrow()
                + _draw_cells(2, 2, left=32)
            )
        case "ConvTranspose2d":
            return (
                _draw_cells(2, 2, left=1)
                + _draw_arrow(15)
                + _draw_cells(4, 4, lambda r, c: 1 if r < 3 and c < 3 else 0.35, left=20)
            )
        case "Upsample":
            quarters = (1, 0.45, 0.3, 0.75)
            small = _draw_cells(2, 2, lambda r, c: quarters[2 * r + c], left=1)
            return small + _draw_arrow(15) + _draw_cells(4, 4, lambda r, c: quarters[2 * (r // 2) + c // 2], left=20)
        case _ if LAYERS[kind].group == "Sequence":
            return sequence_icon(kind)
        case "Repeat" | "Residual" | "Branches":
            return _sketch_block(kind)
        case "LabelConcat" | "LabelEmbedding" | "LabelProjection":
            return _sketch_label(kind)
        case "MaxPool2d" | "AvgPool2d":
            one = kind == "MaxPool2d"
            shade = {(0, 1): 1.0, (1, 2): 1.0, (2, 0): 1.0, (3, 3): 1.0}
            of = (lambda r, c: shade.get((r, c), 0.3)) if one else (lambda r, c: 0.35 + 0.2 * ((r + c) % 3))
            return _draw_cells(4, 4, of) + _draw_arrow() + _draw_cells(2, 2, lambda *_: 1 if one else 0.6, left=32)
        case "AdaptiveAvgPool2d":
            return (
                _draw_cells(4, 4, lambda r, c: 0.35 + 0.2 * ((r + c) % 3))
                + _draw_arrow()
                + _draw_cells(1, 1, lambda *_: 0.6, left=34)
            )
        case "AdaptiveMaxPool2d":
            return (
                _draw_cells(4, 4, lambda r, c: 1 if (r, c) == (1, 2) else 0.3)
                + _draw_arrow()
                + _draw_cells(1, 1, left=34)
            )
        case "Flatten":
            return (
                _draw_cells(4, 2, lambda r, c: 0.4 + 0.15 * r)
                + _draw_arrow(15)
                + _draw_cells(1, 4, lambda _, c: 0.4 + 0.15 * c, left=24)
            )
        case "Reshape":
            return (
                _draw_cells(1, 4, lambda _, c: 0.4 + 0.15 * c)
                + _draw_arrow(25)
                + _draw_cells(4, 2, lambda r, c: 0.4 + 0.15 * r, left=31)
            )
        case "Dropout":
            return _draw_cells(4, 6, lambda r, c: 0.15 if (3 * r + 2 * c) % 5 < 2 else 1, left=8)
        case "Softmax":
            return "".join(
                f'<rect x="{6 + 8 * i}" y="{26 - h}" width="6" height="{h}"/>' for i, h in enumerate((4, 22, 8, 3))
            )
        case _:
            lines = "".join(f"M8 {a}L36 {b}" for a in (5, 14, 23) for b in (5, 14, 23))
            dots = "".join(f'<circle cx="{x}" cy="{y}" r="3"/>' for x in (8, 36) for y in (5, 14, 23))
            return f'<path d="{lines}" stroke-width="0.9" opacity="0.7"/>{dots}'


def _sketch_label(kind: str) -> str:
    """A tag that names the digit, and what becomes of it: one of ten, some learned numbers, or a single score."""
    tag = '<path d="M1 9h8l4 5l-4 5h-8z"/><circle cx="5" cy="14" r="1.5" fill="#fff"/>'
    match kind:
        case "LabelConcat":
            return tag + _draw_arrow(15) + _draw_cells(1, 4, lambda _, c: 1 if c == 2 else 0.3, left=20)
        case "LabelEmbedding":
            return tag + _draw_arrow(15) + _draw_cells(4, 4, lambda r, c: 0.25 + 0.25 * ((2 * r + 3 * c) % 4), left=20)
        case _:
            return f'{tag}{_draw_arrow(16)}<circle cx="31" cy="14" r="8"/>'


def _sketch_block(kind: str) -> str:
    """Layers behind each other, under a shortcut, or side by side."""
    box = '<rect x="{}" y="{}" width="8" height="{}" rx="1"/>'
    match kind:
        case "Repeat":
            return "".join(box.format(5 + 13 * i, 5, 18) for i in range(3)) + '<path d="M1 14H43" stroke-width="1"/>'
        case "Residual":
            path = '<path d="M1 20H43M6 20C10 -2 34 -2 38 20" fill="none" stroke-width="1.4"/>'
            return path + box.format(18, 14, 12)
        case _:
            path = '<path d="M1 14H8L14 6H30L36 14H43M8 14L14 22H30L36 14" fill="none" stroke-width="1.2"/>'
            return path + box.format(18, 1, 10) + box.format(18, 17, 10)


def _draw_cells(rows: int, columns: int, shade: Callable[[int, int], float] = lambda *_: 1, left: float = 1) -> str:
    """A grid of small squares, `shade` being the opacity of each."""
    top = (HEIGHT - 6 * rows) / 2
    return "".join(
        f'<rect x="{left + 6 * c}" y="{top + 6 * r}" width="5" height="5" opacity="{shade(r, c):.2f}"/>'
        for r in range(rows)
        for c in range(columns)
    )


def _draw_arrow(left: float = 26) -> str:
    return f'<path d="M{left} 14h4m-2.5 -2.5l2.5 2.5l-2.5 2.5" fill="none" stroke-width="1.2"/>'
