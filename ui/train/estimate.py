"""How long a training will take on this machine, in words."""

import streamlit as st

from engine.network.spec import plan
from engine.text import Text
from engine.training.kind import measure_speed
from ui.backend import service

ENOUGH_STEPS = 50  # for a run's speed to say something about the machine


@st.cache_data(ttl=5, show_spinner=False)
def machine_speed() -> float:
    """How fast this machine is, by the newest runs that ended here."""
    return measure_speed(
        (plan(run.job.network), run.job.config, run.finished["samples_per_second"])
        for run in service().runs(limit=10, kind="classifier")
        if run.finished and run.finished["step"] >= ENOUGH_STEPS
    )


def in_one_unit(seconds: float) -> Text:
    """In one unit, rounded as an estimate deserves."""
    if seconds >= 5400:
        return Text("{count:.2g} hours", count=seconds / 3600)
    if seconds >= 100:
        return Text("{count:.2g} minutes", count=seconds / 60)
    return Text("{count} s", count=max(1, round(seconds)))
