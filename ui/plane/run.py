"""Which run in the plane is shown, and what may be done with it."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from engine.catalogue.params import SpecError
from engine.gan.config import LIVE
from engine.plane.config import PlaneGan, points_from_json
from engine.runs.info import RunInfo
from ui.backend import service
from ui.language import say
from ui.runs.steering import Steering, is_steered_by_visitor
from ui.state import Session, owner

ROUND, STEP_D, STEP_G = "plane-round", "plane-step-d", "plane-step-g"
STEERING = Steering("plane-go", "plane-stop", {ROUND: "step", STEP_D: "step_d", STEP_G: "step_g"})
ADDRESS = "plane"  # the name of the run in the address


def shown_run(visitor: Session) -> RunInfo | None:
    """The run of the address, else the one looked at last, else the visitor's newest; none where that imitates other
    points than those on the table."""
    run = current_run(visitor)
    if run is None:
        return None
    shown, table = plane_of(run), visitor.plane
    return run if (shown.target, shown.points) == (table.target, _points(table)) else None


def current_run(visitor: Session) -> RunInfo | None:
    """The run that Start would replace; when the page is opened, its settings come on the table."""
    asked = st.query_params.get(ADDRESS) or visitor.plane_run_id
    run = service().run(asked) if asked else None
    if run is None or not isinstance(run.job, PlaneGan):
        run = next(iter(service().runs(owner(), limit=1, kind="plane")), None)
    if run is None or not isinstance(run.job, PlaneGan):
        return None
    if run.id != visitor.plane_run_id:
        visitor.plane_run_id, visitor.plane = run.id, run.job
    return run


def plane_of(run: RunInfo) -> PlaneGan:
    assert isinstance(run.job, PlaneGan)
    return run.job


def obey(visitor: Session) -> str:
    """Do what the button pressed asks of the run shown, or begin one; a sentence where that was refused."""
    return STEERING.obey(lambda: shown_run(visitor), lambda paused: begin(visitor, paused))


def begin(visitor: Session, paused: bool = False) -> str:
    """Start what lies on the table in the place of the run that goes on. Raises SpecError."""
    before = current_run(visitor)
    plane = replace(visitor.plane, points=_points(visitor.plane))
    run_id = service().start(plane, owner(), paused=paused)
    if before and is_steered_by_visitor(before):
        service().control(before.id, owner(), "stop")
    visitor.plane, visitor.plane_run_id = plane, run_id
    st.query_params[ADDRESS] = run_id
    return run_id


def steer(visitor: Session, before: PlaneGan) -> str:
    """Give what was changed of LIVE to the run shown, where it goes on and is the visitor's; a sentence where
    that was refused."""
    run = shown_run(visitor)
    if run is None or not is_steered_by_visitor(run):
        return ""
    values: Mapping[str, float] = {name: getattr(visitor.plane, name) for name in LIVE}
    try:
        for name, value in values.items():
            if value != getattr(before, name):
                service().control(run.id, owner(), "set", (name, value))
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


def _points(plane: PlaneGan) -> tuple[tuple[float, float], ...]:
    """Those that count: without a drawn target the visitor's own points wait on the table."""
    return plane.points if plane.target == "drawn" else ()
