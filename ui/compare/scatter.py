"""What each run of the visitor's reached: as a point over one of its settings, its size or its time, or as a line
through all of them."""

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from engine.runs.info import RunInfo
from engine.text import Text
from ui.build.painter import FONT
from ui.charts import COLOURS, still_chart
from ui.colours import faint_ink, ink, paper, rule
from ui.forms import plain
from ui.language import say, say_number
from ui.page_frame import is_dark
from ui.runs.words import named

HEIGHT = 420  # px
WIDE = 20  # times as large: an axis is logarithmic beyond
ACROSS: dict[str, tuple[Text, Callable[[RunInfo], float]]] = {
    "parameters": (Text("Parameters"), lambda run: run.parameters),
    "seconds": (Text("Training time, s"), lambda run: (run.finished or {}).get("train_seconds", math.nan)),
    "lr": (Text("Learning rate"), lambda run: run.job.config.optimizer["lr"]),
    "batch_size": (Text("Batch size"), lambda run: run.job.config.batch_size),
    "epochs": (Text("Epochs"), lambda run: run.job.config.epochs),
    "images": (Text("Pictures"), lambda run: run.job.config.images),
}

ALL = "all"
REACHED = Text("Test accuracy, %")
LOW, HIGH = ("bottom", -8), ("top", 8)  # where the least and the largest value of an axis stand
TITLES = (34, 54, 74)  # px above an axis; neighbours at different heights, for phones are narrow


def scatter(runs: Sequence[RunInfo]) -> None:
    """Draw the runs that finished, and let one choose what goes across."""
    done = [run for run in runs if run.finished and run.parameters]
    if len(done) < 2:
        st.caption(say("Once two of your runs have finished, each stands here as a point."))
        return
    chosen = st.segmented_control(
        say("Over"),
        [*ACROSS, ALL],
        required=True,
        default="parameters",
        key="scatter-over",
        format_func=lambda one: say("All of these") if one == ALL else say(ACROSS[one][0]),
    )
    best = max(done, key=_accuracy)
    values: dict[str, int | float | str] = {
        "count": len(done),
        "name": named(best.name),
        "accuracy": 100 * _accuracy(best),
    }
    told = say("{count} runs. {name} reads best: {accuracy:.2f} %.", **values)
    st.caption(plain(told))
    if chosen == ALL:
        still_chart(_parallel(done, best, is_dark()), "runs-parallel", told)
        return
    title, of = ACROSS[chosen if chosen in ACROSS else "parameters"]
    still_chart(_figure(done, say(title), of, best, is_dark()), "runs-scatter", told)


def _written(value: float) -> str:
    """A whole number as it is, any other to four digits."""
    return say_number(value if float(value).is_integer() else float(f"{value:.4g}"))


def _accuracy(run: RunInfo) -> float:
    return float((run.finished or {}).get("test_accuracy", 0.0))


def _figure(
    runs: Sequence[RunInfo], title: str, of: Callable[[RunInfo], float], best: RunInfo, dark: bool
) -> go.Figure:
    """The best of them is named; the others say their names under the pointer."""
    across, up = [of(run) for run in runs], [100 * _accuracy(run) for run in runs]
    known = [value for value in across if value > 0]
    wide = bool(known) and max(known) / min(known) > WIDE
    words = [
        f"<b>{escape(named(run.name))}</b><br>{say_number(y, '.2f')} %, {title}: {_written(x)}"
        for run, x, y in zip(runs, across, up, strict=True)
    ]
    place = runs.index(best)
    axis = {"gridcolor": rule(dark), "zeroline": False, "fixedrange": True, "linecolor": rule(dark)}
    figure = go.Figure(
        go.Scatter(
            x=across,
            y=up,
            mode="markers",
            marker={"size": 13, "color": COLOURS["test"], "line": {"width": 1, "color": paper(dark)}},
            hovertext=words,
            hoverinfo="text",
        )
    )
    figure.add_annotation(
        x=math.log10(across[place]) if wide else across[place],
        y=up[place],
        text=escape(named(best.name)),
        showarrow=False,
        yshift=16,
        font={"size": 14, "color": ink(dark)},
    )
    figure.update_layout(
        **_look(dark),
        margin={"l": 64, "r": 24, "t": 24, "b": 52},
        xaxis={**axis, "title": {"text": title}, "type": "log" if wide else "linear"},
        yaxis={**axis, "title": {"text": say(REACHED)}},
    )
    return figure


def _look(dark: bool) -> dict[str, Any]:
    return {
        "height": HEIGHT,
        "showlegend": False,
        "dragmode": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "color": faint_ink(dark), "size": 14},
        "hoverlabel": {"bgcolor": paper(dark), "font": {"family": FONT, "color": ink(dark), "size": 14}},
    }


def _parallel(runs: Sequence[RunInfo], best: RunInfo, dark: bool) -> go.Figure:
    """Parallel coordinates (Inselberg 1985): an axis for each setting and for what was reached, a line for each run. An
    axis whose values lie far apart is logarithmic."""
    axes = [*((say(title), of) for title, of in ACROSS.values()), (say(REACHED), lambda run: 100 * _accuracy(run))]
    figure = go.Figure()
    columns = [[of(run) for run in runs] for _, of in axes]
    heights = [_heights(values) for values in columns]
    for place, (title, _) in enumerate(axes):
        known = [value for value in columns[place] if not math.isnan(value)]
        figure.add_shape(type="line", x0=place, x1=place, y0=0, y1=1, line={"color": rule(dark), "width": 1})
        figure.add_annotation(x=place, y=1, text=escape(title), showarrow=False, yshift=TITLES[place % len(TITLES)])
        for value, y, (anchor, shift) in ((min(known), 0, LOW), (max(known), 1, HIGH)):
            written = _written(value)
            side = "top" if anchor == "bottom" else "bottom"
            figure.add_annotation(x=place, y=y, text=written, showarrow=False, yanchor=side, yshift=shift)
    for number, run in sorted(enumerate(runs), key=lambda one: one[1] is best):
        values = [column[number] for column in columns]
        told = [
            f"<b>{escape(named(run.name))}</b><br>{title}: {_written(value)}"
            for (title, _), value in zip(axes, values, strict=True)
        ]
        figure.add_scatter(
            x=list(range(len(axes))),
            y=[column[number] for column in heights],
            mode="lines+markers",
            line={"color": COLOURS["test"] if run is best else COLOURS["train"], "width": 3 if run is best else 1.5},
            marker={"size": 7},
            opacity=1 if run is best else 0.5,
            hovertext=told,
            hoverinfo="text",
        )
    hidden = {"visible": False, "fixedrange": True}
    figure.update_layout(
        **_look(dark),
        margin={"l": 56, "r": 56, "t": 100, "b": 36},
        xaxis={**hidden, "range": [-0.2, len(axes) - 0.8]},
        yaxis={**hidden, "range": [-0.06, 1.06]},
    )
    return figure


def _heights(values: Sequence[float]) -> list[float]:
    """Where values stand on an axis, from 0 to 1: in the middle where all are the same."""
    known = [value for value in values if not math.isnan(value)]
    if min(known) > 0 and max(known) / min(known) > WIDE:
        values, known = ([math.log(value) for value in found] for found in (values, known))
    low, high = min(known), max(known)
    return [math.nan if math.isnan(value) else (value - low) / (high - low) if high > low else 0.5 for value in values]
