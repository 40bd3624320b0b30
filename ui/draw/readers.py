"""The networks that can read a drawing: the bundled one, the visitor's own runs, and the one that learns now."""

import time
import zlib
from collections.abc import Iterable

import streamlit as st

from engine.runs.info import RunInfo
from ui.api.predict import DEMO, demo
from ui.state import Session, entered, seed, settle

UNNAMED = "Your network"


def choose_reader(visitor: Session, runs: Iterable[RunInfo]) -> str:
    """A select box for the network that reads this visitor's drawings; its id."""
    labels = readers(runs, time.time())
    if visitor.pad_model not in labels:
        visitor.pad_model = DEMO
    # Streamlit tells options by their labels, which change here: with other labels it is another widget.
    key = f"reader-{zlib.crc32(repr(labels).encode())}"
    seed(key, visitor.pad_model)
    st.selectbox(
        "Read by",
        list(labels),
        key=key,
        format_func=labels.__getitem__,
        on_change=_chosen,
        args=(visitor, key),
        width=320,
        help="The bundled network, or one you trained. The per cent are of MNIST's test pictures read correctly.",
    )
    settle(key, visitor.pad_model)
    return visitor.pad_model


def _chosen(visitor: Session, key: str) -> None:
    visitor.pad_model = entered(key)


def readers(runs: Iterable[RunInfo], now: float) -> dict[str, str]:
    """What to choose from, `{id: label}`: those still learning first, then the bundled model, then finished ones."""
    runs = list(runs)
    learning = {run.id: f"{run.name or UNNAMED}, {_state(run)}" for run in runs if not run.is_over}
    done = {run.id: f"{run.name or UNNAMED}, {accuracy(run)}, {ago(run.created, now)}" for run in runs if run.finished}
    return learning | {DEMO: f"Bundled model, {percent(demo().facts['test_accuracy'])}"} | done


def _state(run: RunInfo) -> str:
    return "training paused" if run.status == "paused" else "training now"


def accuracy(run: RunInfo) -> str:
    """The share of the test pictures a finished run reads correctly, else what became of it."""
    return percent(run.finished["test_accuracy"]) if run.finished else standing(run)


def standing(run: RunInfo) -> str:
    """What became of a run that is over, or was cut off with the server."""
    return "interrupted, can go on" if run.is_resumable else run.status


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def ago(created: float, now: float | None = None) -> str:
    """How long ago, in one unit: "just now", "5 minutes ago", "2 days ago"."""
    seconds = max(0.0, (time.time() if now is None else now) - created)
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' * (count != 1)} ago"
    return "just now"
