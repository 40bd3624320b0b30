"""Which run on points is shown, what may be done with it, and what the visitor changes of the network on the table."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from engine.catalogue.params import SpecError
from engine.export.formats import read_link
from engine.points.config import LR, PENALTIES, POINTS_CODEC, PointsSpec, check_points
from engine.runs.info import RunInfo
from engine.text import Text
from ui.backend import service
from ui.language import say
from ui.points.tries import TRIES
from ui.runs.run_page import RunPage
from ui.runs.steering import Steering, is_steered_by_visitor, set_live, steering_button
from ui.state import Session, owner

STEP = "points-step"
TRY, LINK = "try", "n"
PACES: Mapping[float, Text] = {
    0.0: Text("Full speed"),
    100.0: Text("100 steps/s"),
    10.0: Text("10 steps/s"),
    1.0: Text("1 step/s"),
}


def spec_of(run: RunInfo) -> PointsSpec:
    assert isinstance(run.job, PointsSpec)
    return run.job


def _opened(visitor: Session, run: RunInfo) -> None:
    visitor.points = spec_of(run)


def _still(spec: PointsSpec) -> PointsSpec:
    """Without what may change while it trains, and without points that lie aside."""
    points = spec.points if spec.data == "own" else ()
    return replace(spec, optimizer=spec.optimizer.but(lr=1.0), l1=0.0, l2=0.0, points=points)


def _fits(visitor: Session, run: RunInfo) -> bool:
    return _still(spec_of(run)) == _still(visitor.points)


PAGE = RunPage(
    "points",
    "points_run_id",
    Steering("points-go", "points-stop", {STEP: "step"}),
    job=lambda visitor: replace(visitor.points, points=_still(visitor.points).points),
    opened=_opened,
    fits=_fits,
    replaces=True,
    others=Text("You are watching someone else's run; Start begins your own."),
)


def controls(run: RunInfo | None) -> None:
    """Start, Pause or Resume, one step, Stop, and the pace."""
    going = run is not None and is_steered_by_visitor(run) and run.status != "paused"
    with st.container(key="points-controls", horizontal=True, vertical_alignment="center", gap="small"):
        PAGE.steering.go_button(run)
        steering_button(say("Step"), STEP, "skip_next", "S", going, say("Change the weights once"))
        PAGE.steering.stop_button(run, say("End the run here"))
        PAGE.steering.pace_control(run, PACES)


def put(visitor: Session, spec: PointsSpec) -> None:
    """Put another network on the table. The visitor's run that goes on ends where it is another one."""
    before = PAGE.shown(visitor)[0]
    visitor.points = spec
    if before and is_steered_by_visitor(before) and not _fits(visitor, before):
        service().control(before.id, owner(), "stop")


def change(visitor: Session, changes: Mapping[str, object]) -> str:
    """Change settings of the network on the table, which then has its first weights again; a sentence where they cannot
    be used."""
    try:
        without_edits: dict[str, object] = {} if changes.keys() <= {"optimizer", "l1", "l2"} else {"edits": []}
        put(visitor, POINTS_CODEC.change(visitor.points, {**without_edits, **_with_rule(visitor.points, changes)}))
    except SpecError as error:
        return say(error.text)
    return ""


def _with_rule(spec: PointsSpec, changes: Mapping[str, object]) -> Mapping[str, object]:
    """The perceptron rule gives way to a gradient where the visitor adds a hidden layer."""
    return {**changes, "rule": "gradient"} if changes.get("units") and spec.rule != "gradient" else changes


def set_weights(visitor: Session, run: RunInfo | None, values: object) -> str:
    """Set weights by hand, in the run that goes on, or before it begins; a sentence where that was refused. Of a run
    that is over only the picture changes, in the visitor's browser."""
    if not isinstance(values, dict):
        return ""
    if run is not None:
        return set_live(run, values) if is_steered_by_visitor(run) else ""
    edits = dict(visitor.points.edits) | values
    try:
        spec = POINTS_CODEC.change(visitor.points, {"edits": [[name, value] for name, value in edits.items()]})
        check_points(spec)
    except SpecError as error:
        return say(error.text)
    visitor.points = spec
    return ""


def steer(visitor: Session, before: PointsSpec) -> str:
    """Give changed live settings to the run that goes on; a sentence where that was refused."""
    now, run = visitor.points, PAGE.shown(visitor)[0]
    changed = {name: getattr(now, name) for name in (LR, *PENALTIES) if getattr(now, name) != getattr(before, name)}
    return set_live(run, changed) if run and is_steered_by_visitor(run) else ""


def open_address(visitor: Session) -> str:
    """Put what the address names on the table, once: an example, or the settings of a shared link; a sentence where
    they cannot be used."""
    name, link = st.query_params.get(TRY, ""), st.query_params.get(LINK, "")
    if name in TRIES:
        visitor.points = TRIES[name].spec
        del st.query_params[TRY]
    if link and link != visitor.link_opened:
        visitor.link_opened = link
        del st.query_params[LINK]
        try:
            visitor.points = read_link(link, POINTS_CODEC)
        except SpecError as error:
            return say(error.text)
    return ""
