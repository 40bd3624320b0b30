"""The GAN in two dimensions: the picture of the theory, live, drawn by assets/web/plane/plane.js. Belongs to the GAN
page."""

import functools
import json
from dataclasses import replace
from typing import Any

import streamlit as st

from engine.catalogue.params import SpecError
from engine.gan.losses import GAN_LOSSES
from engine.plane.config import MOST_POINTS, PLANE_CODEC, PLANE_SETTINGS, TARGETS, PlaneGan
from engine.plane.frame import EXTENT
from engine.plane.train import untrained
from engine.runs.info import RunInfo
from engine.text import Text
from ui.api.web import nothing, web_component
from ui.colours import COLOURS
from ui.forms import choice_form, param_widget
from ui.language import say
from ui.machine.view import machine_share
from ui.plane.run import PAGE, controls, plane_of, steer, take_points, try_out
from ui.plane.tries import look_for, offered
from ui.runs.steering import is_steered_by_visitor
from ui.state import Session, draw_again, owner, seed, session, settle
from ui.top_bar import heading

TARGET = "plane-target"
STEPS, RATES = ("discriminator_steps", "generator_steps"), ("discriminator_lr", "generator_lr")
NOISE = ("label_smoothing", "instance_noise")
DRAW = Text("**Draw what G is to imitate,** by mouse or finger: a face, a letter, three blots. Then press Start.")
# Real points have the colour of training data, made ones the generator's.
ROLES = {"real": "train", "made": "generator", "generator": "generator", "discriminator": "discriminator"}


def plane_view() -> None:
    """Settings in the sidebar, all else in a fragment: call it outside of one."""
    visitor = session()
    PAGE.shown(visitor)  # brings the settings of a run that the address names on the table
    before = visitor.plane
    _settings(visitor)
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
    refusal = PAGE.obey(visitor)
    _target(visitor)
    run, unknown = PAGE.shown(visitor)
    above = st.container(key="plane-head")
    heading(say("The plane and its curves"))
    shown = plane_of(run) if run else visitor.plane
    told = plane_picture(shown, run.id if run else None, "plane-picture", status=run.status if run else "")
    if told["points"] is not None:
        refusal = take_points(visitor, told["points"]) or refusal
        if visitor.plane != shown:
            draw_again()
    with above:
        drawing = run is None and visitor.plane.target == "drawn"
        st.markdown(say(DRAW if drawing else look_for(visitor.plane)))
        if run and run.owner != owner():
            st.caption(PAGE.label(run))
        for problem in filter(None, (refusal, unknown)):
            st.warning(problem, icon=":material/error:")
        controls(visitor, run)
    _tries(visitor, run)
    machine_share(run.id if run else None, run.status if run else "", "plane-share")


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


def _tries(visitor: Session, run: RunInfo | None) -> None:
    """Experiments to press; those that are live need a run that goes on."""
    heading(say("Experiments"))
    with st.container(key="plane-tries", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(say("**Try**"), width="content")
        for name, one in offered(visitor.plane).items():
            off = one.live and not is_steered_by_visitor(run)
            icon = f":material/{one.icon}:"
            if st.button(say(one.title), key=f"plane-try-{name}", icon=icon, help=say(one.why), disabled=off):
                refusal = try_out(visitor, name, run)
                if refusal:
                    st.warning(refusal, icon=":material/error:")
                else:
                    st.rerun()  # the sidebar, too, shows other settings now


def _settings(visitor: Session) -> None:
    """Draw the forms and put what they say on the visitor's table."""
    plane = visitor.plane
    with st.sidebar:
        heading(say("Settings"))
        names = {kind: say(row.title) for kind, row in GAN_LOSSES.items()}
        plane = replace(plane, loss=choice_form(say("Loss"), GAN_LOSSES, plane.loss, "plane.loss", names=names))
        with st.container(border=True, gap="xsmall", key="plane-live"):
            st.markdown(say("**Change these while it trains**"))
            for column, name in zip(st.columns(2, gap="small"), STEPS, strict=True):
                with column:
                    plane = _forms(plane, (name,))
            plane = _forms(plane, (*RATES, *NOISE))
        plane = _forms(plane, ("steps", "z"))
        with st.expander(say("Networks, batch size, seed")):
            plane = _forms(plane, ("units", "layers", "beta1", "batch_size", "seed"))
    visitor.plane = plane


def _forms(plane: PlaneGan, names: tuple[str, ...]) -> PlaneGan:
    entries: dict[str, Any] = {n: param_widget(PLANE_SETTINGS[n], getattr(plane, n), f"plane.{n}") for n in names}
    return replace(plane, **entries)


_component = web_component(
    "plane",
    "plane/plane.js",
    sheets=[
        "run/head.css",
        "lib/spoken_chart.css",
        "lib/small_button.css",
        "gan/studio.css",
        "gan/side.css",
        "plane/plane.css",
    ],
    html='<div class="studio plane"></div>',
)


def plane_picture(plane: PlaneGan, run_id: str | None, key: str, *, status: str) -> dict[str, Any]:
    """Show the run of `plane`, or without a `run_id` its target and what untrained networks make of it; then points of
    the visitor's own can be drawn.

    When the run's status becomes another, the page is run again and finds it once under "status"; under "points" it
    finds once what was drawn, as untrusted JSON.
    """
    loss = GAN_LOSSES[plane.loss.kind]
    data = {
        "run_id": run_id,
        "status": status,
        "stepped": PAGE.steering.stepped(),
        "preview": None if run_id else _preview(plane),
        "loss": {"verdict": loss.verdict, "even": loss.even},
        "drawing": run_id is None and plane.target == "drawn",
        "points": [list(point) for point in plane.points],
        "most": MOST_POINTS,
        "extent": EXTENT,
        "colours": {name: COLOURS[role] for name, role in ROLES.items()},
    }
    result = _component(data=data, key=key, on_status_change=nothing, on_points_change=nothing)
    return {"status": result.get("status"), "points": result.get("points")}


@functools.lru_cache(maxsize=64)
def _preview(plane: PlaneGan) -> dict[str, Any]:
    modes = len(TARGETS[plane.target].centres)
    try:
        started, drawn = untrained(plane)
    except SpecError:  # nothing is drawn yet
        points = [round(1000 * part) for point in plane.points for part in point]
        return {"real": points, "frame": None, "modes": modes, "extent": EXTENT}
    real = [round(1000 * part) for point in plane.points for part in point] or list(started.real)
    return {"real": real, "frame": json.loads(drawn.content), "modes": modes, "extent": EXTENT}
