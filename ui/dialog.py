"""Dialogs over a page, one at a time."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def open_dialog(title: str, body: Callable[..., None], *values: Any, **options: Any) -> None:
    """Open a wide dialog that shows `body(*values)`, unless this run of the page has opened one: of two buttons that
    were pressed at once the first counts, and Streamlit raises for the second."""
    run = get_script_run_ctx()
    if run is None or not run.has_dialog_opened:
        st.dialog(title, width="large", **options)(body)(*values)
