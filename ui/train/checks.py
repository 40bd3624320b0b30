"""Checks before a long run: the button in the settings, and the dialog in which assets/web/checks/checks.js tells what
came out."""

import streamlit as st

from engine.catalogue.params import SpecError
from engine.checks.config import Checks
from ui.api.web import nothing, web_component
from ui.backend import service
from ui.dialog import open_dialog
from ui.language import say
from ui.runs.words import called
from ui.state import Session, noted, start_run

CHECK = "train-check"

_component = web_component(
    "checks", "checks/checks.js", sheets=["checks/checks.css"], html='<div class="checks"></div>', in_page=True
)


def check_button() -> None:
    """Asks for the checks; `check_now` obeys."""
    st.button(
        say("Check before a long run"),
        icon=":material/checklist:",
        help=say("Three short trainings of some seconds show whether this network learns at all with these settings."),
        width="stretch",
        **noted(CHECK),
    )


def check_now(visitor: Session) -> None:
    """Begin the checks of what is on the table, and open the dialog that shows them."""
    try:
        run_id, refusal = start_run(Checks(visitor.network, visitor.config)), ""
    except SpecError as error:
        run_id, refusal = "", say(error.text)
    open_dialog(say("Check before a long run"), _show, run_id, refusal)


def _show(run_id: str, refusal: str) -> None:
    run = service().run(run_id) if run_id else None
    if run is None:
        st.warning(refusal or say("These checks are not kept any more. Start them again."), icon=":material/error:")
        return
    st.caption(
        say("The first steps of {network}: most of what goes wrong in a long run shows here.", network=called(run.name))
    )
    _component(key="checks", data={"run_id": run.id, "status": run.status}, on_status_change=nothing)
