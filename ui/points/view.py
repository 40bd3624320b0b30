"""The 2-D playground: a small network on points in the plane, drawn by assets/web/points/points.js."""

import functools
from dataclasses import asdict, replace
from typing import Any

import streamlit as st

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import SpecError
from engine.export.formats import write_link
from engine.export.points import points_program
from engine.points.config import (
    MOST_LAYERS,
    MOST_OWN,
    MOST_UNITS,
    PENALTIES,
    PERCEPTRON,
    POINT_SETTINGS,
    POINTS_CODEC,
    RATE,
    PointsSpec,
    lacks_points,
)
from engine.points.sets import SETS
from engine.points.train import untrained
from engine.runs.info import RunInfo
from ui.api.web import nothing, web_component
from ui.build.sharing import copy_field, link_and_code
from ui.colours import COLOURS
from ui.dialog import open_dialog
from ui.forms import choice_form, param_widget
from ui.language import say
from ui.machine.view import machine_share
from ui.points.run import PAGE, change, controls, open_address, put, set_weights, spec_of, steer
from ui.points.tries import TRIES, look_for
from ui.state import Session, draw_again, owner, seed, session, settle
from ui.top_bar import heading

SET = "points-set"
PROGRAM_FILE = "points.py"
ROLES = {"negative": "negative", "positive": "positive", "third": "test", "train": "train", "test": "test"}


def points_view() -> None:
    """Settings in the sidebar, all else in a fragment: call it outside of one."""
    visitor = session()
    PAGE.shown(visitor)  # brings the settings of a run that the address names on the table
    refusals = [open_address(visitor)]
    before = visitor.points
    after = _settings(before)
    if after != before:
        put(visitor, after)
        refusals.append(steer(visitor, before))
    for refusal in filter(None, refusals):
        st.warning(refusal, icon=":material/error:")
    _points()


@st.fragment
def _points() -> None:
    """All but the settings: a click here, or news of the run, draws this part alone."""
    with st.container(key="points-page"):
        _page(session())


def _page(visitor: Session) -> None:
    refusal = PAGE.obey(visitor)
    _set(visitor)
    run, unknown = PAGE.shown(visitor)
    above = st.container(key="points-head")
    heading(say("The network and the plane"))
    preview, problem = (None, "") if run else _preview(visitor.points)
    told = _picture(spec_of(run) if run else visitor.points, run, preview)
    refusal = _obey_picture(visitor, run, told) or refusal
    with above:
        st.markdown(say(look_for(visitor.points)))
        if run and run.owner != owner():
            st.caption(PAGE.label(run))
        for text in filter(None, (refusal, unknown, problem)):
            st.warning(text, icon=":material/error:")
        controls(run)
    _tries(visitor)
    machine_share(run.id if run else None, run.status if run else "", "points-share")


def _obey_picture(visitor: Session, run: RunInfo | None, told: dict[str, Any]) -> str:
    """Do what was asked in the picture; a sentence where it was refused."""
    refusal = ""
    if told["weights"] is not None:
        refusal = set_weights(visitor, run, told["weights"])
    if isinstance(told["change"], dict):
        refusal = change(visitor, told["change"])
    if told["points"] is not None:
        refusal = change(visitor, {"points": told["points"]})
    if not refusal and (told["change"] is not None or told["points"] is not None):
        draw_again()
    return refusal


def _set(visitor: Session) -> None:
    """Which points are to be learned; another choice is shown at once."""
    param = POINT_SETTINGS["data"]
    seed(SET, visitor.points.data)
    chosen = st.segmented_control(
        say(param.label),
        list(SETS),
        key=SET,
        format_func=lambda name: say(SETS[name].title),
        required=True,
        label_visibility="collapsed",
        help=say(param.help),
    )
    if chosen is None:
        return
    settle(SET, chosen)
    if chosen != visitor.points.data:
        put(visitor, replace(visitor.points, data=chosen, edits=()))


