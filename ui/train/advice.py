"""What a run and its settings show, why that matters, and what to try instead: another run, one click away."""

import streamlit as st

from engine.advice import network as of_networks
from engine.advice import run as of_runs
from engine.advice.advice import Advice
from engine.runs.info import RunInfo
from ui.backend import service
from ui.language import say
from ui.state import Session, noted, pressed_among, was_pressed
from ui.train.run import begin_changed

KEY = "advice"


def advice_of(run: RunInfo) -> list[Advice]:
    """On the network and its settings, and on what the run has shown so far."""
    seen = of_runs.seen_in(run.job, service().history(run.id), run.is_over)
    return [*of_networks.advise(run.job), *of_runs.advise(seen)]


def advice(run: RunInfo) -> None:
    found = advice_of(run)
    if not found:
        early = not run.is_over and run.step < of_runs.JUDGED * run.job.config.steps
        st.caption(
            say("Nothing stands out so far. What a run does in its layers is judged after a third of its steps.")
            if early
            else say("Nothing stands out: no known trouble shows in this network, its settings or its run.")
        )
    for one in found:
        with st.container(border=True, key=f"{KEY}-card-{one.rule}", gap="small"):
            st.markdown(f"**{say(one.saw)}** {say(one.why)}")
            if one.change:
                st.button(
                    say("Try it with {change}", change=one.change),
                    icon=":material/healing:",
                    help=say("Starts another run with this change; Undo on the Build page takes the change back."),
                    **noted(f"{KEY}-{one.rule}"),
                )


def begin_advised(visitor: Session, run: RunInfo) -> str | None:
    """Start the run that a pressed button proposes; None where none is pressed, else a sentence where it was
    refused."""
    if not pressed_among(f"{KEY}-"):
        return None
    for one in advice_of(run):
        if one.try_ and was_pressed(f"{KEY}-{one.rule}"):
            return begin_changed(visitor, one.try_)
    return None
