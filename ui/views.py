"""The choice between views of a page, kept in the address by their keys, in whatever language they are named."""

from collections.abc import Mapping

import streamlit as st

from engine.text import Text
from ui.language import say
from ui.state import seed, settle


def choose_view(label: Text, titles: Mapping[str, Text], key: str) -> str:
    """A row of `titles`, the first of which needs no word in the address; the key of the view that was chosen.

    Streamlit's own binding to the address would write the titles there, so a link opened in one language would mean
    nothing in another.
    """
    first, asked = next(iter(titles)), st.query_params.get(key, "")
    seed(key, asked if asked in titles else first)
    chosen = st.segmented_control(
        say(label),
        list(titles),
        key=key,
        format_func=lambda view: say(titles[view]),
        required=True,
        label_visibility="collapsed",
    )
    view = chosen or first
    settle(key, view)
    if view != first and view != asked:
        st.query_params[key] = view
    elif view == first and asked:
        del st.query_params[key]
    return view
