"""The Streamlit entry script: what all pages share, and which pages there are."""

import streamlit as st

from ui.language import say
from ui.page_frame import footer, style, trouble
from ui.top_bar import ICON, NAME, top_bar

st.set_page_config(page_icon=ICON, layout="wide")

PAGES = [
    st.Page("../pages/home.py", title=say("Home"), icon=":material/home:", default=True),
    st.Page("../pages/build.py", title=say("Build"), icon=":material/stacks:", url_path="build"),
    st.Page("../pages/train.py", title=say("Train"), icon=":material/show_chart:", url_path="train"),
    st.Page("../pages/draw.py", title=say("Draw"), icon=":material/draw:", url_path="draw"),
    st.Page("../pages/gan.py", title=say("GAN"), icon=":material/auto_awesome:", url_path="gan"),
    st.Page("../pages/machine.py", title=say("Machine"), icon=":material/memory:", url_path="machine"),
]

page = st.navigation(PAGES, position="hidden")
st.set_page_config(page_title=say("{page} - {name}", page=page.title, name=NAME))
style()
top_bar(PAGES, page)
trouble()
page.run()
footer()
