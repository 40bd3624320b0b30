"""The GAN in two dimensions: the picture of the theory, live. Belongs to the GAN page."""

from dataclasses import replace

import streamlit as st

from engine.catalogue.params import SpecError
from engine.plane.config import PLANE_CODEC, PLANE_SETTINGS, TARGETS, PlaneGan
from engine.runs.info import RunInfo
from engine.text import Text
from ui.backend import service
from ui.language import say
from ui.machine.share import machine_share
from ui.plane.picture import plane_picture
from ui.plane.run import (
    ROUND,
    STEERING,
    STEP_D,
    STEP_G,
    begin,
    obey,
    plane_of,
    shown_run,
    steer,
    take_points,
)
from ui.plane.settings import settings
from ui.plane.tries import TRIES, look_for, offered
from ui.runs.steering import is_steered_by_visitor, steering_button
from ui.state import Session, owner, seed, session, settle

TARGET = "plane-target"
DRAW = Text("**Draw what G is to imitate,** by mouse or finger: a face, a letter, three blots. Then press Start.")


def plane_view() -> None:
    """Settings in the sidebar, all else in a fragment: call it outside of one."""
    visitor = session()
    shown_run(visitor)  # brings the settings of a run that the address names on the table
    before = visitor.plane
    settings(visitor)
    refusal = steer(visitor, before)
    if refusal:
        st.warning(refusal, icon=":material/error:")
    _plane()


@st.fragment
def _plane() -> None:
    """All but the settings: a click here, or news of the run, draws this part alone."""
    with st.container(key="plane-page"):
        _page(session())


def _page(visitor: Session) -> None:
    refusal = obey(visitor)
    _target(visitor)
    run = shown_run(visitor)
    above = st.container(key="plane-head")
    shown = plane_of(run) if run else visitor.plane
    told = plane_picture(shown, run.id if run else None, "plane-picture", status=run.status if run else "")
    if told["points"] is not None:
        refusal = take_points(visitor, told["points"]) or refusal
        if visitor.plane != shown:
            st.rerun(scope="fragment")
    with above:
        drawing = run is None and visitor.plane.target == "drawn"
        st.markdown(say(DRAW if drawing else look_for(visitor.plane)))
        if run and run.owner != owner():
            st.caption(say("You are watching someone else's run; Start begins your own."))
        if refusal:
            st.warning(refusal, icon=":material/error:")
        _controls(visitor, run)
    _tries(visitor, run)


def _target(visitor: Session) -> None:
    """Which points are to be imitated; another choice is shown at once."""
    seed(TARGET, visitor.plane.target)
    chosen = st.segmented_control(
        say(PLANE_SETTINGS["target"].label),
        list(TARGETS),
        key=TARGET,
        format_func=lambda name: say(TARGETS[name].title),
        required=True,
        label_visibility="collapsed",
        help=say(PLANE_SETTINGS["target"].help),
    )
    if chosen is None:
        return
    settle(TARGET, chosen)
    if chosen != visitor.plane.target:
        visitor.plane = PLANE_CODEC.change(visitor.plane, {"target": chosen})


def _controls(visitor: Session, run: RunInfo | None) -> None:
    going = run is not None and is_steered_by_visitor(run) and run.status != "paused"
    with st.container(key="plane-controls", horizontal=True, vertical_alignment="center", gap="small"):
        STEERING.go_button(run)
        why = say("Train D, then G, as many steps as the settings say")
        steering_button(say("One round"), ROUND, "skip_next", "S", going, why)
        why = say("Train only the discriminator, one step")
        steering_button(say("Step D"), STEP_D, "skip_next", "D", going, why)
        steering_button(say("Step G"), STEP_G, "skip_next", "G", going, say("Train only the generator, one step"))
        STEERING.stop_button(run, say("End the run here"))
        if run and visitor.plane.target == "drawn":
            again = st.button(
                say("Draw anew"),
                key="plane-draw",
                icon=":material/draw:",
                help=say("Give G something else to imitate"),
            )
            if again:
                visitor.plane = replace(visitor.plane, points=())
                st.rerun(scope="fragment")
        machine_share(run.id if run else None, run.status if run else "", "plane-share")


def _tries(visitor: Session, run: RunInfo | None) -> None:
    """Experiments to press; those that are live need a run that goes on."""
    with st.container(key="plane-tries", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(say("**Try**"), width="content")
        for name, one in offered(visitor.plane).items():
            off = one.live and not is_steered_by_visitor(run)
            icon = f":material/{one.icon}:"
            if st.button(say(one.title), key=f"plane-try-{name}", icon=icon, help=say(one.why), disabled=off):
                _try(visitor, name, run)


def _try(visitor: Session, name: str, run: RunInfo | None) -> None:
    one, now = TRIES[name], visitor.plane
    try:
        if one.live and run:
            for setting, value in one.changes.items():
                service().control(run.id, owner(), "set", (setting, value))
            visitor.plane = PLANE_CODEC.change(now, one.changes)
        else:
            visitor.plane = PLANE_CODEC.change(PlaneGan(now.target, now.points), one.changes)
            begin(visitor)
    except SpecError as error:
        st.warning(say(error.text), icon=":material/error:")
        return
    st.rerun()  # the sidebar, too, shows other settings now
