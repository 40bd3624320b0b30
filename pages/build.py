"""Build: stack layers into a network, see it take shape at once, then train it."""

import streamlit as st

from engine.network import survey
from ui.build_cards import layer_list
from ui.build_echo import echo
from ui.build_part import part_switch
from ui.build_start import presets
from ui.build_summary import picture, totals
from ui.build_words import WORDS
from ui.sharing import open_link, tools
from ui.state import session

visitor = session()
open_link(visitor)

with st.container(key="build-parts", horizontal=True, vertical_alignment="center"):
    part_switch(visitor)
    tools(visitor)
with st.container(key="build-head"):
    st.markdown(WORDS[visitor.part].opening)
presets(visitor)
if visitor.notice:
    st.error(visitor.notice, icon=":material/error:")

planned, misfit = survey(visitor.shown)
with st.container(key="build"):
    cards, view = st.columns([2, 1], gap="medium")
with cards:
    layer_list(visitor, planned, misfit)
with view:
    totals(visitor, planned, misfit)
    picture(visitor, planned, misfit)
echo(visitor)
