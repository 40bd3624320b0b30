"""The table of all kinds of runs, and functions that work for a job of any kind. No torch."""

from typing import Any

from engine.catalogue.params import SpecError
from engine.checks.kind import CHECKS
from engine.gan.kind import GAN
from engine.kind import Kind, Sort
from engine.landscape.kind import LANDSCAPE
from engine.network.load import Load, check_load
from engine.plane.kind import PLANE
from engine.points.kind import POINTS
from engine.search.kind import SEARCH
from engine.study.kind import STUDY
from engine.text import Text
from engine.training.events import COMMON_EVENTS, name_of
from engine.training.kind import CLASSIFIER

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (CLASSIFIER, GAN, PLANE, STUDY, POINTS, CHECKS, SEARCH, LANDSCAPE)
}
_sorts: dict[type[Any], Sort] = {}
_sorts_by_name: dict[str, Sort] = {}


def kind_of(job: Any) -> Kind:
    return next(kind for kind in KINDS.values() if type(job) is kind.codec.of)


def job_to_json(job: Any) -> dict[str, Any]:
    """`{"kind": ..., ...}`"""
    kind = kind_of(job)
    return {"kind": kind.name, **kind.codec.to_json(job)}


def job_from_json(data: object) -> Any:
    """Read a job from untrusted parsed JSON; it may not be fit to run yet. Raises SpecError."""
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(kind, str) or kind not in KINDS:
        raise SpecError(Text("This is nothing that can be run."), Text("Expected an object whose kind is known."))
    return KINDS[kind].codec.from_json({name: value for name, value in data.items() if name != "kind"})


def load_of(job: Any) -> Load:
    """Estimate the time and memory that a job needs. Raises SpecError for networks that do not fit together."""
    return kind_of(job).load(job)


def check_job(job: Any) -> None:
    """Raise SpecError unless the job fits together and stays within the limits."""
    kind_of(job).check(job)
    check_load(load_of(job))


def change_job(job: Any, name: str, value: float) -> Any:
    """Change a live setting of `job`. Raises SpecError unless that may be done while it trains."""
    changed = kind_of(job).apply_change(job, name, value)
    check_job(changed)
    return changed


def sort_of(event: Any) -> Sort:
    """The sort of an event of any kind."""
    if type(event) not in _sorts:
        _learn()
    return _sorts[type(event)]


def sort_of_name(name: str) -> Sort:
    """The sort of an event by its wire name, such as "epoch_done"; a note where it is unknown."""
    if name not in _sorts_by_name:
        _learn()
    return _sorts_by_name.get(name, "note")


def step_name(kind: str) -> str:
    """The wire name of a kind's steps; empty where it has none."""
    return next((name_of(event) for event, sort in KINDS[kind].events.items() if sort == "step"), "")


def _learn() -> None:
    for events in (COMMON_EVENTS, *(kind.events for kind in KINDS.values())):
        _sorts.update(events)
    _sorts_by_name.update({name_of(event): sort for event, sort in _sorts.items()})
