"""The view "Play" of a GAN: what it makes, and how its pictures hang together; drawn by assets/web/gan/play.js."""

import streamlit as st

from engine.gan.config import GanSpec
from engine.gan.losses import GAN_LOSSES
from engine.runs.info import RunInfo
from ui.colours import COLOURS
from ui.component import web_component
from ui.language import say

_component = web_component(
    "gan_play",
    "gan/play.js",
    sheets=["gan/play.css", "gan/play_views.css"],
    html=f'<div class="play" style="--wrong: {COLOURS["wrong"]}"></div>',
)


def gan_play(run_id: str, key: str, *, z: int, conditional: bool, verdict: str, learning: bool) -> None:
    """Show what the GAN `run_id` makes of `z` random numbers a picture; with `learning` it is asked again every second.

    `verdict` is what its D gives: "probability" or "score".
    """
    data = {"run_id": run_id, "z": z, "conditional": conditional, "verdict": verdict, "learning": learning}
    _component(key=key, data=data)


def play(run: RunInfo) -> None:
    """Show the ways to play with the GAN of `run`."""
    gan = run.job
    if not isinstance(gan, GanSpec):
        st.info(say("This run is no GAN that generates pictures. Choose another one, or train a GAN."))
        return
    verdict = GAN_LOSSES[gan.config.loss.kind].verdict
    size, told = gan.generator.input_shape[0], gan.is_conditional
    gan_play(run.id, "gan-play", z=size, conditional=told, verdict=verdict, learning=not run.is_over)
