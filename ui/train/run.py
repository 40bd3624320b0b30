"""Which run the Train page shows, and what may be done with it."""

from dataclasses import replace

import streamlit as st

from engine.kind import SET
from engine.runs.info import RunInfo
from engine.training.kind import EXAMPLE, LR, Classification
from ui.backend import service
from ui.draw.readers import UNNAMED, ago
from ui.runs.steering import Steering
from ui.state import Session, entered, owner

BATCH, EPOCH = "run-batch", "run-epoch"
STEERING = Steering("run-go", "run-stop", {BATCH: "step", EPOCH: "epoch"})


def shown_run(visitor: Session) -> tuple[RunInfo, str]:
    """The run of the address, else the one looked at last, else the visitor's newest, else the example; and a sentence
    where the address names a run that is not there."""
    asked = st.query_params.get("run")
    run = service().run(asked or visitor.run_id or "")
    if run and run.kind != "classifier":
        run = None
    if run is None and not asked:
        run = next(iter(service().runs(owner(), limit=1, kind="classifier")), None)
    problem = "" if run or not asked else "No run has the address that was opened. This is the example instead."
    run = run or service().run(EXAMPLE)
    if run is None:
        raise FileNotFoundError("assets/models has no recorded example")
    visitor.run_id = run.id
    return run, problem


def show(visitor: Session, run_id: str) -> None:
    """Make `run_id` the run looked at, in the address too, so that a reload or a shared link shows it again."""
    visitor.run_id = run_id
    st.query_params["run"] = run_id


def obey(visitor: Session) -> str:
    """Do what the button pressed asks of the run shown, or begin one; a sentence where that was refused."""

    def begin(paused: bool) -> str:
        run_id = service().start(Classification(visitor.network, visitor.config), owner(), paused=paused)
        visitor.keep()
        show(visitor, run_id)
        return run_id

    return STEERING.obey(lambda: shown_run(visitor)[0], begin)


def change_rate(visitor: Session, run: RunInfo, key: str) -> None:
    """Callback of the slider `key`: from the next step on this learning rate, and for the next run where that is to
    train the same way."""
    rate = float(entered(key))
    service().control(run.id, owner(), SET, (LR, rate))
    table = visitor.config.optimizer
    if visitor.network == run.job.network and table.kind == run.job.config.optimizer.kind:
        visitor.edit_config(replace(visitor.config, optimizer=table.but(lr=rate)))


def base_rate(run: RunInfo) -> float:
    """The learning rate that the run's schedule multiplies at the moment."""
    job = service().job_now(run.id) or run.job
    return float(job.config.optimizer["lr"])


def label(run: RunInfo) -> str:
    """The line above the curves: whose run this is, and of which network."""
    network = f"{run.name or UNNAMED}, {run.parameters:,} parameters"
    if run.id == EXAMPLE:
        return f"An example: the network {run.name.lower()}, recorded. Press Start to train yours."
    if run.owner != owner():
        return f"You are watching someone else's run: {network}."
    return f"Your run: {network}, started {ago(run.created)}."
