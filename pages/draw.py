"""Draw: any network reads a drawing or a picture, and shows how it came to its answer."""

import streamlit as st

from ui.backend import service
from ui.draw.teaching import begin_teaching, is_being_taught, teaching, wait_until_taught
from ui.inside.view import look_inside
from ui.language import say
from ui.pad import choose_reader, pad, readers
from ui.state import owner, session

with st.container(key="draw-head", horizontal=True, vertical_alignment="center"):
    opening = say("**Draw a digit**, or give a picture of one, and see how a network comes to read it.")
    st.markdown(opening, width="stretch")
    look_inside(session().pad_model)
    model = choose_reader(session(), readers(service().runs(owner(), kind="classifier")))

run = service().run(model)
place = st.empty()
told = pad(model, "pad-draw", layout="full", reread=run is not None and not run.is_over, teaching=teaching(run))
if told is not None:
    refusal = begin_teaching(session(), model, told)
    if refusal:
        place.warning(refusal, icon=":material/error:")
    else:
        st.rerun()
if run and is_being_taught(run):
    wait_until_taught(run.id)
