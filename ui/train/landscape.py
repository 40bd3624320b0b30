"""The loss around the weights that a run ended with: the button, and the dialog in which
assets/web/landscape/landscape.js draws it."""

import streamlit as st

from engine.catalogue.params import SpecError
from engine.landscape.config import PICTURES, Landscape
from engine.runs.info import RunInfo
from ui.api.web import nothing, web_component, web_url
from ui.backend import service
from ui.dialog import open_dialog
from ui.language import say
from ui.runs.words import called
from ui.state import owner, start_run
from ui.train.first_weights import weights_of

LOOK = "train-landscape"

_component = web_component(
    "landscape",
    "landscape/landscape.js",
    sheets=["landscape/landscape.css"],
    html='<div class="landscape"></div>',
    in_page=True,
)


def landscape_button(run: RunInfo) -> None:
    """Offers a look around the weights of a finished run of the visitor's own."""
    if run.owner != owner() or not run.finished:
        return
    if st.button(
        say("See the loss around these weights"),
        key=LOOK,
        icon=":material/landscape:",
        help=say(
            "The weights are moved in two random directions, and at each place {count} training pictures are read: a "
            "map of the ground that training went down.",
            count=PICTURES,
        ),
    ):
        _look(run)


def _look(run: RunInfo) -> None:
    """Begin it, and open the dialog that shows it."""
    try:
        look, refusal = start_run(Landscape(run.job.network, run.job.config, weights_of(run))), ""
    except SpecError as error:
        look, refusal = "", say(error.text)
    open_dialog(say("The loss around the weights"), _show, look, refusal)


def _show(run_id: str, refusal: str) -> None:
    run = service().run(run_id) if run_id else None
    if run is None:
        st.warning(refusal or say("This map is not kept any more. Look again."), icon=":material/error:")
        return
    st.caption(
        say(
            "The loss of {network} on {count} training pictures. In the middle are its weights; at 1 each filter is "
            "moved by its own length, in a random direction (Li 2018).",
            network=called(run.name),
            count=PICTURES,
        )
    )
    data = {"run_id": run.id, "status": run.status, "plotly": web_url("plotly.min.js")}
    _component(key="landscape", data=data, on_status_change=nothing)
