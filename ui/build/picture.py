"""The picture of a network: what flows through it, as volumes that shrink from a 28 x 28 picture to scores, or grow;
shortcuts go past them as arcs, branches stand side by side."""

from collections.abc import Collection, Sequence

import plotly.graph_objects as go

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Shape
from engine.network.plans import Path
from engine.network.spec import CLASSES, INPUT_SHAPE, NetworkSpec, PlannedLayer, is_block, sizes
from engine.text import Text, plural
from ui.build.naming import block_name, numbered, settings_in_words
from ui.build.painter import LONG_LABEL, Painter, Row
from ui.colours import GROUP_COLOURS, layer_colour
from ui.language import say

TALL = 600
# Pixels on screen for one pixel of a volume, and pixels between volumes: the first that keeps the picture under TALL.
SCALES = ((5, 26), (5, 20), (5, 14), (5, 9), (4.4, 9), (3.8, 8), (3.2, 8), (2.6, 7))
JOINS = {"add": "+", "concatenate": "&", "multiply": "×"}


def network_picture(
    network: NetworkSpec,
    planned: Sequence[PlannedLayer],
    dark: bool,
    misfit: str = "",
    closed: Collection[Path] = (),
) -> go.Figure:
    """Draw the layers that fit together, in pixels, top to bottom, with the visitor's words; `misfit` names the place
    where it stops fitting. A `closed` block is a single volume.

    Width and depth of a volume are its picture's, to scale; its thickness grows with the root of its channels, the
    length of a flat row of numbers with their logarithm.
    """
    widest = max((max(shape[1:]) for shape in _shapes(network, planned) if len(shape) == 3), default=1)
    for unit, space in SCALES:
        painter = Painter(unit * min(1, INPUT_SHAPE[-1] / widest), space, dark, _rails(planned, closed))
        painter.volume(_input(network))
        role = network.role if network.reads.is_digits else ""  # digits have their colours
        _draw(painter, role, planned, closed)
        if misfit:
            painter.mark(misfit)
        if painter.y <= TALL:
            break
    return painter.figure()


def _shapes(network: NetworkSpec, planned: Sequence[PlannedLayer]) -> list[Shape]:
    inside = [shape for p in planned for body in p.bodies[:6] for shape in _shapes(network, body)]
    return [network.input_shape, *(p.out_shape for p in planned), *inside]


def _rails(planned: Sequence[PlannedLayer], closed: Collection[Path]) -> int:
    """How many lines stand beside the volumes at most, one beside the other."""
    return max((_rails_of(p, closed) for p in planned), default=0)


def _rails_of(planned: PlannedLayer, closed: Collection[Path]) -> int:
    match planned.layer.kind:
        case "Repeat" if planned.path in closed:
            return 1 + _holds_shortcut(planned)
        case "Residual" if planned.path in closed:
            return 1
        case "Repeat" | "Residual":
            return 1 + _rails(planned.bodies[0], closed)
        case _:
            return 0


def _holds_shortcut(planned: PlannedLayer) -> bool:
    return any(inner.layer.kind == "Residual" for inner in planned.bodies[0])


def _draw(
    painter: Painter,
    role: str,
    planned: Sequence[PlannedLayer],
    closed: Collection[Path],
    above: str = "",
    level: int = 0,
) -> None:
    """Draw a list, `level` lines inside others, as part of what has the number `above`."""
    for p in planned:
        number, start = numbered(above, p.index), painter.start()
        row = _row(role, p, number)
        if p.layer.kind == "Branches":
            painter.columns(*_columns(role, p, number, closed))
        if p.path in closed or not is_block(p.layer.kind) or p.layer.kind == "Branches":
            painter.sheet(row) if row.sheet else painter.volume(row)
        else:
            _draw(painter, role, p.bodies[0], closed, number, level + 1)
        match p.layer.kind:
            case "Residual":
                painter.arc(start, level, JOINS[p.layer["join"]], row.hover)
            case "Repeat":
                if p.path in closed and _holds_shortcut(p):
                    painter.arc(start, level + 1, "", row.hover)
                painter.bracket(start, level, f"×{p.layer['times']}", row.hover)


def _columns(
    role: str, planned: PlannedLayer, number: str, closed: Collection[Path]
) -> tuple[list[list[Row]], list[str]]:
    """The rows of each branch, and its title; of a block that is folded only what comes last."""
    rows, first = [], -1 if planned.path in closed else 0
    for place, body in enumerate(planned.bodies):
        rows.append([_row(role, p, numbered(numbered(number, place), p.index)) for p in body[first:]])
    titles = [] if planned.path in closed else [_title(place, body) for place, body in enumerate(planned.bodies)]
    return rows, titles


def _title(place: int, branch: Sequence[PlannedLayer]) -> str:
    """The number of a branch and its layers, as many as find room."""
    kinds = " ".join(p.layer.kind for p in branch) or say("passes on")
    return f"<b>{place + 1}</b> {kinds if len(kinds) <= LONG_LABEL + 2 else kinds[:LONG_LABEL] + '…'}"


def _input(network: NetworkSpec) -> Row:
    colour, shape = GROUP_COLOURS["Input"], network.input_shape
    if network.role == "generator":
        numbers = say(plural("{count:,} random number", "{count:,} random numbers", count=shape[0]))
        return Row("z", shape, colour, f"<b>z</b><br>{numbers}")
    name, pixels = say("Input"), say("a picture of {height} × {width} pixels", height=shape[1], width=shape[2])
    return Row(name, shape, colour, f"<b>{name}</b><br>{pixels}", written=network.reads.is_digits)


def _row(role: str, planned: PlannedLayer, number: str) -> Row:
    kind, row = planned.layer.kind, LAYERS[planned.layer.kind]
    settings = settings_in_words(planned.layer)
    block = is_block(kind)
    sheet = planned.in_shape == planned.out_shape and row.group not in ("Core", "Convolution", "Pooling", "Block")
    ten = role == "classifier" and planned.out_shape == (CLASSES,) and not block
    written = role == "generator" and planned.out_shape == INPUT_SHAPE and not block
    title = f"<b>{number} {kind}</b>" + (f" ({settings})" if settings else "")
    held = [block_name(planned.layer, planned.out_shape)] if block else []
    shortcut = [say("{kind} on the shortcut", kind=planned.shortcut.layer.kind)] if planned.shortcut else []
    hover = "<br>".join([title, *held, *shortcut, *map(say, _costs(planned))])
    return Row(kind, planned.out_shape, layer_colour(kind), hover, sheet, ten, written)


def _costs(planned: PlannedLayer) -> list[Text]:
    """What a layer does to the shape, what it learns, and its work."""
    shapes = Text(
        "{in_shape} in, {out_shape} out", in_shape=sizes(planned.in_shape), out_shape=sizes(planned.out_shape)
    )
    learned = plural("{count:,} parameter", "{count:,} parameters", count=planned.parameters)
    work = plural("{count:,} multiply-add a picture", "{count:,} multiply-adds a picture", count=planned.multiply_adds)
    learned = learned if planned.parameters else Text("nothing to learn")
    return [shapes, learned, work] if planned.multiply_adds else [shapes, learned]
