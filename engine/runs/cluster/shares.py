"""How a machine's time is shared: owners alike, however many runs each has, and first what somebody looks at."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

UNWATCHED = 1 / 3  # of what the same run gets while somebody looks at it


@dataclass(frozen=True, slots=True)
class Claim:
    """One run that wants to train."""

    run_id: str
    owner: str
    is_watched: bool

    @property
    def urgency(self) -> float:
        return 1.0 if self.is_watched else UNWATCHED


def weights(claims: Iterable[Claim]) -> dict[str, float]:
    """The weight of every run, above 0. Those of one owner add up to 1, or to UNWATCHED where nobody looks at any of
    them, on however many hosts they are; within that, a watched run has three times the weight of another."""
    of_owner: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        of_owner[claim.owner].append(claim)
    shares: dict[str, float] = {}
    for owned in of_owner.values():
        whole = max(claim.urgency for claim in owned) / sum(claim.urgency for claim in owned)
        shares |= {claim.run_id: whole * claim.urgency for claim in owned}
    return shares
