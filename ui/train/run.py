"""Which run the Train page shows, and what may be done with it."""

from dataclasses import replace

from engine.kind import SET
from engine.runs.info import RunInfo
from engine.text import Text
from engine.training.kind import EXAMPLE, LR, Classification
from ui.backend import service
from ui.runs.run_page import RunPage
from ui.runs.steering import Steering
from ui.state import Session, entered, owner

BATCH, EPOCH = "run-batch", "run-epoch"
PAGE = RunPage(
    "classifier",
    "run_id",
    Steering("run-go", "run-stop", {BATCH: "step", EPOCH: "epoch"}),
    job=lambda visitor: Classification(visitor.network, visitor.config),
    started=lambda visitor: visitor.keep(),
    example=EXAMPLE,
    missing=Text("No run has the address that was opened. This is the example instead."),
    own=Text("Your run: {name}, {parameters:,} parameters, started {ago}."),
    others=Text("You are watching someone else's run: {name}, {parameters:,} parameters."),
    recorded=Text("An example: the network {name}, recorded. Press Start to train yours."),
)


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
