"""How the machine is shared, looked at once a second; drawn by assets/web/machine/machine.js."""

import streamlit as st

from ui.api.web import WEB, web_url
from ui.colours import COLOURS

SCRIPT = f"""
const machine = import(new URL("{web_url("machine/machine.js")}", location.origin));
export default function (component) {{
  const left = machine.then(({{ mount }}) => mount(component));
  return () => left.then((leave) => leave());
}}
"""
SHEETS = ("machine/machine.css", "machine/host.css")

_component = st.components.v2.component(
    "machine_view",
    html='<div class="machine"></div>',
    css="\n".join((WEB / name).read_text("utf-8") for name in SHEETS),
    js=SCRIPT,
)


def machine_view() -> None:
    """Show all training processes and their runs; it asks the server itself and never has the page run again."""
    _component(key="machine-view", data={"colours": {role: COLOURS[role] for role in ("train", "wrong")}})
