"""Chooses which run of a host trains next: time is shared in slices, and the run furthest behind goes first."""

from collections.abc import Mapping

SLICE_SECONDS = 0.05


class Turns:
    """The runs that want to train, each with the seconds it has had, divided by its share (1 until it is set). A
    newcomer starts level with the one furthest behind, and so does at best a run that rested."""

    def __init__(self) -> None:
        self._had: dict[str, float] = {}
        self._resting: set[str] = set()
        self._shares: Mapping[str, float] = {}

    def __len__(self) -> int:
        return len(self._had)

    def share(self, shares: Mapping[str, float]) -> None:
        """Set the shares, each above 0."""
        self._shares = shares

    def join(self, run_id: str) -> None:
        if run_id in self._had and run_id not in self._resting:
            return
        self._resting.discard(run_id)
        behind = min((self._had[other] for other in self._awake() if other != run_id), default=0.0)
        self._had[run_id] = max(self._had.get(run_id, 0.0), behind)

    def rest(self, run_id: str) -> None:
        """Leave a run out until it joins again. What it has had is kept: resting wins it no time from the others."""
        self.join(run_id)
        self._resting.add(run_id)

    def leave(self, run_id: str) -> None:
        self._had.pop(run_id, None)
        self._resting.discard(run_id)

    def next(self) -> str | None:
        """The run that is furthest behind; among equals the one that joined first."""
        return min(self._awake(), key=self._had.__getitem__, default=None)

    def _awake(self) -> list[str]:
        return [run_id for run_id in self._had if run_id not in self._resting]

    def charge(self, run_id: str, seconds: float) -> None:
        """Note that a run has had `seconds`; one that has just left is no longer counted."""
        if run_id in self._had:
            self._had[run_id] += seconds / self._shares.get(run_id, 1.0)
