"""Which GAN the page shows, and what may be done with it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine.catalogue.params import SpecError
from engine.gan.config import GanSpec, change_config, check_gan
from engine.gan.kind import EXAMPLE_GAN
from engine.gan.recipes import apply_cure
from engine.runs.info import RunInfo
from engine.text import Text, sentences
from ui.backend import service
from ui.language import say
from ui.runs.run_page import RunPage
from ui.runs.steering import ROUND_PACES, Steering, is_steered_by_visitor, set_live, steering_button
from ui.state import Session

STEP_D, STEP_G, SLOW = "gan-step-d", "gan-step-g", "gan-slow"
PAGE = RunPage(
    "gan",
    "gan_run_id",
    Steering("gan-go", "gan-stop", {STEP_D: "step_d", STEP_G: "step_g", SLOW: "slow"}),
    job=lambda visitor: visitor.gan,
    started=lambda visitor: visitor.keep_gan(),
    example=EXAMPLE_GAN,
    missing=Text("No GAN has the address that was opened; old runs are removed. This is the example instead."),
    own=Text(
        "**Your GAN:** {name}, started {ago}. Its generator (G) writes digits, its discriminator (D) judges them."
    ),
    others=Text(
        "**Someone else's GAN:** {name}. Its generator (G) writes digits, its discriminator (D) judges them. "
        "Press Start to train your own."
    ),
    recorded=Text(
        "**Press Start** and watch a network learn to write: the generator (G) writes digits, the discriminator (D) "
        "judges them. Until then, a recorded example: {name}."
    ),
)


def gan_of(run: RunInfo) -> GanSpec:
    """The networks and settings that `run` began with."""
    assert isinstance(run.job, GanSpec)
    return run.job


def controls(visitor: Session, run: RunInfo) -> None:
    """Start, Pause or Resume in one place; single steps of D and of G, slow motion and Stop beside it."""
    misfit = _misfit(visitor)
    unfit = misfit is not None and not is_steered_by_visitor(run)
    with st.container(key="gan-controls", horizontal=True, vertical_alignment="center", gap="small"):
        PAGE.steering.go_button(run, unfit)
        why = say("Train only the discriminator, one step, then pause")
        steering_button(say("Step D"), STEP_D, "skip_next", "D", unfit, why)
        why = say("Train only the generator, one step, then pause")
        steering_button(say("Step G"), STEP_G, "skip_next", "G", unfit, why)
        why = say("One round, shown in six numbered stages")
        steering_button(say("Slow motion"), SLOW, "slow_motion_video", "M", unfit, why)
        PAGE.steering.stop_button(run, say("End the run here; the generator is kept as it is now"))
        PAGE.steering.pace_control(run, ROUND_PACES)
    if misfit is not None:
        links = Text("The links in the sidebar lead to both networks.")
        st.warning(say(sentences(misfit.text, links)), icon=":material/error:")


def steer(visitor: Session, values: Mapping[str, float]) -> str:
    """Give new values of LIVE to the GAN shown, where it goes on, is the visitor's and has the networks that
    lie on the table; a sentence where that was refused."""
    run, _ = PAGE.shown_or_example(visitor)
    steers = is_steered_by_visitor(run) and _same_networks(gan_of(run), visitor.gan)
    return set_live(run, values) if steers else ""


def cure(visitor: Session) -> str:
    """Take the cure that the GAN shown offers: while it trains, or by starting again; a sentence where that failed."""
    run, _ = PAGE.shown_or_example(visitor)
    told = [e for e in service().history(run.id)["events"] if e["event"] == "health_changed"]
    if not told or not told[-1]["cure"]:
        return ""
    changes: dict[str, Any] = told[-1]["changes"]
    if told[-1]["live"]:
        return _cure_live(visitor, run, changes) if is_steered_by_visitor(run) else ""
    try:
        visitor.load_gan(apply_cure(gan_of(run), changes))
        PAGE.begin(visitor)
    except SpecError as error:
        return say(error.text)
    return ""


def _cure_live(visitor: Session, run: RunInfo, changes: Mapping[str, Any]) -> str:
    refusal = set_live(run, changes)
    if not refusal and _same_networks(gan_of(run), visitor.gan):
        visitor.edit_gan_config(change_config(visitor.gan.config, changes))
    return refusal


def _misfit(visitor: Session) -> SpecError | None:
    try:
        check_gan(visitor.gan)
    except SpecError as error:
        return error
    return None


def _same_networks(one: GanSpec, other: GanSpec) -> bool:
    return (one.generator, one.discriminator) == (other.generator, other.discriminator)
