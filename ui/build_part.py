"""Which network the Build page shows: the classifier, or one of the two of a GAN. The address says so, too."""

import streamlit as st

from engine.network import ROLES
from ui.state import Session, enter, settle

KEY = "part"  # also its name in the address


def part_switch(visitor: Session) -> None:
    """The switch at the head of the page, which follows the address and what else changes the part.

    The address carries an option as it is written here, so the style sheet gives it its capital.
    """
    if visitor.seeds.get(KEY, "classifier") != visitor.part:
        enter(KEY, visitor.part)
    chosen = st.segmented_control(
        "What to build",
        list(ROLES),
        key=KEY,
        default="classifier",
        required=True,
        label_visibility="collapsed",
        bind="query-params",
    )
    settle(KEY, chosen)
    visitor.moves += chosen != visitor.part
    visitor.part = chosen


def show(visitor: Session, part: str) -> None:
    """Show another part: for callbacks, before the page is drawn."""
    visitor.part = part
    visitor.moves += 1
