"""Draw: any network reads a drawing or a picture, and shows how it came to its answer."""

import time

import streamlit as st

from ui.backend import service
from ui.components.pad import pad
from ui.readers import DEMO, readers
from ui.state import owner, seed, session, settle

KEY = "pad-model"

visitor = session()
labels = readers(service().runs(owner()), time.time())
if visitor.pad_model not in labels:
    visitor.pad_model = DEMO

with st.container(key="draw-head", horizontal=True, vertical_alignment="center"):
    st.markdown("**Draw a digit**, or give a picture of one, and see how a network comes to read it.", width="stretch")
    seed(KEY, visitor.pad_model)
    visitor.pad_model = st.selectbox(
        "Read by",
        list(labels),
        key=KEY,
        format_func=labels.__getitem__,
        width=320,
        help="The bundled network, or one you trained. The per cent are of MNIST's test pictures read correctly.",
    )
    settle(KEY, visitor.pad_model)

run = service().run(visitor.pad_model)
pad(visitor.pad_model, "pad-draw", layout="full", reread=run is not None and not run.is_over)
