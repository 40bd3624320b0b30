"""The view "Real or made?" of a GAN: a guessing game, and D's verdict on a drawing."""

import streamlit as st

from engine.gan.config import GanSpec
from engine.runs.info import RunInfo
from ui.gan.quiz_component import gan_quiz


def real_or_made(run: RunInfo) -> None:
    """Show the guessing game and the pad for the GAN of `run`."""
    if not isinstance(run.job, GanSpec):
        st.info("This run is no GAN that makes pictures. Choose another one, or train a GAN.")
        return
    gan_quiz(run.id, "gan-quiz", learning=not run.is_over)
