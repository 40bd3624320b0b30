"""One network at work on one digit, drawn by assets/web/inside; the pad that it follows; and the way there."""

import base64
import functools
import io
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from PIL import Image

from engine.data.mnist import load_mnist
from engine.runs.info import RunInfo
from engine.training.kind import EXAMPLE
from ui.api.predict import DEMO
from ui.api.web import nothing, web_component
from ui.colours import COLOURS, DIGIT_COLOURS
from ui.language import say
from ui.pad import pad
from ui.state import Session

PAD = "pad-inside"
QUERY, PART = "model", "part"
PLACE = ":host { display: block; container-type: inline-size; } .inside { min-height: 38rem; }"

_flow = web_component(
    "inside",
    "inside/inside.js",
    sheets=[
        "lib/activation.css",
        "lib/pager.css",
        *(f"inside/{name}.css" for name in ("inside", "detail", "why", "pictures", "parts")),
    ],
    html='<div class="inside"></div>',
    css=PLACE,
)


def flow(model: str, others: Mapping[str, str], *, may_train: bool) -> object:
    """All layers of `model` at work on the digit of the pad, and one of their numbers; `others` are all models that it
    may be compared with, `{id: label}`. Where it `may_train` on, the operation that is asked for first, as plain data;
    else None."""
    data: dict[str, Any] = {"pad": PAD, "model": model, "part": st.query_params.get(PART, ""), "others": dict(others)}
    data |= {"positive": COLOURS["positive"], "negative": COLOURS["negative"], "digits": DIGIT_COLOURS}
    return _flow(key="inside", data=data | {"mayTrain": may_train}, on_operated_change=nothing).get("operated")


def pad_with_a_digit(model: str, *, reread: bool) -> None:
    """The pad that the flow follows, with a digit of the test set on it."""
    pad(model, PAD, layout="compact", reread=reread, through="inside", first=_first_digit())


@functools.cache
def _first_digit() -> dict[str, Any]:
    """Dark on light, as one draws."""
    with io.BytesIO() as file:
        Image.fromarray(255 - load_mnist().test_images[0].numpy()).save(file, "PNG")
        return {"number": 0, "shown": base64.b64encode(file.getvalue()).decode()}


def model_asked_for(visitor: Session, runs: Sequence[RunInfo]) -> str:
    """Take the model that the address names, once; why not, where it cannot be."""
    asked = st.query_params.get(QUERY, "")
    if not asked or asked == visitor.inside_asked:
        return ""
    visitor.inside_asked = asked
    named = next((run for run in runs if run.id == asked), None)
    if named and not named.job.network.reads.is_digits:
        return say("This network reads other pictures than digits: Inside is for digits. The bundled one is shown.")
    if asked == DEMO or named:
        visitor.pad_model = asked
        return ""
    return say("This network is not among yours. The bundled one is shown.")


def readable(run: RunInfo, visitor: str) -> str:
    """The model of a run that the visitor may look into: the recorded run has the bundled one; empty for none."""
    if run.id == EXAMPLE:
        return DEMO
    if not run.job.network.reads.is_digits:
        return ""
    return run.id if run.owner == visitor and (run.finished or not run.is_over) else ""


def look_inside(model: str) -> None:
    """A link to this page with a model."""
    st.page_link("../pages/inside.py", label=say("Look inside"), icon=":material/search:", query_params={QUERY: model})
