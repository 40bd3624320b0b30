"""The view "Play" of a GAN: what it makes, and how its pictures hang together."""

import streamlit as st

from engine.gan.config import GanSpec
from engine.gan.losses import GAN_LOSSES
from engine.runs.info import RunInfo
from ui.gan.play_component import gan_play


def play(run: RunInfo) -> None:
    """Show the ways to play with the GAN of `run`."""
    gan = run.job
    if not isinstance(gan, GanSpec):
        st.info("This run is no GAN that makes pictures. Choose another one, or train a GAN.")
        return
    verdict = GAN_LOSSES[gan.config.loss.kind].verdict
    size, told = gan.generator.input_shape[0], gan.is_conditional
    gan_play(run.id, "gan-play", z=size, conditional=told, verdict=verdict, learning=not run.is_over)
