"""Build: stack layers into a network, see it take shape at once, then train it."""

import streamlit as st

from engine.files import ASSETS
from engine.network.spec import survey_cards
from ui.build.cards import layer_list
from ui.build.moves import draw_echo
from ui.build.own_networks import own_row
from ui.build.part import PARTS, part_switch
from ui.build.sharing import open_link, tools
from ui.build.start import follows, presets
from ui.build.summary import picture, totals
from ui.language import say
from ui.state import session

visitor = session()
st.html(ASSETS / "web" / "build/page.css")
open_link(visitor)

with st.container(key="build-parts", horizontal=True, vertical_alignment="center"):
    part_switch(visitor)
    tools(visitor)
with st.container(key="build-head"):
    st.markdown(say(visitor.opened or PARTS[visitor.part].opening))
    follows(visitor)
presets(visitor)
own_row(visitor)
if visitor.notice:
    st.error(say(visitor.notice), icon=":material/error:")

seen, misfit = survey_cards(visitor.shown)
planned = [card for path, card in seen.items() if len(path) == 1]
with st.container(key="build"):
    cards, view = st.columns([2, 1], gap="medium")
with cards:
    layer_list(visitor, seen, misfit)
with view:
    totals(visitor, planned, misfit)
    picture(visitor, planned, misfit)
draw_echo(visitor)
