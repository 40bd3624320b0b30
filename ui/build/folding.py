"""What of a list of layers is folded to a line: blocks, and in a long list every card but the open one."""

from engine.catalogue.params import SpecError
from engine.network.plans import Path
from engine.network.spec import cards as count_cards
from ui.build.card_ids import every_card
from ui.build.moves import cards_of
from ui.state import Session

OPEN_BLOCK = 6  # cards in a block that is not folded by itself
LONG_LIST = 30  # cards of a network that comes with its blocks folded; and cards in sight of which one shows its fields


def closed_blocks(visitor: Session, misfit: SpecError | None) -> tuple[Path, ...]:
    """The blocks that are folded: because they came with much in them, or by the visitor; never one in which something
    does not fit."""
    place, there = misfit.path if misfit else (), list(every_card(cards_of(visitor)))
    closed = []
    for path, card in there:
        inside = sum(1 for _ in count_cards([card.choice])) - 1
        visitor.folds.setdefault(card.id, inside > OPEN_BLOCK or len(there) > LONG_LIST)
        if card.bodies and visitor.folds[card.id] and place[: len(path)] != path:
            closed.append(path)
    return tuple(closed)


def fold(visitor: Session, id: int, folded: bool) -> None:
    visitor.folds[id] = folded
    _note(visitor, id, folded)


def open_card(visitor: Session, id: int) -> None:
    """Show the fields of a card in a long list, where the others are a line each."""
    visitor.card_open = id
    _note(visitor, id, folded=False)


def show_all(visitor: Session, id: int) -> None:
    """Show the settings of a card that stay out of sight while they are as usual, or hide them again."""
    visitor.card_full = -1 if visitor.card_full == id else id


def _note(visitor: Session, id: int, folded: bool) -> None:
    visitor.turned = id, folded, visitor.turned[2] + 1
