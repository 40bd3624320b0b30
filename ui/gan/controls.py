"""The buttons that steer a GAN, and what is wrong with the one on the table."""

import streamlit as st

from engine.catalogue.params import SpecError
from engine.gan.config import check_gan
from engine.runs.info import RunInfo
from engine.text import Text, sentences
from ui.gan.run import SLOW, STEERING, STEP_D, STEP_G
from ui.language import say
from ui.machine.share import machine_share
from ui.runs.steering import is_steered_by_visitor, steering_button
from ui.state import Session


def controls(visitor: Session, run: RunInfo) -> None:
    """Start, Pause or Resume in one place; single steps of D and of G, slow motion and Stop beside it."""
    misfit = _misfit(visitor)
    unfit = misfit is not None and not is_steered_by_visitor(run)
    with st.container(key="gan-controls", horizontal=True, vertical_alignment="center", gap="small"):
        STEERING.go_button(run, unfit)
        why = say("Train only the discriminator, one step, then pause")
        steering_button(say("Step D"), STEP_D, "skip_next", "D", unfit, why)
        why = say("Train only the generator, one step, then pause")
        steering_button(say("Step G"), STEP_G, "skip_next", "G", unfit, why)
        why = say("One round, shown in six numbered steps")
        steering_button(say("Slow motion"), SLOW, "slow_motion_video", "M", unfit, why)
        STEERING.stop_button(run, say("End the run here; the generator is kept as it is now"))
        machine_share(run.id, run.status, "gan-share")
    if misfit is not None:
        links = Text("The links in the sidebar lead to both networks.")
        st.warning(say(sentences(misfit.text, links)), icon=":material/error:")


def _misfit(visitor: Session) -> SpecError | None:
    try:
        check_gan(visitor.gan)
    except SpecError as error:
        return error
    return None
