"""What surrounds every page: the playground's style sheet, trouble with the store, and the quiet line at the foot:
what trains, the language, the theme, the keys."""

import functools

import streamlit as st

from engine.files import ASSETS
from engine.text import Text, plural
from ui.api.web import nothing, web_component
from ui.backend import service
from ui.colours import COLOURS, GROUP_COLOURS, faint_ink, ink, mixed, paper, rule
from ui.language import COOKIE, names, say
from ui.machine.now import now
from ui.machine.words import going_on
from ui.state import owner


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
    sheet = "\n".join(
        (ASSETS / "web" / name).read_text(encoding="utf-8") for name in ("lib/focus.css", "shell/shell.css")
    )
    return f"<style>:root {{ {root} }} {groups}\n{sheet}</style>"


def trouble() -> None:
    """In a place that is always there: why runs are not stored at the moment, and what to do."""
    with st.container():
        if said := now().store:
            st.warning(say(said), icon=":material/save:")


def footer() -> None:
    machine = now().machine
    elsewhere = {host.machine for host in machine.hosts if host.machine}
    here = Text("Runs on this machine; nothing leaves it")
    there = plural("Trains on {count} computer", "Trains on {count} computers", count=len(elsewhere))
    with st.container(key="footer", horizontal=True, vertical_alignment="center"):
        cores = plural("{count} processor core", "{count} processor cores", count=machine.cores)
        st.caption(f"{say(cores)} · {say(there if elsewhere else here)}")
        said = say(going_on(machine, owner()) if service().ready() else Text("Training gets ready"))
        _foot(key="foot", data={"languages": list(names().items()), "cookie": COOKIE, "going_on": said})
        theme_watch()


# Called again with the new theme's colours; the first call only notes them.
THEME_SCRIPT = """
const grounds = new WeakMap();
export default function ({ parentElement, setTriggerValue }) {
  const element = parentElement.host ?? parentElement;
  const ground = getComputedStyle(element).getPropertyValue("--st-background-color");
  if (grounds.has(element) && grounds.get(element) !== ground) setTriggerValue("switched", ground);
  grounds.set(element, ground);
}
"""

_theme_watch = st.components.v2.component("theme_watch", html="<span></span>", js=THEME_SCRIPT)


def theme_watch() -> None:
    """Run the page again when the visitor switches between light and dark, so that pictures and styles follow."""
    _theme_watch(key="theme-watch", on_switched_change=nothing)


_foot = web_component("foot", "shell/footer.js", html='<div class="foot"></div>', in_page=True)
