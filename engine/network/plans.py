"""A network resolved against its input: every card with its shapes, counts and costs. No torch."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.catalogue.params import Choice, Shape
from engine.network.network import NetworkSpec, is_block
from engine.text import Text

Path = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlannedLayer:
    """One layer resolved: shapes without the batch axis, learned numbers, multiply-adds a picture, torch arguments, the
    numbers that one picture keeps for the backward pass, and what must be done one after the other.

    `path` leads to it as the path of a Mend leads to a list, and `where` says it in words. Of a block all counts are
    those of everything in it; `bodies` are its lists, of a repeat one for each time; `shortcut` is the layer that a
    residual block needs where shapes differ.
    """

    index: int
    layer: Choice
    in_shape: Shape
    out_shape: Shape
    parameters: int
    multiply_adds: int
    args: Mapping[str, Any]
    activations: int
    calls: int
    path: Path
    where: Text
    bodies: "tuple[tuple[PlannedLayer, ...], ...]" = ()
    shortcut: "PlannedLayer | None" = None

    @property
    def parts(self) -> "Iterator[PlannedLayer]":
        """What a block holds, its shortcut last."""
        for body in self.bodies:
            yield from body
        if self.shortcut:
            yield self.shortcut


@dataclass(frozen=True, slots=True)
class Plan:
    """A network that fits together, resolved against its input."""

    network: NetworkSpec
    layers: tuple[PlannedLayer, ...]

    @property
    def parameters(self) -> int:
        return sum(p.parameters for p in self.layers)

    @property
    def multiply_adds(self) -> int:
        """The multiply-adds of one forward pass on one picture."""
        return sum(p.multiply_adds for p in self.layers)

    @property
    def activations(self) -> int:
        """The numbers that one picture keeps for the backward pass."""
        return sum(p.activations for p in self.layers)

    @property
    def takes_labels(self) -> bool:
        """Whether the model is called with labels beside its input."""
        return self.network.takes_labels

    @property
    def ends_in_softmax(self) -> bool:
        return bool(self.layers) and self.layers[-1].layer.kind == "Softmax"


def leaves(planned: Iterable[PlannedLayer]) -> Iterator[PlannedLayer]:
    """Every layer that is no block, in the order in which a model is built."""
    for p in planned:
        if is_block(p.layer.kind):
            yield from leaves(p.parts)
        else:
            yield p
