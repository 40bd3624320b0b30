"""What the buttons and fields of the layer list do to the network that is shown."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.catalogue.params import Choice, Mend, Value
from engine.network.spec import mended
from ui.state import Session


def edit(visitor: Session, **changes: Value) -> None:
    visitor.edit(replace(visitor.shown, **changes), typed=True)  # type: ignore[arg-type]


def resize(visitor: Session, size: Value) -> None:
    """Let a generator read so many random numbers."""
    visitor.edit(replace(visitor.shown, input_shape=(int(size),)), typed=True)


def put_layers(visitor: Session, layers: Sequence[Choice]) -> None:
    visitor.edit(replace(visitor.shown, layers=tuple(layers)))


def setter(visitor: Session, index: int, kind: str, name: str) -> Callable[[Value], None]:
    """Set one value of a layer, unless another one has taken its place while the visitor typed."""

    def change(value: Value) -> None:
        layers = visitor.shown.layers
        if index < len(layers) and layers[index].kind == kind:
            put(visitor, index, layers[index].but(**{name: value}))

    return change


def put(visitor: Session, index: int, choice: Choice) -> None:
    layers = list(visitor.shown.layers)
    layers[index : index + 1] = [choice]
    visitor.edit(replace(visitor.shown, layers=tuple(layers)), typed=True)


def move(visitor: Session, index: int, to: int) -> None:
    layers = list(visitor.shown.layers)
    layers.insert(to, layers.pop(index))
    put_layers(visitor, layers)


def duplicate(visitor: Session, index: int) -> None:
    layers = list(visitor.shown.layers)
    layers.insert(index, layers[index])
    put_layers(visitor, layers)


def delete(visitor: Session, index: int) -> None:
    layers = list(visitor.shown.layers)
    del layers[index]
    put_layers(visitor, layers)


def mend_by(visitor: Session, mend: Mend) -> None:
    visitor.edit(mended(visitor.shown, mend))
