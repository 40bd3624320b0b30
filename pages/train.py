"""Train: start a run, watch it learn, change its course."""

import streamlit as st

from engine.training.kind import EXAMPLE
from ui.language import say
from ui.pad import DEMO, pad
from ui.runs.run_page import go_where_the_run_is_shown
from ui.runs.steering import is_stopping
from ui.state import entered, session
from ui.top_bar import heading
from ui.train.results import results
from ui.train.run import (
    CURE,
    MORE,
    PAGE,
    advised_rate,
    begin_cured,
    begin_more,
    controls,
    goes_on_from,
    live_chart,
    opening,
    rate,
)
from ui.train.settings import settings


@st.fragment
def steered_run() -> None:
    """All but the settings: a click here, or news of the run, draws this part alone, which is twice as quick."""
    visitor = session()
    refusal = PAGE.obey(visitor)
    run, unknown = PAGE.shown_or_example(visitor)
    if entered(CURE):
        refusal = begin_cured(visitor, run)
        if not refusal:
            st.rerun()  # the sidebar, too, shows other settings now
    if entered(MORE):
        refusal = begin_more(visitor, run)
        run, unknown = PAGE.shown_or_example(visitor)
    label = " ".join(filter(None, (PAGE.label(run), goes_on_from(run))))
    with st.container(key="train-page"):
        curves, hand = st.columns([13, 5], gap="medium")
    above = curves.container()
    with curves:  # sent first, so that a new run's curve does not wait for buttons to be drawn
        heading(say("Curves"))
        stopping = is_stopping(run)
        live_chart(run.id, "run-chart", status=run.status, advised=advised_rate(run), label=label, stopping=stopping)
    with above:
        heading(say("Run"))
        with st.container(key="train-recorded" if run.id == EXAMPLE else "train-own"):
            st.markdown(opening(run))
        for problem in filter(None, (refusal, unknown)):
            st.warning(problem, icon=":material/error:")
        controls(visitor, run)
    with hand:
        heading(say("Try it while it learns"))
        rate(visitor, run)
        pad(DEMO if run.id == EXAMPLE else run.id, "run-pad", layout="compact", reread=not run.is_over)
    results(run, visitor)


go_where_the_run_is_shown("classifier")
settings(session())
steered_run()
