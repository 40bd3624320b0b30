"""Time shares: owners get equal parts, however many runs each has, and watched runs come first."""

from collections import defaultdict
from collections.abc import Collection, Mapping

UNWATCHED = 1 / 3  # of what the same run gets while somebody looks at it


def time_shares(owners: Mapping[str, str], watched: Collection[str]) -> dict[str, float]:
    """The share of every run that wants to train, above 0. `owners` has the owner of each run, `watched` the runs that
    somebody looks at. The shares of one owner add up to 1, or to UNWATCHED where nobody looks at any of them, on
    however many hosts they are; within that, a watched run has three times the share of another."""
    urgency = {run_id: 1.0 if run_id in watched else UNWATCHED for run_id in owners}
    owned: defaultdict[str, list[float]] = defaultdict(list)
    for run_id, owner in owners.items():
        owned[owner].append(urgency[run_id])
    return {run_id: urgency[run_id] * max(owned[owner]) / sum(owned[owner]) for run_id, owner in owners.items()}
