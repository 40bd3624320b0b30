"""Real or made? A guessing game, and one's own drawing before the discriminator; by assets/web/gan/quiz.js."""

import streamlit as st

from ui.api.web import WEB, web_url
from ui.colours import COLOURS

SCRIPT = f"""
const quiz = import(new URL("{web_url("gan/quiz.js")}", location.origin));
export default function (component) {{
  const left = quiz.then(({{ mount }}) => mount(component));
  return () => left.then((leave) => leave());
}}
"""

_component = st.components.v2.component(
    "gan_quiz",
    html='<div class="play"></div>',
    css="\n".join((WEB / name).read_text("utf-8") for name in ("gan/play.css", "gan/quiz.css")),
    js=SCRIPT,
)


def gan_quiz(run_id: str, key: str, *, learning: bool) -> None:
    """Let people guess which pictures the GAN `run_id` made, and its D which are real; with `learning` D is asked again
    every second."""
    colours = {"real": COLOURS["test"], "made": COLOURS["generator"]}
    _component(key=key, data={"run_id": run_id, "learning": learning, "colours": colours})
