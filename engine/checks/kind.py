"""The row of the kind "checks": whether a network learns at all, before it trains for long. No torch."""

from typing import TYPE_CHECKING

from engine.checks.config import BY_HEART, CHECKS_CODEC, STEPS, Checks
from engine.checks.events import CHECKS_EVENTS
from engine.data.found import check_data, check_owner, load_data
from engine.kind import Kind
from engine.network.load import Load, check_batches
from engine.network.spec import plan
from engine.training.kind import load_of_training

if TYPE_CHECKING:
    from engine.training.streams import BuiltJob, State


def _load(checks: Checks) -> Load:
    """That of one training: they follow one another."""
    return load_of_training(plan(checks.network), checks.training(STEPS * checks.batch))


def _check(checks: Checks) -> None:
    network = plan(checks.network)
    check_data(checks.network, checks.config)
    check_batches(network, checks.config.train_images, checks.config.batch_size)
    check_batches(network, BY_HEART, checks.batch)


def _begin(checks: Checks, source: bytes | None, resume: "State | None") -> "BuiltJob":
    from engine.checks.run import run_checks
    from engine.training.streams import BuiltJob, Controls

    controls = Controls()
    return BuiltJob(run_checks(checks, load_data(checks.network), controls, resume), controls)


CHECKS = Kind(
    "checks",
    CHECKS_CODEC,
    check=_check,
    load=_load,
    events=CHECKS_EVENTS,
    begin=_begin,
    by_hand=(),
    may=lambda checks, owner: check_owner(checks.network, owner),
)
