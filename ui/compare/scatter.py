"""A point for each run of the visitor's: what it reached over one of its settings, its size or its time."""

import math
from collections.abc import Callable, Sequence
from html import escape

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
ACROSS: dict[str, tuple[Text, Callable[[RunInfo], float]]] = {
    "parameters": (Text("Parameters"), lambda run: run.parameters),
    "seconds": (Text("Training time, s"), lambda run: (run.finished or {}).get("train_seconds", math.nan)),
    "lr": (Text("Learning rate"), lambda run: run.job.config.optimizer["lr"]),
    "batch_size": (Text("Batch size"), lambda run: run.job.config.batch_size),
    "epochs": (Text("Epochs"), lambda run: run.job.config.epochs),
    "images": (Text("Pictures"), lambda run: run.job.config.images),
}


def scatter(runs: Sequence[RunInfo]) -> None:
    """Draw the runs that finished, and let one choose what goes across."""
    done = [run for run in runs if run.finished and run.parameters]
    if len(done) < 2:
        st.caption(say("Once two of your runs have finished, each stands here as a point."))
        return
    chosen = st.segmented_control(
        say("Over"),
        list(ACROSS),
        required=True,
        default="parameters",
        key="scatter-over",
        format_func=lambda one: say(ACROSS[one][0]),
    )
    title, of = ACROSS[chosen if chosen in ACROSS else "parameters"]
    best = max(done, key=_accuracy)
    values: dict[str, int | float | str] = {
        "count": len(done),
        "name": named(best.name),
        "accuracy": 100 * _accuracy(best),
    }
    told = say("{count} runs. {name} reads best: {accuracy:.2f} %.", **values)
    st.caption(plain(told))
    still_chart(_figure(done, say(title), of, best, is_dark()), "runs-scatter", told)


def _accuracy(run: RunInfo) -> float:
    return float((run.finished or {}).get("test_accuracy", 0.0))


def _figure(
    runs: Sequence[RunInfo], title: str, of: Callable[[RunInfo], float], best: RunInfo, dark: bool
) -> go.Figure:
    """The best of them is named; the others say their names under the pointer."""
    across, up = [of(run) for run in runs], [100 * _accuracy(run) for run in runs]
    known = [value for value in across if value > 0]
    wide = bool(known) and max(known) / min(known) > 20
    words = [
        f"<b>{escape(named(run.name))}</b><br>{say_number(y, '.2f')} %, {title}: {say_number(float(f'{x:.4g}'))}"
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
        height=HEIGHT,
        showlegend=False,
        dragmode=False,
        margin={"l": 64, "r": 24, "t": 24, "b": 52},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "color": faint_ink(dark), "size": 14},
        hoverlabel={"bgcolor": paper(dark), "font": {"family": FONT, "color": ink(dark), "size": 14}},
        xaxis={**axis, "title": {"text": title}, "type": "log" if wide else "linear"},
        yaxis={**axis, "title": {"text": say("Test accuracy, %")}},
    )
    return figure
