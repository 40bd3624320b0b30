"""The view "Real or made?" of a GAN: a guessing game, and D's verdict on a drawing; drawn by assets/web/gan/quiz.js."""

import streamlit as st

from engine.gan.config import GanSpec
from engine.runs.info import RunInfo
from ui.colours import COLOURS
from ui.component import web_component
from ui.language import say

_component = web_component(
    "gan_quiz", "gan/quiz.js", sheets=["gan/play.css", "gan/quiz.css"], html='<div class="play"></div>'
)


def gan_quiz(run_id: str, key: str, *, learning: bool) -> None:
    """Let people guess which pictures the GAN `run_id` made, and its D which are real; with `learning` D is asked again
    every second."""
    colours = {"real": COLOURS["test"], "made": COLOURS["generator"]}
    _component(key=key, data={"run_id": run_id, "learning": learning, "colours": colours})


def real_or_made(run: RunInfo) -> None:
    """Show the guessing game and the pad for the GAN of `run`."""
    if not isinstance(run.job, GanSpec):
        st.info(say("This run is no GAN that generates pictures. Choose another one, or train a GAN."))
        return
    gan_quiz(run.id, "gan-quiz", learning=not run.is_over)
