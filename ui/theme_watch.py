"""Runs the page again when the visitor switches between light and dark, so that pictures and styles follow."""

import streamlit as st

from ui.component import nothing

# The function is called again with the new theme's colours; the first call only notes them.
SCRIPT = """
const grounds = new WeakMap();
export default function ({ parentElement, setTriggerValue }) {
  const element = parentElement.host ?? parentElement;
  const ground = getComputedStyle(element).getPropertyValue("--st-background-color");
  if (grounds.has(element) && grounds.get(element) !== ground) setTriggerValue("switched", ground);
  grounds.set(element, ground);
}
"""

_component = st.components.v2.component("theme_watch", html="<span></span>", js=SCRIPT)


def theme_watch() -> None:
    """Put this once on every page; it shows nothing."""
    _component(key="theme-watch", on_switched_change=nothing)
