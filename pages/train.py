"""Train: start a run, watch it learn, change its course."""

import streamlit as st

from engine.files import ASSETS
from engine.runs.example import EXAMPLE
from ui.components.live_chart import live_chart
from ui.components.pad import pad
from ui.readers import DEMO
from ui.state import session
from ui.train_controls import controls, rate
from ui.train_results import results
from ui.train_run import label, obey, shown_run
from ui.train_settings import settings

visitor = session()
settings(visitor)
refusal = obey(visitor)
run, unknown = shown_run(visitor)

st.html(ASSETS / "web" / "train.css")
with st.container(key="train-page"):
    curves, hand = st.columns([13, 5], gap="medium")
with curves:
    st.markdown("**Start training** and watch the network learn. Draw a digit: it reads better and better.")
    for problem in filter(None, (refusal, unknown)):
        st.warning(problem, icon=":material/error:")
    controls(visitor, run)
    live_chart(run.id, "run-chart", status=run.status, label=label(run))
with hand:
    rate(run)
    pad(DEMO if run.id == EXAMPLE else run.id, "run-pad", layout="compact", reread=not run.is_over)
results(run, visitor)
