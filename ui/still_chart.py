"""A still Plotly figure on the live chart's own Plotly: Streamlit's copy of it would be another 5 MB to read."""

import json

import plotly.graph_objects as go
import streamlit as st

from ui.api.web import web_url

SCRIPT = f"""
const chart = import(new URL("{web_url("run/still_chart.js")}", location.origin));
export default function (component) {{
  const left = chart.then(({{ mount }}) => mount(component));
  return () => left.then((leave) => leave());
}}
"""

_component = st.components.v2.component(
    "still_chart",
    html='<div class="still-chart"></div>',
    js=SCRIPT,
    isolate_styles=False,  # Plotly puts its own rules into the page's head, where a shadow root would not see them
)


def still_chart(figure: go.Figure, key: str) -> None:
    """Show `figure`, whose layout names its height."""
    data = {"figure": json.loads(figure.to_json()), "plotly": web_url("plotly.min.js")}
    _component(data=data, key=key, height=int(figure.layout.height))
