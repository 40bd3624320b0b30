"""Playing with a GAN: a number in its hand, its latent space, between two, sums, picks; by assets/web/gan/play.js."""

import streamlit as st

from ui.api.web import WEB, web_url
from ui.colours import COLOURS

SCRIPT = f"""
const play = import(new URL("{web_url("gan/play.js")}", location.origin));
export default function (component) {{
  const left = play.then(({{ mount }}) => mount(component));
  return () => left.then((leave) => leave());
}}
"""

_component = st.components.v2.component(
    "gan_play",
    html=f'<div class="play" style="--wrong: {COLOURS["wrong"]}"></div>',
    css="\n".join((WEB / name).read_text("utf-8") for name in ("gan/play.css", "gan/play_views.css")),
    js=SCRIPT,
)


def gan_play(run_id: str, key: str, *, z: int, conditional: bool, verdict: str, learning: bool) -> None:
    """Show what the GAN `run_id` makes of `z` random numbers a picture; with `learning` it is asked again every second.

    `verdict` is what its D gives: "probability" or "score".
    """
    data = {"run_id": run_id, "z": z, "conditional": conditional, "verdict": verdict, "learning": learning}
    _component(key=key, data=data)
