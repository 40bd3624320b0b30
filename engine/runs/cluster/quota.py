"""Quotas: how many runs an owner may have, and how much of the hosts' memory."""

from engine.catalogue.params import SpecError
from engine.limits import MB, limits

RESERVE = 1 / 4  # of the memory, kept for owners with small runs
SMALL = 1 / 16  # of the memory: an owner who takes no more is never kept out by the large runs of others
OWNERS_PART = 1 / 2  # of the memory, for all runs of one owner where they are several


def check_count(owned: int) -> None:
    """Raise SpecError unless an owner with so many runs that are not over may begin another."""
    most = limits().runs_per_owner
    if owned >= most:
        what = f"You have {owned} runs that are not over."
        raise SpecError(what, f"Stop one of them first: {most} are the limit.")


def check_memory(needed: int, own: int, taken: int, total: int) -> None:
    """Raise SpecError unless one more run, which needs so many bytes, fits into `total` bytes of memory: `taken` by all
    runs, `own` of them by those of its owner.

    Owners share the memory: those with large runs leave a reserve to those with small ones, and none has more than half
    of it, but with a single run.
    """
    is_small = own + needed <= SMALL * total
    if own and own + needed > OWNERS_PART * total:
        what = f"With this run yours would take about {_mb(own + needed)} of memory"
        what += f", and one visitor may have {_mb(OWNERS_PART * total)}."
        raise SpecError(what, "Stop one of yours first, or use a smaller batch or network.")
    left = max(total * (1 if is_small else 1 - RESERVE) - taken, 0)
    if needed > left:
        what = f"This run would take about {_mb(needed)} of memory, and {_mb(left)} of {_mb(total)} are left."
        raise SpecError(what, "Wait until other runs are over, or use a smaller batch or network.")


def _mb(count: float) -> str:
    return f"{count / MB:,.0f} MB"
