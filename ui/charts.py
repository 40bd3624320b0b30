"""Data as still Plotly figures in the visitor's language, shown by the live chart's own Plotly: Streamlit's copy of
it would be another 5 MB to read."""

import json
from collections.abc import Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from ui.api.web import web_component, web_url
from ui.build.painter import FONT
from ui.colours import COLOURS as COLOURS
from ui.colours import DIGIT_COLOURS as DIGIT_COLOURS
from ui.colours import faint_ink, ink, mixed, paper, rule
from ui.language import say, say_number

LONGEST = 14  # characters of a class beside a matrix
MOST_WRITTEN = 30  # classes whose counts find room in the cells


def confusion_matrix(confusion: Sequence[Sequence[int]], classes: Sequence[str], dark: bool) -> go.Figure:
    """How often each true class (rows) was read as each class (columns), counts in the cells.

    The diagonal, read correctly, stands apart in a calm colour; mistakes are coloured by their share of the row.
    """
    names, long = [escape(short_name(one)) for one in classes], max(map(len, classes)) > 1
    rights = [f"{name} {_share(row, true)}" for true, (name, row) in enumerate(zip(names, confusion, strict=True))]
    places = list(range(len(classes)))
    rows = [(true, row, max(sum(row), 1)) for true, row in enumerate(confusion)]
    mistakes = [
        [None if true == read or not n else n / whole for read, n in enumerate(row)] for true, row, whole in rows
    ]
    right = [[1 if true == read else None for read in range(len(row))] for true, row, _ in rows]
    words = [
        [_in_words(classes[true], classes[read], n, whole) for read, n in enumerate(row)] for true, row, whole in rows
    ]
    background = paper(dark)
    wrong, calm = COLOURS["wrong"], mixed(COLOURS["test"], background, 0.72)
    worst = max((share for row in mistakes for share in row if share), default=0.01)
    shared = {"x": places, "y": places, "xgap": 2, "ygap": 2, "showscale": False, "hoverinfo": "text"}
    figure = go.Figure(
        [
            go.Heatmap(z=right, colorscale=[[0, calm], [1, calm]], hovertext=words, **shared),
            go.Heatmap(
                z=mistakes,
                zmin=0,
                zmax=worst,
                colorscale=[[0, mixed(wrong, background, 0.93)], [1, mixed(wrong, background, 0.25)]],
                hovertext=words,
                **shared,
            ),
        ]
    )
    counts = [(true, read, n) for true, row, _ in rows for read, n in enumerate(row)]
    axis = {
        "side": "top",
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "tickvals": places,
        "ticktext": names,
    }
    axis["tickfont"] = {"size": 13 if long else 15}
    figure.update_layout(
        annotations=[
            {
                "x": read,
                "y": true,
                "text": f"<b>{say_number(n, ',')}</b>" if true == read else say_number(n, ",") if n else "·",
                "showarrow": False,
                "font": {"size": 13, "color": ink(dark) if n else rule(dark)},
            }
            for true, read, n in counts
            if len(classes) <= MOST_WRITTEN
        ],
        xaxis={**axis, "title": {"text": say("read as")}, "tickangle": -45 if long else 0},
        yaxis={
            **axis,
            "side": "left",
            "ticktext": rights if long else names,
            "title": {"text": say("true class") if long else say("true digit")},
            "autorange": "reversed",
        },
        margin={"l": 168, "r": 48, "t": 120, "b": 8} if long else {"l": 56, "r": 8, "t": 56, "b": 8},
        height=500 if long else 440,
        dragmode=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "color": faint_ink(dark), "size": 15},
        hoverlabel={"bgcolor": background, "font": {"family": FONT, "color": ink(dark), "size": 15}},
    )
    return figure


def _share(row: Sequence[int], true: int) -> str:
    """How much of a class was read rightly."""
    return f"{say_number(100 * row[true] / sum(row), '.0f')} %" if sum(row) else ""


def short_name(name: str) -> str:
    """A class's name, as much of it as finds room beside a matrix."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _in_words(true: str, read: str, count: int, whole: int) -> str:
    true, read = escape(true), escape(read)
    values: dict[str, Any] = {"count": count, "whole": whole, "digit": true, "share": 100 * count / whole}
    if true == read:
        return say("{count:,} of {whole:,} pictures of a {digit} ({share:.1f} %) were read correctly", **values)
    return say("{count:,} of {whole:,} pictures of a {digit} ({share:.1f} %) were read as {read}", **values, read=read)


_component = web_component("still_chart", "lib/chart_frame.js", html='<div class="still-chart"></div>', in_page=True)


def told_matrix(confusion: Sequence[Sequence[int]]) -> str:
    """What a matrix of confusions shows, for who does not see it."""
    whole, right = sum(map(sum, confusion)), sum(row[digit] for digit, row in enumerate(confusion))
    return say("How often each class was read as which: {right:,} of {whole:,} rightly", right=right, whole=whole)


def still_chart(figure: go.Figure, key: str, told: str) -> None:
    """Show `figure`, whose layout names its height; `told` is what it shows."""
    data = {"figure": json.loads(figure.to_json()), "plotly": web_url("plotly.min.js"), "told": told}
    _component(data=data, key=key, height=int(figure.layout.height))
