"""Which page shows which kind of run."""

import streamlit as st

from ui.backend import service

PAGE_OF: dict[str, str] = {
    "classifier": "../pages/train.py",
    "gan": "../pages/gan.py",
    "plane": "../pages/gan.py",
    "study": "../pages/gan.py",
}


def go_where_the_run_is_shown(here: str) -> None:
    """Leave for another page where the address names a run that the page for runs of kind `here` does not show."""
    run_id = st.query_params.get("run")
    run = service().run(run_id) if run_id else None
    if run and PAGE_OF[run.kind] != PAGE_OF[here]:
        st.switch_page(PAGE_OF[run.kind], query_params={"run": run.id})
