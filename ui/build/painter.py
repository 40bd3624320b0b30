"""Draws volumes, what lies on them, and lines beside them, in pixels, from the top to the bottom of a picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from engine.catalogue.params import Shape
from engine.network.spec import CLASSES, sizes
from ui.colours import COLOURS, DIGIT_COLOURS, faint_ink, ink, mixed, paper, rule
from ui.language import say

FONT = '"Source Sans", sans-serif'
WIDTH = 420
VOLUMES = 204
RAIL = 22  # px for a line beside the volumes
MOST_RAILS = 4
SHORT_ARC = 40  # px, below which it has no sign on it
LABELS = 222
TEXT_ROW = 24
LONG_LABEL = 22  # characters of a label that fit beside the volumes on a narrow page
# Oblique projection: how far a unit of depth goes to the right and up.
RIGHT, UP = 0.40, 0.26
Place = tuple[float, float]


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


class Painter:
    """Collects shapes, labels and hover points while moving down the picture."""

    def __init__(self, unit: float, space: float, dark: bool, rails: int) -> None:
        self.rails = min(rails, MOST_RAILS)  # lines beside the volumes, for which these move to the right
        self.margin = RAIL * self.rails
        self.unit, self.space, self.dark = unit * (1 - self.margin / VOLUMES), space, dark
        self.y, self.text = 8.0, 0.0  # where the next volume may begin, and where the last label stands
        self.shapes: list[dict[str, Any]] = []
        self.labels: list[dict[str, Any]] = []
        self.points: list[tuple[float, float, str, str]] = []
        self.below: tuple[float, float, float, float] | None = None  # left, right, bottom, depth of what was drawn last

    def volume(self, row: Row) -> None:
        width, depth, thickness = _size(row, self.unit)
        left, tall = (self.margin + VOLUMES - width - depth * RIGHT) / 2, depth * UP + thickness
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

    def start(self) -> Place:
        """Where something begins that goes beside what is drawn from now on."""
        left, _, bottom, _ = self.below or (self.margin, 0.0, self.y, 0.0)
        return left, bottom

    def arc(self, start: Place, level: int, sign: str, hover: str) -> None:
        """A shortcut past what was drawn since `start`, on the rail `level`, to where it is joined."""
        (left, top), (end, bottom), x = start, self.start(), self._rail(level)
        top, bottom, colour = top + 3, bottom - 3, faint_ink(self.dark)
        turn = max(4.0, min(RAIL, (bottom - top) / 2))
        out = f"M{left:.1f},{top:.1f}L{x + turn:.1f},{top:.1f}Q{x:.1f},{top:.1f} {x:.1f},{top + turn:.1f}"
        back = (
            f"L{x:.1f},{bottom - turn:.1f}Q{x:.1f},{bottom:.1f} {x + turn:.1f},{bottom:.1f}L{end - 3:.1f},{bottom:.1f}"
        )
        self.shapes.append({"type": "path", "path": out + back, "line": {"color": colour, "width": 2}})
        head = [(end - 8, bottom - 4), (end - 1, bottom), (end - 8, bottom + 4)]
        self._path(head, colour, {"color": colour, "width": 1})
        self._sign(x, (top + bottom) / 2, sign if bottom - top > SHORT_ARC else "", hover)

    def bracket(self, start: Place, level: int, sign: str, hover: str) -> None:
        """What was drawn since `start` is there more often, as the `sign` on the rail `level` says."""
        (_, top), (_, bottom), x = start, self.start(), self._rail(level)
        line = {"color": faint_ink(self.dark), "width": 2}
        self._path([(x + 6, top + 5), (x, top + 5), (x, bottom), (x + 6, bottom)], None, line, closed=False)
        self._sign(x + 1, (top + 5 + bottom) / 2, sign, hover)

    def _sign(self, x: float, y: float, sign: str, hover: str) -> None:
        """What a line on a rail means."""
        if sign:
            words = {"text": f"<b>{sign}</b>", "x": x, "y": y, "xanchor": "center", "bgcolor": paper(self.dark)}
            self.labels.append({**words, "font": {"size": 14, "color": ink(self.dark)}})
        self.points.append((x, y, hover, faint_ink(self.dark)))

    def _rail(self, level: int) -> float:
        return RAIL * (min(level, MOST_RAILS - 1) + 0.5)

    def columns(self, branches: Sequence[Sequence[Row]], titles: Sequence[str]) -> None:
        """Lists of rows side by side, each under its number, which `titles` explain beside them."""
        room = (VOLUMES - self.margin) / len(branches)
        unit, left, right = self.unit / len(branches), self.margin, VOLUMES
        top = max(self.y, self.text + TEXT_ROW) + 8
        self._funnel(left + room * 0.2, right - room * 0.2, top - 8)
        ends = [top + 6.0]
        for number, rows in enumerate(branches):
            middle, y = self.margin + room * (number + 0.5), top + 8
            head = {"text": f"<b>{number + 1}</b>", "x": middle, "y": top, "xanchor": "center"}
            self.labels.append({**head, "font": {"size": 13, "color": faint_ink(self.dark)}})
            for row in rows:
                width, depth, thickness = _size(row, unit)
                width = min(width, room - 6 - depth * RIGHT)
                x, thick = middle - (width + depth * RIGHT) / 2, max(5.0, min(thickness, 16.0))
                self._box(x, y, width, depth, thick, row.colour)
                self.points.append((middle, y + (depth * UP + thick) / 2, row.hover, row.colour))
                y += depth * UP + thick + 4
            if not rows:
                self._path(
                    [(middle, top + 10), (middle, top + 24)],
                    None,
                    {"color": faint_ink(self.dark), "width": 2},
                    closed=False,
                )
            ends.append(y)
        for number, title in enumerate(titles):
            text = {"text": title, "x": LABELS, "y": top + number * TEXT_ROW}
            self.labels.append({**text, "font": {"size": 13, "color": faint_ink(self.dark)}})
        self.text = top + max(0, len(titles) - 1) * TEXT_ROW
        self.below = (left + room * 0.2, right - room * 0.2, max(*ends, self.text), 0)
        self.y = self.below[2] + self.space / 2

    def mark(self, misfit: str) -> None:
        """A broken outline where the next volume would be."""
        left, right, bottom, _ = self.below or (self.margin, VOLUMES, self.y, 0.0)
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
            annotations=[
                {"showarrow": False, "xanchor": "left", "yanchor": "middle", "align": "left"} | label
                for label in self.labels
            ],
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
