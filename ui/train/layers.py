"""What a run does in each of its layers, drawn while it trains."""

from engine.runs.info import RunInfo
from ui.api.web import web_component

_layers = web_component("layers", "layers/layers.js", sheets=["layers/layers.css"], html='<div class="layers"></div>')


def layers_at_work(run: RunInfo) -> None:
    _layers(key="run-layers", data={"run_id": run.id, "status": run.status})
