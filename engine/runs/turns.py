"""Who trains next on a host: time is shared in slices, and whoever has had the least goes first."""

SLICE_SECONDS = 0.05


class Turns:
    """The runs that want to train, each with the seconds it has had. A newcomer starts level with the one behind."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._seconds)

    def join(self, run_id: str) -> None:
        self._seconds.setdefault(run_id, min(self._seconds.values(), default=0.0))

    def leave(self, run_id: str) -> None:
        self._seconds.pop(run_id, None)

    def next(self) -> str | None:
        """The run with the least time so far; among equals the one that joined first."""
        return min(self._seconds, key=self._seconds.__getitem__, default=None)

    def charge(self, run_id: str, seconds: float) -> None:
        """Note that a run has had `seconds`; one that has just left is no longer counted."""
        if run_id in self._seconds:
            self._seconds[run_id] += seconds
