"""Which GAN the page shows, and what may be done with it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine.catalogue.params import SpecError
from engine.gan.config import GanSpec, change_config
from engine.gan.kind import EXAMPLE_GAN
from engine.gan.recipes import apply_cure
from engine.runs.info import RunInfo
from ui.backend import service
from ui.draw.readers import UNNAMED, ago
from ui.language import say
from ui.runs.steering import Steering, is_steered_by_visitor
from ui.state import Session, owner

STEP_D, STEP_G, SLOW = "gan-step-d", "gan-step-g", "gan-slow"
STEERING = Steering("gan-go", "gan-stop", {STEP_D: "step_d", STEP_G: "step_g", SLOW: "slow"})


def shown_run(visitor: Session) -> tuple[RunInfo, str]:
    """The GAN of the address, else the one looked at last, else the visitor's newest, else the example; and a sentence
    where the address names a GAN that is not there."""
    asked = st.query_params.get("run")
    run = _gan_run(asked or visitor.gan_run_id or "")
    if run is None and not asked:
        run = next(iter(service().runs(owner(), limit=1, kind="gan")), None)
    problem = "" if run or not asked else say("No GAN has the address that was opened. This is the example instead.")
    run = run or _gan_run(EXAMPLE_GAN)
    if run is None:
        raise FileNotFoundError("assets/models has no recorded GAN")
    visitor.gan_run_id = run.id
    return run, problem


def _gan_run(run_id: str) -> RunInfo | None:
    run = service().run(run_id)
    return run if run and run.kind == "gan" else None


def gan_of(run: RunInfo) -> GanSpec:
    """The networks and settings that `run` began with."""
    assert isinstance(run.job, GanSpec)
    return run.job


def show(visitor: Session, run_id: str) -> None:
    """Make `run_id` the GAN looked at, in the address too, so that a reload or a shared link shows it again."""
    visitor.gan_run_id = run_id
    st.query_params["run"] = run_id


def obey(visitor: Session) -> str:
    """Do what the button pressed asks of the GAN shown, or begin one; a sentence where that was refused."""

    def begin(paused: bool) -> str:
        run_id = service().start(visitor.gan, owner(), paused=paused)
        visitor.keep_gan()
        show(visitor, run_id)
        return run_id

    return STEERING.obey(lambda: shown_run(visitor)[0], begin)


def steer(visitor: Session, values: Mapping[str, float]) -> str:
    """Give new values of LIVE to the GAN shown, where it goes on, is the visitor's and has the networks that
    lie on the table; a sentence where that was refused."""
    run, _ = shown_run(visitor)
    if not is_steered_by_visitor(run) or not _same_networks(gan_of(run), visitor.gan):
        return ""
    try:
        for name, value in values.items():
            service().control(run.id, owner(), "set", (name, value))
    except SpecError as error:
        return say(error.text)
    return ""


def cure(visitor: Session) -> str:
    """Take the cure that the GAN shown offers: while it trains, or by starting again; a sentence where that failed."""
    run, _ = shown_run(visitor)
    told = [e for e in service().history(run.id)["events"] if e["event"] == "health_changed"]
    if not told or not told[-1]["cure"]:
        return ""
    changes: dict[str, Any] = told[-1]["changes"]
    try:
        if not told[-1]["live"]:
            visitor.load_gan(apply_cure(gan_of(run), changes))
            show(visitor, service().start(visitor.gan, owner()))
        elif is_steered_by_visitor(run):
            for name, value in changes.items():
                service().control(run.id, owner(), "set", (name, value))
            if _same_networks(gan_of(run), visitor.gan):
                visitor.edit_gan_config(change_config(visitor.gan.config, changes))
    except SpecError as error:
        return say(error.text)
    return ""


def label(run: RunInfo) -> str:
    """The line at the top: whose GAN is shown, and what can be done."""
    name = run.name or UNNAMED
    if run.id == EXAMPLE_GAN:
        return say(
            "**Press Start** and watch a network learn to write. Until then, a recorded example: {name}.", name=name
        )
    if run.owner != owner():
        return say("**Someone else's GAN:** {name}. Press Start to train your own.", name=name)
    return say("**Your GAN:** {name}, started {ago}.", name=name, ago=ago(run.created))


def _same_networks(one: GanSpec, other: GanSpec) -> bool:
    return (one.generator, one.discriminator) == (other.generator, other.discriminator)
