"""Who trains next on a host: time is shared in slices by weight, and whoever is furthest behind goes first."""

from collections.abc import Mapping

SLICE_SECONDS = 0.05


class Turns:
    """The runs that want to train, each with the seconds it has had, divided by its weight (1 until it is told). A
    newcomer starts level with the one furthest behind."""

    def __init__(self) -> None:
        self._had: dict[str, float] = {}
        self._weights: Mapping[str, float] = {}

    def __len__(self) -> int:
        return len(self._had)

    def weigh(self, weights: Mapping[str, float]) -> None:
        """From now on these weights, each above 0, hold."""
        self._weights = weights

    def weight(self, run_id: str) -> float:
        return self._weights.get(run_id, 1.0)

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
            self._had[run_id] += seconds / self.weight(run_id)
