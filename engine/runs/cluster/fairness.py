"""What is fair between owners: how many runs each may have, how much memory, and equal parts of the time, less where
many come from one address, watched runs first. `next_migration` finds the move that evens out the hosts. No torch."""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from engine.catalogue.params import SpecError
from engine.limits import MB, limits
from engine.text import Text

RESERVE = 1 / 4  # of the memory, kept for owners with small runs
SMALL = 1 / 16  # of the memory: an owner who takes no more is never kept out by the large runs of others
OWNERS_PART = 1 / 2  # of the memory, for all runs of one owner where they are several
TEACHERS = 1 / 24  # of the memory, kept for runs that are started on this machine itself
UNWATCHED = 1 / 3  # of what the same run gets while somebody looks at it
FAST = 8.0  # times what a processor core does: a GPU's host is taken for so much
GAP = 0.15  # of the load on the fullest host; for less no run moves
LITTLE = 1e-6  # a smaller gain comes from rounding


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
    of it, but with a single run. Some is kept for this machine itself (`is_local`), so that a teacher can start any
    preset or recipe however many visitors there are.
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


class Origin(NamedTuple):
    """Who started a run, and from which network address: empty where that is not known, or is this machine's."""

    owner: str
    address: str = ""


def time_shares(origins: Mapping[str, Origin], watched: Collection[str]) -> dict[str, float]:
    """The share of every run that wants to train, above 0. `origins` says where each run comes from, `watched` has the
    runs that somebody looks at.

    The shares of one owner who is alone at an address add up to 1, or to UNWATCHED where nobody looks at any of them,
    on however many hosts they are; within that, a watched run has three times the share of another. Where n owners
    come from one address, each has 1 / sqrt(n) of that: a school behind one address still gets much, and one visitor
    who poses as a hundred gets the time of ten.
    """
    urgency = {run_id: 1.0 if run_id in watched else UNWATCHED for run_id in origins}
    owned: defaultdict[str, list[float]] = defaultdict(list)
    neighbours: defaultdict[str, set[str]] = defaultdict(set)
    for run_id, (owner, address) in origins.items():
        owned[owner].append(urgency[run_id])
        neighbours[address].add(owner)
    return {
        run_id: urgency[run_id] * max(owned[owner]) / sum(owned[owner]) / math.sqrt(len(neighbours[address]))
        for run_id, (owner, address) in origins.items()
    }


@dataclass(frozen=True, slots=True)
class HostLoad:
    """A host as it stands: the time shares of the runs that train on it, by run, how many runs it has in all, and
    whether it has more than a processor core."""

    shares: Mapping[str, float]
    runs: int
    is_fast: bool = False

    def with_run(self, run_id: str, share: float) -> "HostLoad":
        return replace(self, shares={**self.shares, run_id: share}, runs=self.runs + 1)

    def without(self, run_id: str) -> "HostLoad":
        shares = {other: share for other, share in self.shares.items() if other != run_id}
        return replace(self, shares=shares, runs=self.runs - 1)

    @property
    def speed(self) -> float:
        return FAST if self.is_fast else 1.0

    @property
    def total(self) -> float:
        return sum(self.shares.values()) / self.speed


def find_freest(hosts: Sequence[HostLoad]) -> int:
    """The place in `hosts` of the one for another run; there must be one."""
    return min(range(len(hosts)), key=lambda i: (hosts[i].total, hosts[i].runs))


def next_migration(hosts: Sequence[HostLoad], may_move: frozenset[str]) -> tuple[str, int, int] | None:
    """The next migration that evens out two hosts: (run, from, to), or None where none is worth it."""
    if len(hosts) < 2:
        return None
    full = max(range(len(hosts)), key=lambda i: hosts[i].total)
    free = find_freest(hosts)
    best, least = None, hosts[full].total * (1 - LITTLE)
    if hosts[full].total - hosts[free].total <= GAP * hosts[full].total:
        return None
    for run_id, share in hosts[full].shares.items():
        fuller = max(hosts[full].total - share / hosts[full].speed, hosts[free].total + share / hosts[free].speed)
        if run_id in may_move and fuller < least:
            best, least = run_id, fuller
    return (best, full, free) if best else None
