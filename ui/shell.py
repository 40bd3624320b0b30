"""The Streamlit entry script: what all pages share, and which pages there are."""

import streamlit as st

from ui.api.web import ICON, NAME
from ui.backend import PAGES_AT_ONCE
from ui.language import say
from ui.learn.view import lesson_line, pages_needed
from ui.page_frame import footer, style, trouble
from ui.state import session
from ui.top_bar import top_bar

st.set_page_config(page_icon=ICON, layout="wide")

PAGES = [
    st.Page("../pages/home.py", title=say("Home"), icon=":material/home:", default=True),
    st.Page("../pages/learn.py", title=say("Learn"), icon=":material/school:", url_path="learn"),
    st.Page("../pages/points.py", title=say("2-D"), icon=":material/scatter_plot:", url_path="points"),
    st.Page("../pages/data.py", title=say("Data"), icon=":material/dataset:", url_path="data"),
    st.Page("../pages/build.py", title=say("Build"), icon=":material/stacks:", url_path="build"),
    st.Page("../pages/train.py", title=say("Train"), icon=":material/show_chart:", url_path="train"),
    st.Page("../pages/inside.py", title=say("Inside"), icon=":material/search:", url_path="inside"),
    st.Page("../pages/draw.py", title=say("Draw"), icon=":material/draw:", url_path="draw"),
    st.Page("../pages/gan.py", title=say("GAN"), icon=":material/auto_awesome:", url_path="gan"),
    st.Page("../pages/runs.py", title=say("Runs"), icon=":material/ssid_chart:", url_path="runs"),
    st.Page("../pages/machine.py", title=say("Machine"), icon=":material/memory:", url_path="machine"),
]

page = st.navigation(PAGES, position="hidden")
st.set_page_config(page_title=say("{page} - {name}", page=page.title, name=NAME))
with PAGES_AT_ONCE:
    style()
    needed = pages_needed(session(), page.url_path)
    top_bar([one for one in PAGES if needed is None or one.url_path in needed], page)
    trouble()
    if page.url_path != "learn":
        lesson_line(session())
    page.run()
    footer()
