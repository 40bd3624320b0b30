"""Which host a run is put on, and which run moves when the hosts have become unevenly loaded. Pure decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

FAST = 8.0  # times what a processor core does: a GPU's host is taken for so much
GAP = 0.15  # of the load on the fullest host; for less nobody moves
LITTLE = 1e-6  # what rounding makes is no gain


@dataclass(frozen=True, slots=True)
class Load:
    """A host as it stands: the weights of the runs that train on it, by run, how many runs it has in all, and whether
    it has more than a processor core."""

    weights: Mapping[str, float]
    runs: int
    is_fast: bool = False

    def with_run(self, run_id: str, weight: float) -> "Load":
        return replace(self, weights={**self.weights, run_id: weight}, runs=self.runs + 1)

    def without(self, run_id: str) -> "Load":
        weights = {other: weight for other, weight in self.weights.items() if other != run_id}
        return replace(self, weights=weights, runs=self.runs - 1)

    @property
    def load(self) -> float:
        return sum(self.weights.values()) / (FAST if self.is_fast else 1.0)


def freest(hosts: Sequence[Load]) -> int:
    """The place in `hosts` of the one for another run; there must be one."""
    return min(range(len(hosts)), key=lambda i: (hosts[i].load, hosts[i].runs))


def next_move(hosts: Sequence[Load], may_move: frozenset[str]) -> tuple[str, int, int] | None:
    """A run, whence and where to, so that the fuller of the two hosts becomes emptier; None where all is well."""
    if len(hosts) < 2:
        return None
    full = max(range(len(hosts)), key=lambda i: hosts[i].load)
    free = freest(hosts)
    fast_full, fast_free = (FAST if hosts[i].is_fast else 1.0 for i in (full, free))
    best, least = None, hosts[full].load * (1 - LITTLE)
    if hosts[full].load - hosts[free].load <= GAP * hosts[full].load:
        return None
    for run_id, weight in hosts[full].weights.items():
        fuller = max(hosts[full].load - weight / fast_full, hosts[free].load + weight / fast_free)
        if run_id in may_move and fuller < least:
            best, least = run_id, fuller
    return (best, full, free) if best else None
