"""Chooses which run of a host trains next: time is shared in slices, and the run furthest behind goes first."""

from collections.abc import Mapping

SLICE_SECONDS = 0.05


class Turns:
    """The runs that want to train, each with the seconds it has had, divided by its share (1 until it is set). A
    newcomer starts level with the one furthest behind."""

    def __init__(self) -> None:
        self._had: dict[str, float] = {}
        self._shares: Mapping[str, float] = {}

    def __len__(self) -> int:
        return len(self._had)

    def share(self, shares: Mapping[str, float]) -> None:
        """Set the shares, each above 0."""
        self._shares = shares

    def join(self, run_id: str) -> None:
        self._had.setdefault(run_id, min(self._had.values(), default=0.0))

    def leave(self, run_id: str) -> None:
        self._had.pop(run_id, None)

    def next(self) -> str | None:
        """The run that is furthest behind; among equals the one that joined first."""
        return min(self._had, key=self._had.__getitem__, default=None)

    def charge(self, run_id: str, seconds: float) -> None:
        """Note that a run has had `seconds`; one that has just left is no longer counted."""
        if run_id in self._had:
            self._had[run_id] += seconds / self._shares.get(run_id, 1.0)
