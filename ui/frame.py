"""What surrounds every page: the playground's style sheet and the quiet line at the foot."""

import functools
import os

import streamlit as st

from engine.files import ASSETS
from ui.backend import service
from ui.colours import COLOURS, GROUP_COLOURS, faint_ink, ink, mixed, paper, rule
from ui.components.theme_watch import theme_watch

ICON = ASSETS / "web" / "icon.svg"
ABOUT = (
    "**Deep Learning Playground.** Stack layers, train on MNIST's handwritten digits, and draw digits for your network "
    "to read. Everything runs on the machine that serves this page."
)
ASK_AGAIN = 5  # seconds


def is_dark() -> bool:
    """Whether the visitor looks at the dark theme."""
    return st.context.theme.type == "dark"


def style() -> None:
    st.html(_style_sheet(is_dark()))


@functools.cache
def _style_sheet(dark: bool) -> str:
    variables = {
        "paper": paper(dark),
        "ink": ink(dark),
        "faint": faint_ink(dark),
        "rule": rule(dark),
        "soft": mixed(paper(dark), ink(dark), 0.06),
        "accent": COLOURS["discriminator" if dark else "train"],
        "wrong": COLOURS["wrong"],
    }
    root = "".join(f"--{name}: {colour};" for name, colour in variables.items())
    groups = "".join(f'[class*="-{group}"] {{ --group: {colour}; }}' for group, colour in GROUP_COLOURS.items())
    sheet = (ASSETS / "web" / "shell.css").read_text(encoding="utf-8")
    return f"<style>:root {{ {root} }} {groups}\n{sheet}</style>"


def footer() -> None:
    cores = os.cpu_count() or 1
    parts = [f"{cores} processor core{'s' * (cores != 1)}", _going_on(), "Runs on this machine; nothing leaves it"]
    with st.container(key="footer"):
        st.caption(" · ".join(parts))
        theme_watch()


@st.cache_data(ttl=ASK_AGAIN, show_spinner=False)
def _going_on() -> str:
    """How many runs train now, for everybody; asked at most once in a few seconds."""
    if not service().ready():
        return "training gets ready"
    count = sum(not run.is_over for run in service().runs(limit=100))
    return f"{count or 'no'} run{'s' * (count != 1)} going on"
