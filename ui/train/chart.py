"""The live chart of one run: status, progress, figures and curves, drawn by assets/web/run/live_chart.js."""

from typing import Any

from ui.api.web import web_url
from ui.charts import COLOURS
from ui.component import nothing, web_component
from ui.machine.share import LINE

_component = web_component(
    "live_chart",
    ["run/live_chart.js", "machine/share.js"],
    sheets=["run/head.css", "run/live_chart.css"],
    html=f'<div class="run-whole">{LINE}<div class="run-chart"></div></div>',
    in_page=True,
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
    result = _component(data=data, key=key, on_status_change=nothing)
    return {"status": result.get("status")}
