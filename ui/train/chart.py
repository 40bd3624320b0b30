"""The live chart of one run: status, progress, figures and curves, drawn by assets/web/run/live_chart.js."""

from typing import Any

import streamlit as st

from ui.api.web import WEB, web_url
from ui.charts import COLOURS
from ui.machine.share import LINE

SCRIPT = f"""
const parts = ["{web_url("run/live_chart.js")}", "{web_url("machine/share.js")}"];
const views = Promise.all(parts.map((part) => import(new URL(part, location.origin))));
export default function (component) {{
  const left = views.then((modules) => modules.map(({{ mount }}) => mount(component)));
  return () => left.then((leave) => leave.forEach((goodbye) => goodbye()));
}}
"""

SHEETS = ("run/live_chart.css", "machine/share.css")

_component = st.components.v2.component(
    "live_chart",
    html=f'<div class="run-whole">{LINE}<div class="run-chart"></div></div>',
    css="\n".join((WEB / name).read_text("utf-8") for name in SHEETS),
    js=SCRIPT,
    isolate_styles=False,  # Plotly puts its own rules into the page's head, where a shadow root would not see them
)


def live_chart(run_id: str, key: str, *, status: str, label: str = "") -> dict[str, Any]:
    """Show a run as it goes on. `status` is what the page drew its buttons for; `label` a line above the figures.

    When the run's status becomes another, the page is run again and finds it once under "status".
    """
    data = {
        "run_id": run_id,
        "status": status,
        "label": label,
        "plotly": web_url("plotly.min.js"),
        "colours": {role: COLOURS[role] for role in ("train", "validation", "test", "wrong")},
    }
    result = _component(data=data, key=key, on_status_change=_nothing)
    return {"status": result.get("status")}


def _nothing() -> None:
    """Streamlit keeps a trigger only where a callback is named for it."""
