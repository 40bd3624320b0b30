"""Whether there is room for one more run: for its owner, and in the memory of the hosts."""

from collections.abc import Collection
from dataclasses import dataclass

from engine.catalogue.params import SpecError
from engine.limits import MB, limits

RESERVE = 1 / 4  # of the memory, kept for owners with small runs
SMALL = 1 / 16  # of the memory: an owner who takes no more is never kept out by the large runs of others
OWNERS_PART = 1 / 2  # of the memory, for all runs of one owner where they are several


@dataclass(frozen=True, slots=True)
class Claim:
    """A run's owner and the bytes of memory that it takes on a host."""

    owner: str
    memory: int


def check_count(owned: int) -> None:
    """Raise SpecError unless an owner with so many runs that are not over may begin another."""
    most = limits().runs_per_owner
    if owned >= most:
        what = f"You have {owned} runs that are not over."
        raise SpecError(what, f"Stop one of them first: {most} are the limit.")


def check_memory(run: Claim, beside: Collection[Claim], there: int) -> None:
    """Raise SpecError unless `run` fits beside the others into `there` bytes of memory.

    Owners share it: those with large runs leave a reserve to those with small ones, and none has more than half of it,
    but with a single run.
    """
    own = sum(other.memory for other in beside if other.owner == run.owner)
    taken = sum(other.memory for other in beside)
    is_small = own + run.memory <= SMALL * there
    if own and own + run.memory > OWNERS_PART * there:
        what = f"With this run yours would take about {_mb(own + run.memory)} of memory"
        what += f", and one visitor may have {_mb(OWNERS_PART * there)}."
        raise SpecError(what, "Stop one of yours first, or use a smaller batch or network.")
    left = max(there * (1 if is_small else 1 - RESERVE) - taken, 0)
    if run.memory > left:
        what = f"This run would take about {_mb(run.memory)} of memory, and {_mb(left)} of {_mb(there)} are left."
        raise SpecError(what, "Wait until other runs are over, or use a smaller batch or network.")


def _mb(count: float) -> str:
    return f"{count / MB:,.0f} MB"
