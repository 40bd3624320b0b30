"""Data: what networks learn from; pictures of one's own."""

import streamlit as st

from ui.language import say
from ui.pictures.view import about, bring_in, choice, closer_look, shown_set, wall
from ui.state import session

visitor = session()
row = shown_set(visitor)

with st.container(key="data-head"):
    st.markdown(say("**Choose what a network learns from**, or bring pictures of your own: a folder for each class."))
choice(visitor, row)
with st.container(key="data-page"):
    view, own = st.columns([2, 1], gap="large")
with view:
    about(visitor, row)
    wall(row)
    closer_look(visitor, row)
with own:
    bring_in(visitor, row)
