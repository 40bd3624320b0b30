"""The picture of a study: a dot for each training, drawn by assets/web/study/study.js."""

import streamlit as st

from ui.api.web import WEB, web_url
from ui.colours import COLOURS

SCRIPT = f"""
const study = import(new URL("{web_url("study/study.js")}", location.origin));
export default function (component) {{
  const left = study.then(({{ mount }}) => mount(component));
  return () => left.then((leave) => leave());
}}
"""

_component = st.components.v2.component(
    "study_picture",
    html='<div class="study"></div>',
    css=(WEB / "study/study.css").read_text("utf-8"),
    js=SCRIPT,
)


def study_picture(run_id: str | None, per_digit: int, added_per_digit: int, key: str, *, status: str) -> None:
    """Show a study as it goes on, or its empty axes; when its status becomes another, the page is run again."""
    data = {
        "run_id": run_id,
        "status": status,
        "per_digit": per_digit,
        "added_per_digit": added_per_digit,
        "colours": {role: COLOURS[role] for role in ("train", "generator")},
    }
    _component(key=key, data=data, on_status_change=_nothing)


def _nothing() -> None:
    """Streamlit keeps a trigger only where a callback is named for it."""
