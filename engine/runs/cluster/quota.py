"""Quotas: how many runs an owner may have, and how much of the hosts' memory."""

from engine.catalogue.params import SpecError
from engine.limits import MB, limits
from engine.text import Text

RESERVE = 1 / 4  # of the memory, kept for owners with small runs
SMALL = 1 / 16  # of the memory: an owner who takes no more is never kept out by the large runs of others
OWNERS_PART = 1 / 2  # of the memory, for all runs of one owner where they are several
TEACHERS = 1 / 24  # of the memory, kept for runs that are started on this machine itself


def check_count(owned: int) -> None:
    """Raise SpecError unless an owner with so many runs that are not over may begin another."""
    most = limits().runs_per_owner
    if owned >= most:
        what = Text("You have {count} runs that are not over.", count=owned)
        raise SpecError(what, Text("Stop one of them first: {most} are the limit.", most=most))


def check_memory(needed: int, own: int, taken: int, total: int, is_local: bool = False) -> None:
    """Raise SpecError unless one more run, which needs so many bytes, fits into `total` bytes of memory: `taken` by all
    runs, `own` of them by those of its owner.

    Owners share the memory: those with large runs leave a reserve to those with small ones, and none has more than half
    of it, but with a single run. Some is kept for this machine itself (`is_local`), so that a teacher can start a run
    however many visitors there are.
    """
    is_small = own + needed <= SMALL * total
    if own and own + needed > OWNERS_PART * total:
        what = Text(
            "With this run yours would take about {needed:,.0f} MB of memory, and one visitor may have {most:,.0f} MB.",
            needed=(own + needed) / MB,
            most=OWNERS_PART * total / MB,
        )
        raise SpecError(what, Text("Stop one of yours first, or use a smaller batch or network."))
    kept: float = 0 if is_local and (is_small or not own) else TEACHERS if is_small else RESERVE
    left = max(total * (1 - kept) - taken, 0)
    if needed > left:
        what = Text(
            "This run would take about {needed:,.0f} MB of memory, and {left:,.0f} MB of {total:,.0f} MB are left.",
            needed=needed / MB,
            left=left / MB,
            total=total / MB,
        )
        raise SpecError(what, Text("Wait until other runs are over, or use a smaller batch or network."))
