"""Undo and redo: what lay on the table before, and what was taken back."""

from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MAX_UNDO = 100

Thing = TypeVar("Thing")
Settings = TypeVar("Settings")


@dataclass(slots=True)
class UndoHistory(Generic[Thing, Settings]):
    """Things to go back to; each with its settings where these were replaced in the same move."""

    _past: deque[tuple[Thing, Settings | None]] = field(default_factory=lambda: deque(maxlen=MAX_UNDO))
    _future: list[tuple[Thing, Settings | None]] = field(default_factory=list)

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def put(self, now: tuple[Thing, Settings], thing: Thing, settings: Settings | None) -> bool:
        """Note the move from `now` to `thing`, and to `settings` where given; False when it changes nothing."""
        if thing == now[0] and settings in (None, now[1]):
            return False
        self._past.append((now[0], None if settings is None else now[1]))
        self._future.clear()
        return True

    def walk(self, now: tuple[Thing, Settings], back: bool) -> tuple[Thing, Settings]:
        """What lies on the table after one move back, or one forward; `now` when there is none."""
        source, target = (self._past, self._future) if back else (self._future, self._past)
        if not source:
            return now
        thing, settings = source.pop()
        target.append((now[0], None if settings is None else now[1]))
        return thing, now[1] if settings is None else settings
