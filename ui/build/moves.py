"""What the buttons and fields of the layer list do to the network that is shown.

An entry may come late: who picks a preset and types at once still types into the fields of the network before. So each
drawing of the page has a number, which comes back with every entry; an entry with an older number is not used. The
layer may be gone when its button arrives: another tab, or a second press, was quicker. Then nothing happens.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from engine.catalogue.params import Choice, Mend, Value
from engine.network.spec import mend_network
from ui.language import say
from ui.state import Session, enter, entered

ECHO = "echo"
Entry = TypeVar("Entry")


def draw_echo(visitor: Session) -> None:
    """Put the number, unseen, at the end of the page: a browser that has it has drawn all that is before it."""
    enter(ECHO, str(visitor.moves))
    st.text_input(say("Number of the drawing"), key=ECHO, label_visibility="collapsed")


def unless_late(visitor: Session, change: Callable[[Entry], None]) -> Callable[[Entry], None]:
    """`change`, but for an entry into what has been replaced since: then every field is filled anew."""

    def checked(entry: Entry) -> None:
        if entered(ECHO) in (None, str(visitor.moves)):
            change(entry)
        else:
            visitor.seeds.clear()

    return checked


def edit(visitor: Session, **changes: Value) -> None:
    """Change the network's own fields, such as its name."""
    visitor.edit(replace(visitor.shown, **changes), typed=True)  # type: ignore[arg-type]


def resize(visitor: Session, size: Value) -> None:
    """Let a generator read `size` random numbers."""
    visitor.edit(replace(visitor.shown, input_shape=(int(size),)), typed=True)


def put_layers(visitor: Session, layers: Sequence[Choice]) -> None:
    visitor.edit(replace(visitor.shown, layers=tuple(layers)))


def set_value(visitor: Session, index: int, kind: str, name: str) -> Callable[[Value], None]:
    """A change of one value of a layer, which does nothing when another layer has taken its place meanwhile."""

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
    if max(index, to) < len(layers):
        layers.insert(to, layers.pop(index))
        put_layers(visitor, layers)


def duplicate(visitor: Session, index: int) -> None:
    layers = list(visitor.shown.layers)
    put_layers(visitor, [*layers[: index + 1], *layers[index:]])


def delete(visitor: Session, index: int) -> None:
    layers = list(visitor.shown.layers)
    put_layers(visitor, [*layers[:index], *layers[index + 1 :]])


def mend_by(visitor: Session, mend: Mend) -> None:
    visitor.edit(mend_network(visitor.shown, mend))