def _tries(visitor: Session) -> None:
    """Networks to begin with, then what can be taken along."""
    heading(say("Examples"))
    with st.container(key="points-tries", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(say("**Try**"), width="content")
        for name, one in TRIES.items():
            if st.button(say(one.title), key=f"points-try-{name}", icon=f":material/{one.icon}:", help=say(one.why)):
                put(visitor, one.spec)
                st.rerun()  # the sidebar, too, shows other settings now
        if st.button(
            say("New weights"),
            key="points-new",
            icon=":material/casino:",
            help=say("Other points and other first weights"),
        ):
            put(visitor, replace(visitor.points, seed=visitor.points.seed + 1, edits=()))
            st.rerun()
        if st.button(say("Share"), icon=":material/link:", key="points-link"):
            open_dialog(say("Share these settings"), _share, visitor.points)
        if st.button(say("Code"), icon=":material/code:", key="points-code"):
            open_dialog(say("This network as code"), _code, visitor.points)


def _share(spec: PointsSpec) -> None:
    try:
        link = write_link(spec, POINTS_CODEC)
    except SpecError as error:
        st.error(say(error.text))
        return
    st.write(
        say("This link holds the points, the network and all settings. Whoever opens it gets a copy of their own.")
    )
    copy_field(key="points-share-link", data=link_and_code(st.context.url or "", link))


def _code(spec: PointsSpec) -> None:
    source = points_program(spec)
    st.code(source, language="python", height=480)
    label = say("Download {file}", file=PROGRAM_FILE)
    st.download_button(label, source, PROGRAM_FILE, "text/x-python", on_click="ignore", key="points-download")


def _settings(spec: PointsSpec) -> PointsSpec:
    """Draw the forms; the settings that they say."""
    with st.sidebar:
        heading(say("Settings"))
        spec = _forms(spec, ("activation", "rule"))
        if spec.rule == PERCEPTRON:
            spec = replace(spec, optimizer=spec.optimizer.but(lr=float(param_widget(RATE, spec.lr, "points.lr"))))
        else:
            optimizer = choice_form(say("Optimizer"), OPTIMIZERS, spec.optimizer, "points.optimizer")
            spec = replace(spec, optimizer=optimizer)
            spec = _forms(spec, ("batch_size",))
            with st.expander(say("Regularisation")):
                spec = _forms(spec, tuple(PENALTIES))
        with st.expander(say("Points"), expanded=True):
            spec = _forms(spec, ("count", "noise", "test_share"))
        with st.expander(say("Steps, seed")):
            spec = _forms(spec, ("steps", "seed"))
    return spec


def _forms(spec: PointsSpec, names: tuple[str, ...]) -> PointsSpec:
    params = POINT_SETTINGS | PENALTIES
    entries: dict[str, Any] = {n: param_widget(params[n], getattr(spec, n), f"points.{n}") for n in names}
    return replace(spec, **entries)


def _preview(spec: PointsSpec) -> tuple[dict[str, Any] | None, str]:
    """The points and first weights of a run that may be started; a sentence where it may not."""
    try:
        return _first(spec), ""
    except SpecError as error:
        return None, "" if lacks_points(spec) else say(error.text)


@functools.lru_cache(maxsize=64)
def _first(spec: PointsSpec) -> dict[str, Any]:
    started, shown = untrained(spec)
    return {"started": asdict(started), "shown": asdict(shown)}


_component = web_component(
    "points",
    "points/points.js",
    sheets=[
        "run/head.css",
        "lib/spoken_chart.css",
        "lib/small_button.css",
        "lib/activation.css",
        "gan/studio.css",
        "points/points.css",
    ],
    html='<div class="studio points"></div>',
)


def _picture(spec: PointsSpec, run: RunInfo | None, preview: dict[str, Any] | None) -> dict[str, Any]:
    """Show the run, or what may be started. The page finds once what the visitor did: "weights" set by hand, a "change"
    of the network, "points" of their own, as untrusted JSON; "status" when the run's became another."""
    data = {
        "run_id": run.id if run else None,
        "status": run.status if run else "",
        "stepped": PAGE.steering.stepped(),
        "spec": {**POINTS_CODEC.to_json(spec), "classes": spec.classes},
        "preview": preview,
        "most": {"layers": MOST_LAYERS, "units": MOST_UNITS, "points": MOST_OWN},
        "colours": {name: COLOURS[role] for name, role in ROLES.items()},
    }
    asked = ("status", "weights", "change", "points")
    told = _component(key="points-picture", data=data, **{f"on_{name}_change": nothing for name in asked})
    return {name: told.get(name) for name in asked}
