"""The buttons that steer a run, and what the next one will cost."""

import streamlit as st

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import SpecError
from engine.network.spec import Plan, mend_network, plan, survey
from engine.runs.info import RunInfo
from engine.text import number
from engine.training import estimate
from ui.backend import service
from ui.draw.readers import UNNAMED
from ui.forms import plain, slider_steps
from ui.language import say
from ui.runs.steering import is_steered_by_visitor, steering_button
from ui.state import Session, seed, settle
from ui.train.run import BATCH, EPOCH, STEERING, base_rate, change_rate
from ui.train.settings import shown_rate

WIDTH = 148  # px of every button, so that none moves when another changes its name
ENOUGH_STEPS = 50  # for a run's speed to say something about the machine


def controls(visitor: Session, run: RunInfo) -> None:
    """Start, Pause or Resume in one place, single steps and Stop beside it, then the cost of the next run."""
    planned, misfit = survey(visitor.network)
    going = is_steered_by_visitor(run) and run.status != "paused"
    unfit = misfit is not None and not is_steered_by_visitor(run)
    with st.container(key="run-controls", horizontal=True, vertical_alignment="center", gap="small"):
        STEERING.go_button(run, unfit, WIDTH)
        why = "Do a single step: one batch of pictures"
        steering_button("One batch", BATCH, "skip_next", "S", unfit or going, why, width=WIDTH)
        why = "Go on to the end of this epoch, then pause"
        steering_button("One epoch", EPOCH, "fast_forward", "E", unfit or going, why, width=WIDTH)
        STEERING.stop_button(run, "End the run here; its test figures are worked out at once", WIDTH)
        if misfit is None:
            st.caption(_cost(Plan(visitor.network, planned), visitor))
        else:
            _misfit(visitor, misfit)


def rate(visitor: Session, run: RunInfo) -> None:
    """The learning rate of the visitor's own run while it goes on; in its place, otherwise, that this can be had. The
    style sheet hides the one of the sidebar meanwhile, so that there is always one."""
    if not is_steered_by_visitor(run):
        with st.container(key="run-rate-later"):
            st.caption("**Learning rate:** while a run of yours goes on, change it here and see the curves answer.")
        if shown_rate(visitor) != visitor.config.optimizer["lr"]:
            st.rerun()  # the sidebar still has the one of before
        return
    key, now = f"run-rate-{run.id}", base_rate(run)
    seed(key, now)
    with st.container(key="run-rate-now"):
        value = st.select_slider(
            "Learning rate now",
            sorted({*slider_steps(OPTIMIZERS[run.job.config.optimizer.kind].params["lr"]), now}),
            key=key,
            format_func=number,
            on_change=change_rate,
            args=(visitor, run, key),
            help="How far each step goes. Change it while your run goes on: the curves show a mark, then the effect. "
            "The schedule multiplies it. Your next run begins with it, too.",
        )
    settle(key, value)


def _cost(planned: Plan, visitor: Session) -> str:
    config = visitor.config
    work = planned.multiply_adds * config.train_images
    about = _about(estimate.estimate_seconds(planned, config, _machine_speed()))
    return (
        f"Next: **{plain(visitor.network.name) or UNNAMED}**, {planned.parameters:,} parameters, "
        f"{_short(work)} multiply-adds an epoch, about **{about}** on this machine"
    )


def _misfit(visitor: Session, misfit: SpecError) -> None:
    mend = misfit.mend
    st.markdown(f":material/error: {say(misfit.text)}")
    if mend and st.button(
        say(mend.label), key="run-mend", on_click=lambda: visitor.edit(mend_network(visitor.network, mend))
    ):
        st.rerun()  # the sidebar, too, shows another network now
    st.page_link("../pages/build.py", label="Change it on the Build page", icon=":material/stacks:")


@st.cache_data(ttl=5, show_spinner=False)
def _machine_speed() -> float:
    """How fast this machine is, by the newest runs that ended here."""
    return estimate.measure_speed(
        (plan(run.job.network), run.job.config, run.finished["samples_per_second"])
        for run in service().runs(limit=10, kind="classifier")
        if run.finished and run.finished["step"] >= ENOUGH_STEPS
    )


def _short(count: int) -> str:
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if count >= size:
            return f"{count / size:.3g} {word}"
    return f"{count:,}"


def _about(seconds: float) -> str:
    """In one unit, rounded as an estimate deserves."""
    for size, unit in ((5400, "hours"), (100, "minutes")):
        if seconds >= size:
            return f"{seconds / (3600 if unit == 'hours' else 60):.2g} {unit}"
    return f"{max(1, round(seconds))} s"
