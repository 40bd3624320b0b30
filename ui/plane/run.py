"""Which run in the plane is shown, and what may be done with it."""

from dataclasses import replace

import streamlit as st

from engine.catalogue.params import SpecError
from engine.gan.config import LIVE
from engine.plane.config import PLANE_CODEC, PlaneGan, points_from_json
from engine.runs.info import RunInfo
from engine.text import Text
from ui.language import say
from ui.plane.tries import TRIES
from ui.runs.run_page import RunPage
from ui.runs.steering import ROUND_PACES, Steering, is_steered_by_visitor, set_live, steering_button
from ui.state import Session, draw_again

ROUND, STEP_D, STEP_G = "plane-round", "plane-step-d", "plane-step-g"


def plane_of(run: RunInfo) -> PlaneGan:
    assert isinstance(run.job, PlaneGan)
    return run.job


def _job(visitor: Session) -> PlaneGan:
    return replace(visitor.plane, points=_points(visitor.plane))


def _points(plane: PlaneGan) -> tuple[tuple[float, float], ...]:
    """Those that count: without a drawn target the visitor's own points wait on the table."""
    return plane.points if plane.target == "drawn" else ()


def _opened(visitor: Session, run: RunInfo) -> None:
    visitor.plane = plane_of(run)


def _fits(visitor: Session, run: RunInfo) -> bool:
    """Whether the run imitates the points on the table."""
    shown, table = plane_of(run), visitor.plane
    return (shown.target, shown.points) == (table.target, _points(table))


PAGE = RunPage(
    "plane",
    "plane_run_id",
    Steering("plane-go", "plane-stop", {ROUND: "step", STEP_D: "step_d", STEP_G: "step_g"}),
    job=_job,
    opened=_opened,
    fits=_fits,
    replaces=True,
    others=Text("You are watching someone else's run; Start begins your own."),
)


def controls(visitor: Session, run: RunInfo | None) -> None:
    """Start, Pause or Resume, single steps, Stop, and another drawing."""
    going = run is not None and is_steered_by_visitor(run) and run.status != "paused"
    with st.container(key="plane-controls", horizontal=True, vertical_alignment="center", gap="small"):
        PAGE.steering.go_button(run)
        why = say("Train D, then G, as many steps as the settings say")
        steering_button(say("One round"), ROUND, "skip_next", "S", going, why)
        why = say("Train only the discriminator, one step")
        steering_button(say("Step D"), STEP_D, "skip_next", "D", going, why)
        steering_button(say("Step G"), STEP_G, "skip_next", "G", going, say("Train only the generator, one step"))
        PAGE.steering.stop_button(run, say("End the run here"))
        PAGE.steering.pace_control(run, ROUND_PACES)
        if visitor.plane.target == "drawn":
            why = say("Give G something else to imitate")
            if st.button(say("Draw anew"), key="plane-draw", icon=":material/draw:", help=why, disabled=run is None):
                visitor.plane = replace(visitor.plane, points=())
                draw_again()


def steer(visitor: Session, before: PlaneGan) -> str:
    """Give what was changed of LIVE to the run shown, where it goes on and is the visitor's; a sentence where
    that was refused."""
    run, _ = PAGE.shown(visitor)
    now = visitor.plane
    changed = {name: getattr(now, name) for name in LIVE if getattr(now, name) != getattr(before, name)}
    return set_live(run, changed) if run and is_steered_by_visitor(run) else ""


def try_out(visitor: Session, name: str, run: RunInfo | None) -> str:
    """Make an experiment of TRIES with the run that goes on, or start one for it; a sentence where it was refused."""
    one, now = TRIES[name], visitor.plane
    if one.live and run:
        refusal = set_live(run, one.changes)
        if not refusal:
            visitor.plane = PLANE_CODEC.change(now, one.changes)
        return refusal
    visitor.plane = PLANE_CODEC.change(PlaneGan(now.target, now.points), one.changes)
    try:
        PAGE.begin(visitor)
    except SpecError as error:
        return say(error.text)
    return ""


def take_points(visitor: Session, data: object) -> str:
    """Put points that the visitor drew on the table; a sentence where they cannot be used."""
    try:
        visitor.plane = replace(visitor.plane, points=points_from_json(data))
    except SpecError as error:
        return say(error.text)
    return ""
