"""Which run the Train page shows, its live chart, and what may be done with it."""

from dataclasses import replace
from typing import Any

from engine.kind import SET
from engine.runs.info import RunInfo
from engine.text import Text
from engine.training.kind import EXAMPLE, LR, Classification
from ui.api.web import web_url
from ui.backend import service
from ui.charts import COLOURS
from ui.component import nothing, web_component
from ui.machine.view import LINE
from ui.runs.run_page import RunPage
from ui.runs.steering import Steering
from ui.state import Session, entered, owner

BATCH, EPOCH = "run-batch", "run-epoch"
PAGE = RunPage(
    "classifier",
    "run_id",
    Steering("run-go", "run-stop", {BATCH: "step", EPOCH: "epoch"}),
    job=lambda visitor: Classification(visitor.network, visitor.config),
    started=lambda visitor: visitor.keep(),
    example=EXAMPLE,
    missing=Text("No run has the address that was opened. This is the example instead."),
    own=Text("Your run: {name}, {parameters:,} parameters, started {ago}."),
    others=Text("You are watching someone else's run: {name}, {parameters:,} parameters."),
    recorded=Text("An example: the network {name}, recorded. Press Start to train yours."),
)


def change_rate(visitor: Session, run: RunInfo, key: str) -> None:
    """Callback of the slider `key`: from the next step on this learning rate, and for the next run where that is to
    train the same way."""
    rate = float(entered(key))
    service().control(run.id, owner(), SET, (LR, rate))
    table = visitor.config.optimizer
    if visitor.network == run.job.network and table.kind == run.job.config.optimizer.kind:
        visitor.edit_config(replace(visitor.config, optimizer=table.but(lr=rate)))


def base_rate(run: RunInfo) -> float:
    """The learning rate that the run's schedule multiplies at the moment."""
    job = service().job_now(run.id) or run.job
    return float(job.config.optimizer["lr"])


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
