"""A visitor names the run shown, and gives it tags and a star."""

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
    """Its name, its tags and its star, to be changed; nothing for a run of somebody else."""
    if run.owner != owner():
        return
    name, star, tags = f"run-name-{run.id}", f"run-star-{run.id}", f"run-tags-{run.id}"
    seed(name, run.own_name)
    seed(star, run.starred)
    seed(tags, run.tags)
    with st.container(key="run-mark", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.text_input(
            say("Name of the run shown"),
            max_chars=MAX_NAME,
            key=name,
            placeholder=say("{name}, started {ago}", name=run.name or UNNAMED, ago=ago(run.created)),
            on_change=_mark,
            args=(run, name, star, tags),
            width=320,
        )
        st.text_input(
            say("Tags"),
            max_chars=MAX_NAME,
            key=tags,
            placeholder=say("Words to find it by"),
            on_change=_mark,
            args=(run, name, star, tags),
            width=240,
        )
        why = say("It stands first in your list, and is never removed for its age")
        st.toggle(say("Star"), key=star, on_change=_mark, args=(run, name, star, tags), help=why)
    settle(name, run.own_name)
    settle(tags, run.tags)
    settle(star, run.starred)


def _mark(run: RunInfo, name: str, star: str, tags: str) -> None:
    try:
        service().mark(run.id, owner(), entered(name), entered(star), entered(tags))
    except SpecError as error:
        st.toast(plain(say(error.text)), icon=":material/error:")
