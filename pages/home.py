"""Home: the demo itself. Draw at once, then train a network of your own."""

import streamlit as st

from engine.catalogue.params import SpecError
from engine.gan.recipes import DEFAULT, RECIPES
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from ui.backend import service
from ui.home.cards import last_runs, ways_on
from ui.inside.view import look_inside
from ui.language import say
from ui.pad import DEMO, pad
from ui.runs.shown_kinds import shown_kind
from ui.state import owner, session, start_run

visitor = session()

with st.container(key="home-head", horizontal=True, vertical_alignment="center"):
    opening = say("**Draw a digit.** A neural network reads it while you draw; then train one of your own.")
    st.markdown(opening, width="stretch")
    promise = say("Train your own: 98 % in a few seconds")
    train_own = st.button(promise, type="primary", icon=":material/play_arrow:", key="train-quick")
    look_inside(DEMO)
    watch_gan = st.button(say("Watch a GAN learn to write"), icon=":material/auto_awesome:", key="watch-gan")
pad(DEMO, "pad-home", layout="home")
if train_own:
    quick = PRESETS["quick"]
    visitor.load(quick.network, quick.config)
    try:
        visitor.run_id = start_run(Classification(quick.network, quick.config))
    except SpecError as error:
        st.error(say(error.text), icon=":material/error:")
    else:
        st.switch_page("../pages/train.py", query_params={"run": visitor.run_id})
if watch_gan:
    visitor.load_gan(RECIPES[DEFAULT].gan)
    try:
        visitor.gan_run_id = start_run(visitor.gan)
    except SpecError as error:
        st.error(say(error.text), icon=":material/error:")
    else:
        st.switch_page("../pages/gan.py", query_params={"run": visitor.gan_run_id})
ways_on()
last_runs([run for run in service().runs(owner()) if shown_kind(run).figure])
