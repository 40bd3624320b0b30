"""A visitor names the run shown, and gives it a star."""

import streamlit as st

from engine.catalogue.names import MAX_NAME
from engine.catalogue.params import SpecError
from engine.runs.info import RunInfo
from ui.backend import service
from ui.forms import plain
from ui.language import say
from ui.runs.words import UNNAMED, ago
from ui.state import entered, owner, seed, settle


def mark_form(run: RunInfo) -> None:
    """Its name and its star, to be changed; nothing for a run of somebody else."""
    if run.owner != owner():
        return
    name, star = f"run-name-{run.id}", f"run-star-{run.id}"
    seed(name, run.own_name)
    seed(star, run.starred)
    with st.container(key="run-mark", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.text_input(
            say("Name of the run shown"),
            max_chars=MAX_NAME,
            key=name,
            placeholder=say("{name}, started {ago}", name=run.name or UNNAMED, ago=ago(run.created)),
            on_change=_mark,
            args=(run, name, star),
            width=320,
        )
        why = say("It stands first in your list, and is never removed for its age")
        st.toggle(say("Star"), key=star, on_change=_mark, args=(run, name, star), help=why)
    settle(name, run.own_name)
    settle(star, run.starred)


def _mark(run: RunInfo, name: str, star: str) -> None:
    try:
        service().mark(run.id, owner(), entered(name), entered(star))
    except SpecError as error:
        st.toast(plain(say(error.text)), icon=":material/error:")
