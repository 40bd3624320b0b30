"""Whether what the browser sends was entered into the network as it is now, or into one that has just been replaced.

Who picks a preset and types at once types into the fields of the network before, and the browser sends along all that
stands there: kinds, names and numbers that are no longer meant. So each drawing of the page carries a number, which the
browser sends back with every entry.
"""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from ui.state import Session, enter, entered

KEY = "echo"
Entry = TypeVar("Entry")


def echo(visitor: Session) -> None:
    """The number, unseen, at the end of the page: a browser that has it has drawn all that is before it."""
    enter(KEY, str(visitor.moves))
    st.text_input("Number of the drawing", key=KEY, label_visibility="collapsed")


def unless_late(visitor: Session, change: Callable[[Entry], None]) -> Callable[[Entry], None]:
    """`change`, but for an entry into what has been replaced since: then every field is filled anew."""

    def checked(entry: Entry) -> None:
        if entered(KEY) in (None, str(visitor.moves)):
            change(entry)
        else:
            visitor.seeds.clear()

    return checked
