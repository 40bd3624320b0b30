"""Finds a data set by its name, and loads it for a network. Imports no torch before that."""

from typing import TYPE_CHECKING

from engine.catalogue.params import SpecError
from engine.data.own import is_of, is_own_name, own_set
from engine.data.sets import DataSet, bundled, check_fit
from engine.network.spec import NetworkSpec
from engine.text import Text
from engine.training.config import TrainConfig

if TYPE_CHECKING:
    from engine.data.mnist import Data


def data_set(name: str) -> DataSet:
    """Raises SpecError where there is none by this name."""
    return own_set(name).row if is_own_name(name) else bundled(name)


def data_of(network: NetworkSpec) -> DataSet:
    """The data set that a network reads. Raises SpecError where it is not here any more."""
    return data_set(network.reads.data)


def check_data(network: NetworkSpec, config: TrainConfig) -> None:
    """Raise SpecError unless the data set of the network is here, fits it, and has as many pictures as are asked
    for."""
    check_fit(network, config, data_of(network))


def check_owner(network: NetworkSpec, owner: str) -> None:
    """Raise SpecError where the pictures that a network reads are somebody else's own."""
    if not is_of(owner, network.reads.data):
        what = Text("This network learned from somebody's own pictures, which nobody else may use.")
        raise SpecError(what, Text("Choose another data set on the Train page."))


def tested(network: NetworkSpec) -> int:
    """How many test pictures its data set has; 0 where that is not here any more."""
    try:
        return data_of(network).test
    except SpecError:
        return 0


def load_data(network: NetworkSpec) -> "Data":
    """The pictures that a network learns from, read or mapped once a process. Raises SpecError."""
    return load_set(network.reads.data)


def load_set(name: str) -> "Data":
    """The pictures of a data set, likewise."""
    from engine.data.mnist import load_bundled, load_own

    return load_own(name) if is_own_name(name) else load_bundled(name)
