"""What the buttons and fields of the layer list do to the network that is shown.

An entry may come late: who picks a preset and types at once still types into the fields of the network before. So each
drawing of the page has a number, which comes back with every entry; an entry with an older number is not used. The
card may be gone when its button arrives: another tab, or a second press, was quicker. Then nothing happens.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from engine.catalogue.params import Choice, Mend, Value
from engine.network.plans import Path
from engine.network.spec import NetworkSpec, mend_network
from ui.build import editing
from ui.build.card_ids import Cards, find_card
from ui.language import say
from ui.state import Session, enter, entered

ECHO = "echo"
Entry = TypeVar("Entry")


def cards_of(visitor: Session) -> Cards:
    """The cards of the network that is shown."""
    return visitor.cards.cards(visitor.part, visitor.shown.layers)


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


def change_card(
    visitor: Session, id: int, change: Callable[[NetworkSpec, Path], NetworkSpec], typed: bool = False
) -> None:
    """Do what `change` does with a network and the path of a card, to the card with that number."""
    if (path := find_card(cards_of(visitor), id)) is not None:
        visitor.edit(change(visitor.shown, path), typed=typed)


def set_value(visitor: Session, id: int, kind: str, name: str) -> Callable[[Value], None]:
    """A change of one value of a card, which does nothing when it has become a layer of another kind meanwhile."""

    def changed(network: NetworkSpec, path: Path, value: Value) -> NetworkSpec:
        same = editing.card_at(network, path).kind == kind
        return editing.set_value(network, path, name, value) if same else network

    return lambda value: change_card(visitor, id, lambda network, path: changed(network, path, value), typed=True)


def change_kind(visitor: Session, id: int, kind: Value) -> None:
    change_card(visitor, id, lambda network, path: editing.change_kind(network, path, str(kind)), typed=True)


def move(visitor: Session, id: int, step: int, closed: Sequence[Path]) -> None:
    change_card(visitor, id, lambda network, path: editing.move(network, path, step, closed))


def duplicate(visitor: Session, id: int) -> None:
    change_card(visitor, id, editing.duplicate)


def delete(visitor: Session, id: int) -> None:
    change_card(visitor, id, editing.delete)


def add_branch(visitor: Session, id: int) -> None:
    change_card(visitor, id, editing.add_branch)


def remove_branch(visitor: Session, id: int, place: int) -> None:
    def change(network: NetworkSpec, path: Path) -> NetworkSpec:
        there = place < len(editing.card_at(network, path).bodies)
        return editing.remove_branch(network, path, place) if there else network

    change_card(visitor, id, change)


def mend_by(visitor: Session, mend: Mend) -> None:
    visitor.edit(mend_network(visitor.shown, mend))
