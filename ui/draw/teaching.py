"""Teaching the network on the Draw page: which can be taught, how that begins, and what came of it."""

import base64
import binascii
from dataclasses import replace
from typing import Any

import streamlit as st

from engine.catalogue.params import SpecError
from engine.runs.info import RunInfo
from engine.text import Text
from engine.training.config import Source
from engine.training.own_digits import HELD_BACK, LEAST, MOST, PIXELS, OwnDigits, own_digits
from engine.training.teaching import read_right, teach
from ui.api.predict import DEMO, demo
from ui.backend import service
from ui.language import say
from ui.runs.words import named
from ui.state import Session, owner
from ui.train.first_weights import weights_of
from ui.train.run import PAGE

LOOK_EVERY = 2.0  # seconds
BUSY = Text("This network is still learning. It can be taught when it has learned.")


def teaching(run: RunInfo | None) -> dict[str, Any]:
    """What the pad needs to offer it: bounds, why it cannot be now, and what the shown run has learned of own
    digits."""
    busy = run is not None and not run.is_over
    told: dict[str, Any] = {"least": LEAST, "most": MOST, "held": sorted(HELD_BACK)}
    return told | {"busy": say(BUSY) if busy else "", "figures": _figures(run) if run else None}


def begin_teaching(visitor: Session, model: str, told: object) -> str:
    """Start the run in which `model` learns the digits that the pad sent, and let it read the pad; a sentence where
    that was refused."""
    try:
        digits = _digits(told)
        network, source, name = _taught(model, digits)
        job = teach(network, source, name, _rehearse(told))
        visitor.pad_model = PAGE.start(visitor, job=job)
    except SpecError as error:
        return say(error.text)
    return ""


@st.fragment(run_every=LOOK_EVERY)
def wait_until_taught(run_id: str) -> None:
    """Draw the page again once a run that is taught own digits is over, also where nothing is on the pad."""
    run = service().run(run_id)
    if run is None or run.is_over:
        st.rerun()


def is_being_taught(run: RunInfo | None) -> bool:
    return run is not None and not run.is_over and _is_taught(run)


def _is_taught(run: RunInfo) -> bool:
    return run.job.source is not None and run.job.source.taught is not None


def _rehearse(told: object) -> bool:
    return not isinstance(told, dict) or told.get("rehearse") is not False


def _digits(told: object) -> OwnDigits:
    """The digits that a browser sent as `{"labels": "71...", "pictures": [base64 of 784 bytes, ...]}`. Raises
    SpecError."""
    pictures = told.get("pictures") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(pictures, list) or len(pictures) > MOST:
        raise SpecError(Text("These digits cannot be read."), Text("Draw at most {most}.", most=MOST))
    try:
        content = b"".join(base64.b64decode(one, validate=True)[: PIXELS + 1] for one in pictures)
    except (TypeError, ValueError, binascii.Error) as error:
        raise SpecError(Text("These digits cannot be read."), Text("Draw them again.")) from error
    return own_digits(told.get("labels"), content)


def _taught(model: str, digits: OwnDigits) -> tuple[Any, Source, str]:
    """The network that is taught, as the source of the new run, and its name. Raises SpecError."""
    if model == DEMO:
        return demo().network, replace(weights_of(None), taught=digits), say("Bundled model, taught")
    run = service().run(model)
    if run is None or run.owner != owner() or not run.finished or run.kind != "classifier":
        raise SpecError(Text("Only a finished run of your own can be taught."), Text("Choose another network above."))
    name = named(run.name) if _is_taught(run) else say("{name}, taught", name=named(run.name))
    return run.job.network, replace(weights_of(run), taught=digits), name


def _figures(run: RunInfo) -> dict[str, Any] | None:
    """Before and after, of own digits and of MNIST; None where the run was not taught, or is not over."""
    source = run.job.source
    if run.owner != owner() or not run.finished or not _is_taught(run):
        return None
    before = demo().model if source.run == DEMO else service().learned(source.run)
    after = service().learned(run.id)
    if before is None or after is None:
        return None
    digits = source.taught
    (taught, held), (taught_now, held_now) = read_right(before, digits), read_right(after, digits)
    return {
        "taught": [len(digits.taught), taught, taught_now],
        "held": [len(digits.held_back), held, held_now],
        "test": [source.accuracy, float(run.finished["test_accuracy"])],
    }
