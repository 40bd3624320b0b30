"""The Streamlit entry script: what all pages share, and which pages there are."""

import streamlit as st

from ui.frame import ABOUT, ICON, footer, style, trouble

st.set_page_config(page_title="Deep Learning Playground", page_icon=ICON, layout="wide", menu_items={"About": ABOUT})

PAGES = [
    st.Page("../pages/home.py", title="Home", icon=":material/home:", default=True),
    st.Page("../pages/build.py", title="Build", icon=":material/stacks:", url_path="build"),
    st.Page("../pages/train.py", title="Train", icon=":material/show_chart:", url_path="train"),
    st.Page("../pages/draw.py", title="Draw", icon=":material/draw:", url_path="draw"),
    st.Page("../pages/gan.py", title="GAN", icon=":material/auto_awesome:", url_path="gan"),
    st.Page("../pages/machine.py", title="Machine", icon=":material/memory:", url_path="machine"),
]

style()
page = st.navigation(PAGES, position="top")
trouble()
page.run()
footer()
