"""The picture of a network: what flows through it, as volumes that shrink from a 28 x 28 picture to scores, or grow."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Param, Shape, Value
from engine.network.spec import CLASSES, INPUT_SHAPE, NetworkSpec, PlannedLayer, sizes
from engine.text import Text, plural
from ui.colours import COLOURS, DIGIT_COLOURS, GROUP_COLOURS, faint_ink, ink, layer_colour, mixed, paper, rule
from ui.language import say, say_number

FONT = '"Source Sans", sans-serif'
WIDTH = 420
VOLUMES = 204
LABELS = 222
TEXT_ROW = 19
LONG_LABEL = 22  # characters of a label that fit beside the volumes on a narrow page
TALL = 600
# Pixels on screen for one pixel of a volume, and pixels between volumes: the first that keeps the picture under TALL.
SCALES = ((5, 26), (5, 20), (5, 14), (5, 9), (4.4, 9), (3.8, 8), (3.2, 8), (2.6, 7))
# Oblique projection: how far a unit of depth goes to the right and up.
RIGHT, UP = 0.40, 0.26


@dataclass(frozen=True, slots=True)
class Row:
    """What is drawn for one layer. A `sheet` changes numbers, not their arrangement: it lies under what it works on.
    `ten` are scores, one for each digit; on the lid of what is `written` lies a digit."""

    title: str
    shape: Shape
    colour: str
    hover: str
    sheet: bool = False
    ten: bool = False
    written: bool = False


def network_picture(network: NetworkSpec, planned: Sequence[PlannedLayer], dark: bool, misfit: str = "") -> go.Figure:
    """Draw the layers that fit together, in pixels, top to bottom, with the visitor's words; `misfit` names the place
    where it stops fitting.

    Width and depth of a volume are its picture's, to scale; its thickness grows with the root of its channels, the
    length of a flat row of numbers with their logarithm.
    """
    rows = [_input(network), *(_row(network.role, layer) for layer in planned)]
    widest = max((max(row.shape[1:]) for row in rows if len(row.shape) == 3), default=1)
    for unit, space in SCALES:
        painter = _Painter(unit * min(1, INPUT_SHAPE[-1] / widest), space, dark)
        for row in rows:
            painter.sheet(row) if row.sheet else painter.volume(row)
        if misfit:
            painter.mark(misfit)
        if painter.y <= TALL:
            break
    return painter.figure()


def _input(network: NetworkSpec) -> Row:
    colour, shape = GROUP_COLOURS["Input"], network.input_shape
    if network.role == "generator":
        numbers = say(plural("{count:,} random number", "{count:,} random numbers", count=shape[0]))
        return Row("z", shape, colour, f"<b>z</b><br>{numbers}")
    name, pixels = say("Input"), say("a picture of 28 × 28 pixels")
    return Row(name, shape, colour, f"<b>{name}</b><br>{pixels}", written=True)


def _row(role: str, planned: PlannedLayer) -> Row:
    kind, row = planned.layer.kind, LAYERS[planned.layer.kind]
    settings = ", ".join(filter(None, (_setting(row.params[n], v) for n, v in planned.layer.values)))
    sheet = planned.in_shape == planned.out_shape and row.group not in ("Core", "Convolution", "Pooling")
    ten = role == "classifier" and planned.out_shape == (CLASSES,)
    written = role == "generator" and planned.out_shape == INPUT_SHAPE
    title = f"<b>{planned.index + 1} {kind}</b>" + (f" ({settings})" if settings else "")
    hover = "<br>".join([title, *map(say, _costs(planned))])
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


def _setting(param: Param, value: Value) -> str:
    """A setting in words; a switch that is off goes without saying, as does what is advanced and as usual."""
    label = say(param.label)
    if param.goes_unsaid(value):
        return ""
    if isinstance(value, bool):
        return label if value else ""
    shown = param.shown(value)
    return f"{label} {say_number(shown, 'g') if isinstance(shown, int | float) else say(shown)}"


def _size(row: Row, unit: float) -> tuple[float, float, float]:
    """Width, depth and thickness in px."""
    shape = row.shape
    if row.ten:
        return 34 * unit, 0, 3.4 * unit
    if len(shape) == 1:
        return min(3.3 * unit * math.log2(shape[0] + 1), VOLUMES - 2 * unit), 2 * unit, 1.6 * unit
    if len(shape) == 2:
        steps, numbers = shape
        return min(3.3 * unit * math.log2(numbers + 1), VOLUMES / 2), min(steps, 28) * unit, 1.6 * unit
    channels, height, width = shape
    return max(width, 1.2) * unit, max(height, 1.2) * unit, (0.6 + 0.42 * math.sqrt(channels)) * unit


class _Painter:
    """Collects shapes, labels and hover points while moving down the picture."""

    def __init__(self, unit: float, space: float, dark: bool) -> None:
        self.unit, self.space, self.dark = unit, space, dark
        self.y, self.text = 8.0, 0.0  # where the next volume may begin, and where the last label stands
        self.shapes: list[dict[str, Any]] = []
        self.labels: list[dict[str, Any]] = []
        self.points: list[tuple[float, float, str, str]] = []
        self.below: tuple[float, float, float, float] | None = None  # left, right, bottom, depth of what was drawn last

    def volume(self, row: Row) -> None:
        width, depth, thickness = _size(row, self.unit)
        left, tall = (VOLUMES - width - depth * RIGHT) / 2, depth * UP + thickness
        self.y = max(self.y, self.text + TEXT_ROW + self.space / 3 - tall / 2)
        self._funnel(left, left + width, self.y + depth * UP)
        if row.ten:
            self._ten(left, width / CLASSES)
        else:
            self._box(left, self.y, width, depth, thickness, row.colour)
        if row.written:
            self._seven(left, width, depth)
        self._label(row, self.y + tall / 2, left, width)
        self.below = (left, left + width, self.y + tall, depth)
        self.y += tall + self.space

    def sheet(self, row: Row) -> None:
        left, right, bottom, depth = self.below or (0.0, 0.0, self.y, 0.0)
        self._box(left, bottom - depth * UP, right - left, depth, 5, row.colour, lid=False)
        self._label(row, bottom + 2.5, left, right - left)
        self.below = (left, right, bottom + 5, depth)
        self.y = bottom + 5 + self.space

    def mark(self, misfit: str) -> None:
        """A broken outline where the next volume would be."""
        left, right, bottom, _ = self.below or (0.0, VOLUMES, self.y, 0.0)
        middle = (left + right) / 2
        left, right = min(left, middle - 20), max(right, middle + 20)
        colour = mixed(COLOURS["wrong"], "#FFFFFF", 0.25) if self.dark else mixed(COLOURS["wrong"], "#000000", 0.15)
        top = max(self.y, bottom + 6, self.text + TEXT_ROW - 12)
        corners = [(left, top), (right, top), (right, top + 24), (left, top + 24)]
        self._path(corners, None, {"color": colour, "width": 2, "dash": "dash"})
        sign = {"text": "?", "x": middle, "y": top + 12, "xanchor": "center"}
        lines = wrap(misfit, LONG_LABEL)
        words = {"text": f"<b>{'<br>'.join(lines)}</b>", "x": LABELS, "y": top + 3, "yanchor": "top"}
        self.labels += [
            {**sign, "font": {"size": 18, "color": colour}},
            {**words, "font": {"size": 14, "color": colour}},
        ]
        self.points.append((middle, top + 12, f"<b>{misfit}</b>", colour))
        self.y, self.text = top + 36, top + TEXT_ROW * len(lines)

    def figure(self) -> go.Figure:
        """The axes count pixels at a width of 420; a wider or narrower place scales both alike."""
        height = max(self.y - self.space, self.text) + 14
        figure = go.Figure(
            go.Scatter(
                x=[p[0] for p in self.points],
                y=[p[1] for p in self.points],
                hovertext=[p[2] for p in self.points],
                hoverlabel={"bordercolor": [p[3] for p in self.points]},
                hoverinfo="text",
                mode="markers",
                marker={"size": 34, "symbol": "square", "color": "rgba(0,0,0,0)"},
            )
        )
        shared = {"visible": False, "fixedrange": True, "constrain": "domain"}
        figure.update_layout(
            shapes=self.shapes,
            annotations=[{"showarrow": False, "xanchor": "left", "yanchor": "middle"} | label for label in self.labels],
            xaxis={**shared, "range": [0, WIDTH]},
            yaxis={**shared, "range": [height, 0], "scaleanchor": "x", "constraintoward": "top"},
            margin={"l": 0, "r": 0, "t": 0, "b": 0},
            height=height,
            showlegend=False,
            dragmode=False,
            hoverdistance=24,
            paper_bgcolor="rgba(0,0,0,0)",
            plot_bgcolor="rgba(0,0,0,0)",
            font={"family": FONT, "color": ink(self.dark)},
            hoverlabel={
                "bgcolor": paper(self.dark),
                "font": {"family": FONT, "color": ink(self.dark), "size": 14},
                "align": "left",
            },
        )
        return figure

    def _box(
        self, left: float, top: float, width: float, depth: float, thickness: float, colour: str, lid: bool = True
    ) -> None:
        """An oblique box whose back upper edge is at `top`; without its lid where something lies on it."""
        x, y, right, up = left, top + depth * UP, depth * RIGHT, depth * UP
        edge = {"color": mixed(colour, paper(self.dark), 0.25 if self.dark else 0.0), "width": 1}
        light, shade = mixed(colour, "#FFFFFF", 0.45), mixed(colour, "#000000", 0.25)
        if self.dark:
            light, colour, shade = (
                mixed(colour, "#FFFFFF", 0.12),
                mixed(colour, "#000000", 0.2),
                mixed(colour, "#000000", 0.45),
            )
        front = [(x, y), (x + width, y), (x + width, y + thickness), (x, y + thickness)]
        side = [(x + width, y), (x + width + right, y - up), (x + width + right, y - up + thickness), front[2]]
        if lid:
            self._path([(x, y), (x + width, y), (x + width + right, y - up), (x + right, y - up)], light, edge)
        self._path(side, shade, edge)
        self._path(front, colour, edge)

    def _funnel(self, left: float, right: float, top: float) -> None:
        """Thin lines from what was drawn last to what comes."""
        if self.below:
            for start, end in ((self.below[0], left), (self.below[1], right)):
                line = {"color": rule(self.dark), "width": 1}
                self._path([(start, self.below[2]), (end, top)], None, line, closed=False)

    def _ten(self, left: float, side: float) -> None:
        for digit, colour in enumerate(DIGIT_COLOURS):
            x = left + digit * side
            corners = [(x, self.y), (x + side - 1.5, self.y), (x + side - 1.5, self.y + side), (x, self.y + side)]
            self._path(corners, colour, {"color": colour, "width": 1})
            text = {"text": f"<b>{digit}</b>", "x": x + side / 2 - 0.7, "y": self.y + side / 2, "xanchor": "center"}
            self.labels.append({**text, "font": {"size": round(2.4 * self.unit), "color": "#FFFFFF"}})

    def _seven(self, left: float, width: float, depth: float) -> None:
        """A digit written on the lid of the input."""
        strokes = [(0.22, 0.86), (0.78, 0.86), (0.56, 0.12)]
        points = [(left + u * width + v * depth * RIGHT, self.y + (1 - v) * depth * UP) for u, v in strokes]
        self._path(points, None, {"color": ink(self.dark), "width": 4}, closed=False)

    def _label(self, row: Row, y: float, left: float, width: float) -> None:
        shape, faint = say(sizes(row.shape)), faint_ink(self.dark)
        is_long = not row.sheet and len(row.title) + len(shape) > LONG_LABEL
        y = max(y, self.text + (1.5 if is_long else 1) * TEXT_ROW)
        self.text = y + is_long * TEXT_ROW / 2
        after = "" if row.sheet else f'{"<br>" if is_long else "  "}<span style="color:{faint}">{shape}</span>'
        title = row.title if row.sheet else f"<b>{row.title}</b>"
        font = {"size": 13 if row.sheet else 15, "color": faint if row.sheet else ink(self.dark)}
        self.labels.append({"text": title + after, "x": LABELS, "y": y, "font": font})
        for x in (left + width * 0.25, left + width * 0.75, LABELS + 30, LABELS + 100):
            self.points.append((x, y, row.hover, row.colour))

    def _path(
        self, points: Sequence[tuple[float, float]], fill: str | None, line: dict[str, Any], closed: bool = True
    ) -> None:
        path = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + ("Z" if closed else "")
        self.shapes.append({"type": "path", "path": path, "fillcolor": fill or "rgba(0,0,0,0)", "line": line})
