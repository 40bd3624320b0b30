"""Real or made? A guessing game, and one's own drawing before the discriminator; by assets/web/gan_quiz.js."""

import streamlit as st

from ui.colours import COLOURS
from ui.web_assets import WEB, web_url

SCRIPT = f"""
const quiz = import(new URL("{web_url("gan_quiz.js")}", location.origin));
export default function (component) {{
  const left = quiz.then(({{ mount }}) => mount(component));
  return () => left.then((leave) => leave());
}}
"""

_component = st.components.v2.component(
    "gan_quiz",
    html='<div class="play"></div>',
    css="\n".join((WEB / name).read_text("utf-8") for name in ("gan_play.css", "gan_quiz.css")),
    js=SCRIPT,
)


def gan_quiz(run_id: str, key: str, *, learning: bool) -> None:
    """Let people guess which pictures the GAN `run_id` made, and its D which are real; with `learning` D is asked again
    every second."""
    colours = {"real": COLOURS["test"], "made": COLOURS["generator"]}
    _component(key=key, data={"run_id": run_id, "learning": learning, "colours": colours})
