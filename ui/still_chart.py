"""A still Plotly figure on the live chart's own Plotly: Streamlit's copy of it would be another 5 MB to read."""

import json

import plotly.graph_objects as go

from ui.api.web import web_url
from ui.component import web_component

_component = web_component("still_chart", "lib/chart_frame.js", html='<div class="still-chart"></div>', in_page=True)


def still_chart(figure: go.Figure, key: str) -> None:
    """Show `figure`, whose layout names its height."""
    data = {"figure": json.loads(figure.to_json()), "plotly": web_url("plotly.min.js")}
    _component(data=data, key=key, height=int(figure.layout.height))
