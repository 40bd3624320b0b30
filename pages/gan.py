"""GAN: watch a network learn to write, step by step, and play with what it learned."""

import streamlit as st

from engine.files import ASSETS
from engine.gan.kind import EXAMPLE_GAN
from engine.text import Text
from ui.forms import choose_view
from ui.gan.run import PAGE, controls, cure, gan_of, steer
from ui.gan.settings import settings
from ui.gan.studio import gan_studio, more
from ui.language import say
from ui.plane.view import plane_view
from ui.runs.run_page import go_where_the_run_is_shown
from ui.runs.steering import is_steered_by_visitor
from ui.state import session
from ui.top_bar import heading

PLANE = "Two dimensions"
VIEWS = {"Digits": Text("Digits"), PLANE: Text("Two dimensions")}


def digits() -> None:
    visitor = session()
    refusal = steer(visitor, settings(visitor))
    if refusal:
        st.sidebar.warning(refusal, icon=":material/error:")
    studio()


@st.fragment
def studio() -> None:
    """All but the settings: a click here, or news of the run, draws this part alone, which is twice as quick."""
    visitor = session()
    refusal = PAGE.obey(visitor)
    run, unknown = PAGE.shown_or_example(visitor)
    above = st.container(key="gan-head")
    heading(say("Generated digits and their curves"))
    mine = is_steered_by_visitor(run)
    told = gan_studio(run.id, gan_of(run), "gan-studio", status=run.status, mine=mine, example=run.id == EXAMPLE_GAN)
    if told["cure"]:
        refusal = cure(visitor)
        if not refusal:
            st.rerun()  # the sidebar, too, shows other settings now
    with above:
        st.markdown(PAGE.label(run))
        for problem in filter(None, (refusal, unknown)):
            st.warning(problem, icon=":material/error:")
        controls(visitor, run)
    more(run, visitor)


st.html(ASSETS / "web" / "gan/page.css")
go_where_the_run_is_shown("gan")
with st.container(key="gan-views"):
    view = choose_view(Text("View"), VIEWS, "view")
if view == PLANE:
    plane_view()
else:
    digits()
