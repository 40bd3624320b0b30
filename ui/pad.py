"""The digit pad: draw or give a picture, and a network reads it; drawn by assets/web/pad/pad.js. And the choice of the
network that reads: the bundled one, the visitor's own runs, and the one that learns now."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from engine.runs.info import RunInfo
from ui.api.predict import DEMO, demo
from ui.api.web import nothing, web_component
from ui.colours import DIGIT_COLOURS
from ui.language import say
from ui.runs.words import UNNAMED, accuracy, ago, percent
from ui.state import Session, entered, seed, settle

Layout = Literal["full", "home", "compact"]
# What stands there until the script has come: a place of about the right height, so that nothing jumps.
PLACE = """
:host { display: block; container-type: inline-size; }
.pad { min-height: 33rem; }
.pad[data-layout="full"] { min-height: 41rem; }
.pad[data-layout="compact"] { min-height: 18rem; }
@container (max-width: 40rem) {
  .pad[data-layout="home"] { min-height: 52.5rem; }
  .pad[data-layout="full"] { min-height: 72rem; }
}
"""

_components = {
    layout: web_component(
        f"pad_{layout}", "pad/pad.js", html=f'<div class="pad" data-layout="{layout}"></div>', css=PLACE
    )
    for layout in ("full", "home", "compact")
}


def pad(
    model: str,
    key: str,
    *,
    layout: Layout = "full",
    reread: bool = False,
    through: str = "predict",
    first: Mapping[str, Any] | None = None,
    teaching: Mapping[str, Any] | None = None,
) -> object:
    """Show a pad that `model` ("demo" or a run's id) reads; `model` may change, the drawing stays.

    "full" has the steps from ink to network, "home" the picture the network sees, "compact" fits a narrow column.
    With `reread` the same drawing is read again every second, for a network that is still learning; when it has
    learned all it will, the page is run again. `through` is the address under /api that is asked; what follows the pad
    in the browser takes the answer from there. `first` is a picture of the test set, `{"number", "shown"}` with a
    PNG in base64, read until something is drawn. With `teaching`, as ui/draw/teaching.py has it, drawings can be named
    and taught; returns those that the visitor sends, as plain data, else None.
    """
    data = {"key": key, "model": model, "layout": layout, "reread": reread, "colours": list(DIGIT_COLOURS)}
    data |= {"through": through, "first": first, "teaching": teaching}
    result = _components[layout](key=key, data=data, on_learned_change=nothing, on_taught_change=nothing)
    return result.get("taught")


def choose_reader(visitor: Session, labels: Mapping[str, str]) -> str:
    """A select box for the network of `readers` that reads this visitor's drawings; its id."""
    if visitor.pad_model not in labels:
        visitor.pad_model = DEMO
    # Streamlit tells options by their labels, which change here: with other labels it is another widget.
    key = f"reader-{zlib.crc32(repr(labels).encode())}"
    seed(key, visitor.pad_model)
    st.selectbox(
        say("Model"),
        list(labels),
        key=key,
        format_func=labels.__getitem__,
        on_change=_choose,
        args=(visitor, key),
        width=320,
        help=say("The bundled model, or one you trained. The per cent are of MNIST's test pictures read correctly."),
    )
    settle(key, visitor.pad_model)
    return visitor.pad_model


def _choose(visitor: Session, key: str) -> None:
    visitor.pad_model = entered(key)


def readers(runs: Iterable[RunInfo], now: float | None = None) -> dict[str, str]:
    """What to choose from, `{id: label}`: those still learning first, then the bundled model, then finished ones."""
    learning, done = models_of([run for run in runs if run.job.network.reads.is_digits], now)
    bundled = say("Bundled model, {accuracy}", accuracy=percent(demo().facts["test_accuracy"]))
    return learning | {DEMO: bundled} | done


def models_of(runs: Sequence[RunInfo], now: float | None = None) -> tuple[dict[str, str], dict[str, str]]:
    """Those that still learn and those that are finished, each `{id: label}`."""
    learning = {run.id: _learning(run) for run in runs if not run.is_over}
    return learning, {run.id: _done(run, now) for run in runs if run.finished}


def _learning(run: RunInfo) -> str:
    name = run.name or UNNAMED
    if run.status == "paused":
        return say("{name}, training paused", name=name)
    if run.is_testing:
        return say("{name}, testing now", name=name)
    return say("{name}, training now", name=name)


def _done(run: RunInfo, now: float | None) -> str:
    name = run.name or UNNAMED
    return say("{name}, {accuracy}, {age}", name=name, accuracy=accuracy(run), age=ago(run.created, now))
