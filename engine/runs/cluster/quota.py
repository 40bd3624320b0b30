"""Whether there is room for one more run: for its owner, and in the memory of the hosts."""

from collections.abc import Sequence
from typing import Any

from engine.catalogue.params import SpecError
from engine.kinds import load_of
from engine.limits import limits


def check_room(job: Any, beside: Sequence[Any], owned: int, hosts: int) -> None:
    """Raise SpecError unless `job` may be begun beside those that are not over, `owned` of them by the same owner, on
    so many hosts."""
    most = limits()
    if owned >= most.runs_per_owner:
        what = f"You have {owned} runs that are not over."
        raise SpecError(what, f"Stop one of them first: {most.runs_per_owner} are the limit.")
    needed, taken = load_of(job).step_memory, sum(load_of(other).step_memory for other in beside)
    there = hosts * most.host_memory
    if taken + needed > there:
        left = max(there - taken, 0)
        what = f"This run would take about {_mb(needed)} of memory, and {_mb(left)} of {_mb(there)} are left."
        raise SpecError(what, "Wait until other runs are over, or use a smaller batch or network.")


def _mb(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
