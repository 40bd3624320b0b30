"""Counts what stands open by address and by visitor, and says who has to go when there is too much."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Member = TypeVar("Member", bound=Hashable)


class Crowd(Generic[Member]):
    """Members in the order in which they came: at most so many of one visitor, of one address, and in all.

    Nobody is ever refused: the oldest of whoever has most goes.
    """

    def __init__(self, of_visitor: int, of_address: int, in_all: int) -> None:
        self.of_visitor, self.of_address, self.in_all = of_visitor, of_address, in_all
        self._place: dict[Member, tuple[str, str]] = {}
        self._addresses: dict[str, dict[str, dict[Member, None]]] = {}

    def __len__(self) -> int:
        return len(self._place)

    def enter(self, member: Member, address: str, visitor: str = "") -> Member | None:
        """Who goes for it. A member that is inside already keeps its place."""
        if member in self._place:
            return None
        self._place[member] = address, visitor
        visitors = self._addresses.setdefault(address, {})
        mine = visitors.setdefault(visitor, {})
        mine[member] = None
        if len(mine) > self.of_visitor:
            return self._first_of(mine)
        if _total(visitors) > self.of_address:
            return self._first_of(max(visitors.values(), key=len))
        if len(self) > self.in_all:
            return self._first_of(max(max(self._addresses.values(), key=_total).values(), key=len))
        return None

    def leave(self, member: Member) -> None:
        if member not in self._place:
            return
        address, visitor = self._place.pop(member)
        visitors = self._addresses[address]
        del visitors[visitor][member]
        if not visitors[visitor]:
            del visitors[visitor]
        if not visitors:
            del self._addresses[address]

    def _first_of(self, members: dict[Member, None]) -> Member:
        oldest = next(iter(members))
        self.leave(oldest)
        return oldest


def _total(visitors: dict[str, dict[Member, None]]) -> int:
    return sum(map(len, visitors.values()))
