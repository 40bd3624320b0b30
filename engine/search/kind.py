"""The row of the kind "search": many short trainings that look for good settings. No torch."""

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.data.found import check_data, check_owner, load_data
from engine.kind import Kind
from engine.network.load import Load, check_batches
from engine.network.spec import plan
from engine.search.config import SEARCH_CODEC, SPACE, Search, check_search
from engine.search.events import SEARCH_EVENTS
from engine.training.config import TrainConfig
from engine.training.kind import load_of_training

if TYPE_CHECKING:
    from engine.training.streams import BuiltJob, State


def _largest(search: Search) -> TrainConfig:
    return replace(search.short(search.config), batch_size=search.largest_batch)


def _load(search: Search) -> Load:
    """That of its largest training: they follow one another."""
    return load_of_training(plan(search.network), _largest(search))


def _check(search: Search) -> None:
    check_search(search)
    short, network = search.short(search.config), plan(search.network)
    check_data(search.network, short)
    sizes = SPACE["batch_size"].options if "batch_size" in search.varied else (search.config.batch_size,)
    for size in sizes:
        check_batches(network, short.train_images, int(size))


def _begin(search: Search, source: bytes | None, resume: "State | None") -> "BuiltJob":
    from engine.search.run import run_search
    from engine.training.streams import BuiltJob, Controls

    controls = Controls()
    return BuiltJob(run_search(search, load_data(search.network), controls, resume), controls)


SEARCH = Kind(
    "search",
    SEARCH_CODEC,
    check=_check,
    load=_load,
    events=SEARCH_EVENTS,
    begin=_begin,
    by_hand=(),
    may=lambda search, owner: check_owner(search.network, owner),
)
