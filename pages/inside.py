"""Inside: one network at work on one digit, layer by layer, down to one number."""

import streamlit as st

from engine.catalogue.params import SpecError
from ui.backend import service
from ui.inside.view import flow, model_asked_for, pad_with_a_digit
from ui.language import say
from ui.pad import choose_reader, readers
from ui.state import owner, session
from ui.train.run import begin_operated, can_train_more

runs = service().runs(owner(), kind="classifier")
unknown = model_asked_for(session(), runs)
with st.container(key="inside-head", horizontal=True, vertical_alignment="center"):
    opening = say(
        "**Draw a digit** and follow it through every layer; choose a map or a number to see how it comes about."
    )
    st.markdown(opening, width="stretch")
    models = readers(runs)
    model = choose_reader(session(), models)
if unknown:
    st.warning(unknown, icon=":material/error:")
run = service().run(model)
with st.container(key="inside-page"):
    hand, view = st.columns([5, 17], gap="medium")
    with hand:
        pad_with_a_digit(model, reread=run is not None and not run.is_over)
    with view:
        place = st.empty()
        operated = flow(model, models, may_train=run is not None and can_train_more(run))
        if operated is not None:
            try:
                begin_operated(session(), run, operated)
            except SpecError as error:
                place.warning(say(error.text), icon=":material/error:")
            else:
                st.switch_page("../pages/train.py")
