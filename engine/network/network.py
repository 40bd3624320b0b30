"""A network as plain data, as the user assembles it: a list of cards, of which a block holds lists itself. No torch."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from engine.catalogue.layers import LAYERS
from engine.catalogue.names import clean
from engine.catalogue.params import Choice, Mend, Shape, SpecError, Value, choose
from engine.limits import limits
from engine.network.reads import DIGITS, Reads
from engine.network.roles import INPUT_SHAPE, ROLES
from engine.text import Text

Layers = tuple[Choice, ...]
MAX_LAYERS = limits().layers
MAX_DEPTH = 4  # blocks in one another


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """An ordered list of layers on an input shape, with its initialisation. Hashable.

    `name` is for people only, and always a short line of text. `role` is one of ROLES. A generator reads z, so many
    random numbers; other networks read a picture of what `reads` says.
    """

    layers: tuple[Choice, ...] = ()
    init: str = "default"
    name: str = ""
    input_shape: Shape = INPUT_SHAPE
    role: str = "classifier"
    reads: Reads = DIGITS

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean(self.name))

    @property
    def out_shape(self) -> Shape:
        """The shape that it must end in."""
        return (len(self.reads.classes),) if self.role == "classifier" else ROLES[self.role].out

    @property
    def takes_labels(self) -> bool:
        """Whether its model is called with labels beside its input."""
        return any(LAYERS[choice.kind].takes_label for choice in self.layers)


def layer(kind: str, *bodies: Iterable[Choice], **values: Value) -> Choice:
    """A checked layer, as in `layer("Conv2d", channels=32)`, or a block with its lists, as in
    `layer("Residual", [layer("Linear")])`, which are empty where none are given. Raises SpecError."""
    choice = choose(LAYERS, kind, values, Text("Layer"))
    least, _ = LAYERS[kind].bodies
    return replace(choice, bodies=tuple(map(tuple, bodies)) or ((),) * least)


def is_block(kind: str) -> bool:
    return LAYERS[kind].bodies != (0, 0)


def cards(layers: Iterable[Choice]) -> Iterator[Choice]:
    """Every card of a list, each block before those in it."""
    for choice in layers:
        yield choice
        for body in choice.bodies:
            yield from cards(body)


def mend_network(network: NetworkSpec, mend: Mend) -> NetworkSpec:
    """Apply a one-click cure to a network."""
    end = mend.index if mend.action == "insert" else mend.index + 1
    put = () if mend.choice is None else (mend.choice,)
    return change_list(network, mend.path, lambda there: (*there[: mend.index], *put, *there[end:]))


def change_list(network: NetworkSpec, where: tuple[int, ...], change: Callable[[Layers], Layers]) -> NetworkSpec:
    """Change the list that `where` leads to: () for the network's own, (2, 0) for the first one of its third layer."""
    return replace(network, layers=_changed(network.layers, where, change))


def _changed(layers: Layers, where: tuple[int, ...], change: Callable[[Layers], Layers]) -> Layers:
    if not where:
        return change(layers)
    index, place = where[:2]
    bodies = list(layers[index].bodies)
    bodies[place] = _changed(bodies[place], where[2:], change)
    return (*layers[:index], replace(layers[index], bodies=tuple(bodies)), *layers[index + 1 :])


def too_long(layers: int) -> SpecError:
    what = Text("{count:,} layers are too many.", count=layers)
    return SpecError(what, Text("Keep to {most} or fewer.", most=MAX_LAYERS))
