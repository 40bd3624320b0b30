"""Which runs are compared: up to eight, in the page's address too, so that a link shows the same."""

import streamlit as st

from engine.catalogue.params import SpecError
from engine.runs.info import RunInfo
from engine.training.experiments import Experiment
from engine.training.kind import Classification
from ui.backend import service
from ui.language import say
from ui.runs.steering import is_steered_by_visitor
from ui.state import Session, owner, start_run

MOST = 8
ADDRESS = "runs"


def chosen_runs(visitor: Session) -> list[RunInfo]:
    """The runs of the address, else those compared last; what is no classifier's run is left out."""
    asked = st.query_params.get(ADDRESS)
    if asked is not None and asked != visitor.compared_address:
        visitor.compared = tuple(dict.fromkeys(asked.split(",")))[:MOST]
        visitor.compared_address = asked
    found = (service().run(run_id) for run_id in visitor.compared)
    return [run for run in found if run and run.kind == "classifier"]


def choose_runs(visitor: Session, runs: tuple[str, ...]) -> None:
    """Compare these runs from now on."""
    visitor.compared = runs[-MOST:]
    visitor.compared_address = ",".join(visitor.compared)
    if runs:
        st.query_params[ADDRESS] = visitor.compared_address
    else:
        st.query_params.pop(ADDRESS, None)


def toggle_run(visitor: Session, run_id: str) -> None:
    """Add a run to those that are compared, or leave it out."""
    others = tuple(one for one in visitor.compared if one != run_id)
    choose_runs(visitor, others if run_id in visitor.compared else (*others, run_id))


def begin_experiment(visitor: Session, experiment: Experiment) -> str:
    """Start all trainings of an experiment and compare them; a sentence where that was refused."""
    begun: list[str] = []
    try:
        for network, config in experiment.trainings:
            begun.append(start_run(Classification(network, config)))
    except SpecError as error:
        for run_id in begun:
            service().control(run_id, owner(), "stop")
        return say(error.text)
    choose_runs(visitor, tuple(begun))
    return ""


def stop_all(runs: list[RunInfo]) -> None:
    """End those of the visitor's runs that go on."""
    for run in runs:
        if is_steered_by_visitor(run):
            service().control(run.id, owner(), "stop")
