"""The line that says what a run gets of the machine; written by assets/web/machine/share.js."""

import streamlit as st

from ui.api.web import WEB, web_url

LINE = '<div class="machine-share-line"></div>'

SCRIPT = f"""
const line = import(new URL("{web_url("machine/share.js")}", location.origin));
export default function (component) {{
  const left = line.then(({{ mount }}) => mount(component));
  return () => left.then((leave) => leave());
}}
"""

_component = st.components.v2.component(
    "machine_share", html=LINE, css=(WEB / "machine/share.css").read_text("utf-8"), js=SCRIPT
)


def machine_share(run_id: str | None, status: str, key: str) -> None:
    """Keep a line free for the run, and fill it while it is under way; it asks the server itself every few seconds."""
    _component(key=key, data={"run_id": run_id or "", "status": status})
