"""The buttons that steer a GAN, and what is wrong with the one on the table."""

import streamlit as st

from engine.gan_config import check_gan
from engine.params import SpecError
from engine.runs.info import RunInfo
from ui.gan_run import GO, SLOW, STEP_D, STEP_G, STOP, is_steered_by_visitor
from ui.state import Session


def controls(visitor: Session, run: RunInfo) -> None:
    """Start, Pause or Resume in one place; single steps of D and of G, slow motion and Stop beside it."""
    misfit = _misfit(visitor)
    mine = is_steered_by_visitor(run)
    going = mine and run.status != "paused"
    go = "Start" if not mine else "Pause" if going else "Resume"
    unfit = misfit is not None and not mine
    with st.container(key="gan-controls", horizontal=True, vertical_alignment="center", gap="small"):
        _button(go, GO, "pause" if going else "play_arrow", "Space", unfit, "Start, pause or resume", primary=True)
        _button("Step D", STEP_D, "skip_next", "D", unfit, "Train only the discriminator, one step, then pause")
        _button("Step G", STEP_G, "skip_next", "G", unfit, "Train only the generator, one step, then pause")
        _button("Slow motion", SLOW, "slow_motion_video", "M", unfit, "One round, shown in six numbered steps")
        _button("Stop", STOP, "stop", None, not mine, "End the run here; the generator is kept as it is now")
    if misfit is not None:
        st.warning(f"{misfit} The links in the sidebar lead to both networks.", icon=":material/error:")


def _button(label: str, key: str, icon: str, shortcut: str | None, off: bool, why: str, primary: bool = False) -> None:
    st.button(
        label,
        key=key,
        icon=f":material/{icon}:",
        shortcut=shortcut,
        disabled=off,
        help=why,
        type="primary" if primary else "secondary",
    )


def _misfit(visitor: Session) -> SpecError | None:
    try:
        check_gan(visitor.gan)
    except SpecError as error:
        return error
    return None
