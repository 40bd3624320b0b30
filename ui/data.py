"""The data set that the network on a visitor's table reads, which there are, and how networks follow one."""

import functools

from engine.catalogue.params import SpecError
from engine.data.found import check_owner, data_of, data_set
from engine.data.own import own_sets
from engine.data.sets import SETS, DataSet, follow, like, settings_for
from engine.network.reads import MNIST as MNIST
from engine.network.spec import NetworkSpec, survey
from engine.training.architectures import ALL_PRESETS
from engine.training.config import TrainConfig
from engine.training.presets import Preset
from ui.language import say
from ui.state import Session, owner


def sets_of(visitor: Session) -> dict[str, DataSet]:
    """The data sets that a visitor may choose from, by their names."""
    return SETS | {own.row.name: own.row for own in own_sets(visitor.visitor)}


def row_of(network: NetworkSpec, who: str | None = None) -> DataSet | None:
    """The data set that a network reads; None where it is not here any more, or somebody else's own. `who` asks, by
    default the visitor of the page."""
    try:
        check_owner(network, owner() if who is None else who)
        return data_of(network)
    except SpecError:
        return None


def data_title(network: NetworkSpec, who: str | None = None) -> str:
    """What the data set of a network is called."""
    row = row_of(network, who)
    return say(row.title) if row else say("Pictures that are not here, or are somebody's own")


def choose_data(visitor: Session, name: str) -> None:
    """Let the network on the table read another data set, and its settings follow. Raises SpecError."""
    row, before = data_set(name), row_of(visitor.network)
    network = follow(visitor.network, row.reads, row.shape)
    visitor.load(network, settings_for(visitor.config, row, before))


def choose_preset(visitor: Session, preset: Preset, name: str) -> None:
    """Put a preset on the table that reads the data set `name`. Raises SpecError."""
    row = data_set(name)
    visitor.load(follow(preset.network, row.reads, row.shape), settings_for(preset.config, row, SETS[MNIST]))


def settings_on(visitor: Session, config: TrainConfig) -> TrainConfig:
    """The settings of a preset on the data set of the table."""
    row = row_of(visitor.network)
    return settings_for(config, row, SETS[MNIST]) if row else config


@functools.lru_cache(maxsize=64)
def fitting(table: NetworkSpec) -> dict[str, NetworkSpec]:
    """The presets that fit what the network on the table reads, on the same pictures."""
    adapted = {key: like(preset.network, table) for key, preset in ALL_PRESETS.items()}
    return {key: network for key, network in adapted.items() if survey(network)[1] is None}
