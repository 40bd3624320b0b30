"""Train: start a run, watch it learn, change its course."""

import streamlit as st

from engine.training.kind import EXAMPLE
from ui.inside.view import look_inside, readable
from ui.language import say
from ui.runs.run_page import go_where_the_run_is_shown, let_first_point_pass
from ui.runs.steering import is_stopping
from ui.state import owner, session, was_pressed
from ui.top_bar import heading
from ui.train.advice import begin_advised
from ui.train.rate_test import begin_range_test
from ui.train.results import results
from ui.train.run import (
    CURE,
    MORE,
    PAGE,
    TRY,
    advised_rate,
    begin_cured,
    begin_more,
    controls,
    goes_on_from,
    live_chart,
    opening,
    rate,
)
from ui.train.settings import FIND, settings
from ui.train.trying import try_it


@st.fragment
def steered_run() -> None:
    """All but the settings: a click here, or news of the run, draws this part alone, which is twice as quick."""
    visitor = session()
    refusal = PAGE.obey(visitor)
    run, unknown = PAGE.shown_or_example(visitor)
    if was_pressed(CURE):
        refusal = begin_cured(visitor, run)
        if not refusal:
            st.rerun()  # the sidebar, too, shows other settings now
    if (advised := begin_advised(visitor, run)) is not None:
        refusal = advised
        if not refusal:
            st.rerun()  # likewise
    if was_pressed(MORE):
        refusal = begin_more(visitor, run)
        run, unknown = PAGE.shown_or_example(visitor)
    if was_pressed(FIND):
        refusal = begin_range_test(visitor)
        run, unknown = PAGE.shown_or_example(visitor)
    label = " ".join(filter(None, (PAGE.label(run), goes_on_from(run))))
    with st.container(key="train-page"):
        curves, hand = st.columns([13, 5], gap="medium")
    above = curves.container()
    with curves:  # sent first, so that a new run's curve does not wait for buttons to be drawn
        heading(say("Curves"))
        stopping = is_stopping(run)
        told = {"advised": advised_rate(run), "guessing": 1 / len(run.job.network.reads.classes)}
        live_chart(run.id, "run-chart", status=run.status, label=label, stopping=stopping, **told)
    let_first_point_pass(run)
    with above:
        heading(say("Run"))
        with st.container(key="train-recorded" if run.id == EXAMPLE else "train-own"):
            st.markdown(opening(run))
        for problem in filter(None, (refusal, unknown)):
            st.warning(problem, icon=":material/error:")
        controls(visitor, run)
    with hand:
        heading(say("Try it while it learns"), TRY)
        rate(visitor, run)
        try_it(run)
        if model := readable(run, owner()):
            look_inside(model)
    results(run, visitor)


go_where_the_run_is_shown("classifier")
settings(session())
steered_run()
