"""The networks that can read a drawing: the bundled one, the visitor's own runs, and the one that learns now."""

import time
import zlib
from collections.abc import Iterable

import streamlit as st

from engine.runs.info import RunInfo
from engine.text import Text, plural
from ui.api.predict import DEMO, demo
from ui.forms import plain
from ui.language import say, say_number
from ui.state import Session, entered, seed, settle

UNNAMED = Text("Your network")
STANDINGS: dict[str, Text] = {
    "starting": Text("starting"),
    "running": Text("running"),
    "paused": Text("paused"),
    "finished": Text("finished"),
    "stopped": Text("stopped"),
    "diverged": Text("diverged"),
    "failed": Text("failed"),
    "interrupted": Text("interrupted, can go on"),
}


def called(name: Text | str) -> str:
    """What a network is called, as Markdown: by its own name, or as the visitor's."""
    return plain(say(name) if isinstance(name, Text) else name) or say(UNNAMED)


def choose_reader(visitor: Session, runs: Iterable[RunInfo]) -> str:
    """A select box for the network that reads this visitor's drawings; its id."""
    labels = readers(runs, time.time())
    if visitor.pad_model not in labels:
        visitor.pad_model = DEMO
    # Streamlit tells options by their labels, which change here: with other labels it is another widget.
    key = f"reader-{zlib.crc32(repr(labels).encode())}"
    seed(key, visitor.pad_model)
    st.selectbox(
        say("Read by"),
        list(labels),
        key=key,
        format_func=labels.__getitem__,
        on_change=_choose,
        args=(visitor, key),
        width=320,
        help=say("The bundled network, or one you trained. The per cent are of MNIST's test pictures read correctly."),
    )
    settle(key, visitor.pad_model)
    return visitor.pad_model


def _choose(visitor: Session, key: str) -> None:
    visitor.pad_model = entered(key)


def readers(runs: Iterable[RunInfo], now: float) -> dict[str, str]:
    """What to choose from, `{id: label}`: those still learning first, then the bundled model, then finished ones."""
    runs = list(runs)
    learning = {run.id: _learning(run) for run in runs if not run.is_over}
    done = {run.id: _done(run, now) for run in runs if run.finished}
    bundled = say("Bundled model, {accuracy}", accuracy=percent(demo().facts["test_accuracy"]))
    return learning | {DEMO: bundled} | done


def _learning(run: RunInfo) -> str:
    name = run.name or UNNAMED
    if run.status == "paused":
        return say("{name}, training paused", name=name)
    return say("{name}, training now", name=name)


def _done(run: RunInfo, now: float) -> str:
    name = run.name or UNNAMED
    return say("{name}, {accuracy}, {age}", name=name, accuracy=accuracy(run), age=ago(run.created, now))


def accuracy(run: RunInfo) -> str:
    """The share of the test pictures a finished run reads correctly, else what became of it."""
    return percent(run.finished["test_accuracy"]) if run.finished else standing(run)


def standing(run: RunInfo) -> str:
    """What became of a run that is over, or was cut off with the server."""
    return say(STANDINGS[run.status])


def percent(share: float) -> str:
    return f"{say_number(100 * share, '.1f')} %"


def ago(created: float, now: float | None = None) -> str:
    """How long ago, in one unit: "just now", "5 minutes ago", "2 days ago"."""
    seconds = max(0.0, (time.time() if now is None else now) - created)
    days, hours, minutes = (int(seconds // size) for size in (86400, 3600, 60))
    if days:
        return say(plural("{count} day ago", "{count} days ago", count=days))
    if hours:
        return say(plural("{count} hour ago", "{count} hours ago", count=hours))
    if minutes:
        return say(plural("{count} minute ago", "{count} minutes ago", count=minutes))
    return say("just now")
