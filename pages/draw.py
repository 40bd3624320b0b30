"""Draw: any network reads a drawing or a picture, and shows how it came to its answer."""

import streamlit as st

from ui.backend import service
from ui.inside.view import look_inside
from ui.language import say
from ui.pad import choose_reader, pad
from ui.state import owner, session

with st.container(key="draw-head", horizontal=True, vertical_alignment="center"):
    opening = say("**Draw a digit**, or give a picture of one, and see how a network comes to read it.")
    st.markdown(opening, width="stretch")
    look_inside(session().pad_model)
    model = choose_reader(session(), service().runs(owner(), kind="classifier"))

run = service().run(model)
pad(model, "pad-draw", layout="full", reread=run is not None and not run.is_over)
