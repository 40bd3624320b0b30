"""Which network the Build page shows: the classifier, or one of the two of a GAN. The address says so, too."""

import streamlit as st

from engine.network.spec import ROLES
from ui.state import Session, entered, seed, settle

KEY = "part"  # also its name in the address


def part_switch(visitor: Session) -> None:
    """The switch at the head of the page, which follows the address and what else changes the part.

    Only an address that names a part other than it did last is followed: the visitor may have moved on since.
    """
    asked = st.query_params.get(KEY, "")
    if asked != visitor.part_asked and asked in ROLES:
        visitor.moves += visitor.part != asked
        visitor.part = asked
    seed(KEY, visitor.part)
    chosen = st.segmented_control(
        "What to build",
        list(ROLES),
        key=KEY,
        required=True,
        label_visibility="collapsed",
        on_change=_chosen,
        args=(visitor,),
    )
    settle(KEY, chosen or visitor.part)
    _tell_address(visitor)


def show(visitor: Session, part: str) -> None:
    """Show another part: for callbacks, before the page is drawn."""
    visitor.part = part
    visitor.moves += 1


def _chosen(visitor: Session) -> None:
    visitor.part_asked = st.query_params.get(KEY, "")
    show(visitor, str(entered(KEY)))


def _tell_address(visitor: Session) -> None:
    named = "" if visitor.part == "classifier" else visitor.part
    if named and named != st.query_params.get(KEY):
        st.query_params[KEY] = named
    elif not named and KEY in st.query_params:
        del st.query_params[KEY]
    visitor.part_asked = named
