"""The result of a learning rate range test: its curve, the rate that it suggests and why, and a click that takes it."""

import math
from dataclasses import replace

import plotly.graph_objects as go
import streamlit as st

from engine.catalogue.params import SpecError
from engine.data.found import data_of
from engine.runs.info import RunInfo
from engine.text import Text
from engine.training.kind import Classification
from engine.training.range_test import Suggestion, is_range_test, range_test, suggest
from ui.backend import service
from ui.build.painter import FONT
from ui.charts import COLOURS, still_chart
from ui.colours import faint_ink, rule
from ui.language import say, say_number
from ui.page_frame import is_dark
from ui.state import Session
from ui.top_bar import heading
from ui.train.run import PAGE

HEIGHT = 300  # px


def begin_range_test(visitor: Session) -> str:
    """Start a range test of what is on the table; a sentence where that was refused."""
    try:
        PAGE.begin(
            visitor, job=Classification(visitor.network, range_test(visitor.config, data_of(visitor.network).train))
        )
    except SpecError as error:
        return say(error.text)
    return ""


def rate_found(run: RunInfo, visitor: Session) -> None:
    """The result of a range test that is over; nothing of any other run."""
    if not (is_range_test(run.job.config) and run.is_over):
        return
    steps = service().history(run.id).get("steps") or {"lr": [], "loss": []}
    found = suggest(steps["lr"], steps["loss"])
    if found is None:
        return
    heading(say("Learning rate found"))
    curve, words = st.columns([5, 4], gap="large")
    with curve:
        still_chart(_curve(found, is_dark()), "rate-curve", say(_told(found)))
    with words:
        st.markdown(say(_told(found)))
        if found.lr is None:
            return
        optimizer = run.job.config.optimizer.but(lr=found.lr)
        is_taken = visitor.config.optimizer == optimizer
        st.button(
            say("Take {rate:n}", rate=found.lr),
            key="rate-take",
            type="primary",
            icon=":material/check:",
            disabled=is_taken,
            on_click=_take,
            args=(visitor, run, found.lr),
        )
        if is_taken:
            st.caption(say("Taken: your next run begins with it. Press Start."))


def _take(visitor: Session, run: RunInfo, lr: float) -> None:
    visitor.edit_config(replace(visitor.config, optimizer=run.job.config.optimizer.but(lr=lr)))


def _told(found: Suggestion) -> Text:
    """What is suggested, and why."""
    if found.lr is None:
        return Text("The loss did not fall at any of these rates, so there is nothing to suggest. Look at the network.")
    return Text(
        "Suggested learning rate: {rate:n}. The loss was lowest at {lowest:n}; larger steps make it rise again. At a "
        "tenth of that rate the loss falls fast, and is far from rising.",
        rate=found.lr,
        lowest=float(f"{found.lowest_at:.2g}"),
    )


def _curve(found: Suggestion, dark: bool) -> go.Figure:
    """The smooth loss over the rate, on a logarithmic axis, with a line at the rate suggested."""
    figure = go.Figure(
        go.Scatter(x=found.rates, y=found.losses, mode="lines", line={"color": COLOURS["train"], "width": 3})
    )
    if found.lr is not None:
        figure.add_vline(found.lr, line={"color": COLOURS["test"], "width": 2, "dash": "dash"})
        label = {"x": math.log10(found.lr), "xanchor": "left", "y": 1, "yref": "paper", "showarrow": False}
        figure.add_annotation(text=say_number(found.lr), font={"color": COLOURS["test"], "size": 15}, **label)
    top = min(max(found.losses), 2 * found.losses[0])
    axis = {"gridcolor": rule(dark), "zeroline": False, "fixedrange": True}
    figure.update_layout(
        xaxis={**axis, "type": "log", "title": {"text": say("learning rate")}, "tickformat": "~g", "dtick": 1},
        yaxis={**axis, "title": {"text": say("loss")}, "range": [0, 1.05 * top]},
        margin={"l": 56, "r": 16, "t": 32, "b": 48},
        height=HEIGHT,
        dragmode=False,
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "color": faint_ink(dark), "size": 14},
    )
    return figure
