"""Numbers by which cards are known while they are changed, moved, mended and undone: each stays its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from engine.catalogue.params import Choice
from engine.network.network import Layers
from engine.network.plans import Path

MOST_KNOWN = 100  # networks of which the numbers are remembered: more than can be undone
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Card:
    """A layer of a network with its number; of a block `bodies` are the cards in its lists."""

    id: int
    choice: Choice
    bodies: "tuple[tuple[Card, ...], ...]" = ()


Cards = tuple[Card, ...]
Nested = TypeVar("Nested", Card, Choice)


class CardIds:
    """Numbers the cards of one visitor's networks, `part` by `part`."""

    def __init__(self) -> None:
        self._numbers = count()
        self._known: dict[str, dict[Layers, Cards]] = {}

    def cards(self, part: str, layers: Layers) -> Cards:
        """The cards of a network. What was there a change ago keeps its numbers, and so does a network that was there
        before."""
        known = self._known.setdefault(part, {})
        before = next(reversed(known.values()), ())
        known[layers] = known.pop(layers, ()) or follow(before, layers, self._numbers)
        while len(known) > MOST_KNOWN:
            del known[next(iter(known))]
        return known[layers]


def follow(before: Cards, layers: Layers, numbers: Iterator[int]) -> Cards:
    """The cards of `layers`: those that were among the cards `before` keep their numbers, in whichever list they are
    now; others take the next."""
    kept: dict[Path, int] = {}
    _match(before, layers, (), kept)
    taken = set(kept.values())
    left = [card for _, card in every_card(before) if card.id not in taken]
    for path, choice in every_card(layers):
        if path not in kept and (same := next((card for card in left if card.choice == choice), None)):
            kept[path] = same.id
            left.remove(same)
    return _numbered(layers, (), kept, numbers)


def every_card(cards: Sequence[Nested], path: Path = ()) -> Iterator[tuple[Path, Nested]]:
    """Every card, or every layer, with its path, each block before those in it."""
    for index, card in enumerate(cards):
        yield (*path, index), card
        for place, body in enumerate(card.bodies):
            yield from every_card(body, (*path, index, place))


def find_card(cards: Cards, id: int) -> Path | None:
    """Where the card with that number is; None where it is gone."""
    return next((path for path, card in every_card(cards) if card.id == id), None)


def _match(before: Cards, layers: Layers, path: Path, kept: dict[Path, int]) -> None:
    """Note for every layer of a list, and of the lists in it, which card of the same list before it was."""
    for new, old in _pairs([card.choice for card in before], layers, lambda a, b: a.kind == b.kind).items():
        card, choice = before[old], layers[new]
        kept[(*path, new)] = card.id
        bodies = [tuple(inner.choice for inner in body) for body in card.bodies]
        for place, other in _pairs(bodies, choice.bodies, lambda *_: True).items():
            _match(card.bodies[other], choice.bodies[place], (*path, new, place), kept)


def _pairs(before: Sequence[Thing], after: Sequence[Thing], alike: Callable[[Thing, Thing], bool]) -> dict[int, int]:
    """For places in `after` the place `before`: equal ones at both ends, then equal ones in between, then what stands
    where as many others stood, or at least is alike."""
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    tail = next((i for i in range(shorter - head) if before[-1 - i] != after[-1 - i]), shorter - head)
    pairs = {i: i for i in range(head)} | {len(after) - 1 - i: len(before) - 1 - i for i in range(tail)}
    old, new = list(range(head, len(before) - tail)), list(range(head, len(after) - tail))
    _take(pairs, old, new, lambda a, b: before[a] == after[b])
    _take(pairs, old, new, (lambda *_: True) if len(old) == len(new) else lambda a, b: alike(before[a], after[b]))
    return pairs


def _take(pairs: dict[int, int], old: list[int], new: list[int], fit: Callable[[int, int], bool]) -> None:
    """Move to `pairs` whatever fits, in order."""
    for place in list(new):
        if (match := next((other for other in old if fit(other, place)), None)) is not None:
            pairs[place] = match
            old.remove(match)
            new.remove(place)


def _numbered(layers: Layers, path: Path, kept: dict[Path, int], numbers: Iterator[int]) -> Cards:
    cards = []
    for index, choice in enumerate(layers):
        here = (*path, index)
        id = kept[here] if here in kept else next(numbers)
        bodies = (_numbered(body, (*here, place), kept, numbers) for place, body in enumerate(choice.bodies))
        cards.append(Card(id, choice, tuple(bodies)))
    return tuple(cards)
