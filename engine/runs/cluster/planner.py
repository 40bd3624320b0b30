"""Plans which host a run goes to, by time shares, classes of hosts and memory. `Placement` carries the plans out."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.limits import MB, limits
from engine.runs.cluster.fairness import HostLoad, find_freest, next_migration, time_shares
from engine.runs.cluster.host import Host
from engine.runs.cluster.pool import HostPool
from engine.runs.live import LiveRun
from engine.text import Text
from engine.training.events import Failed

MIGRATIONS_AT_ONCE = 4
OVER_HEARTBEATS = 3  # with too much memory, before something is done about it
Migration = tuple[LiveRun, Host]


@dataclass(frozen=True, slots=True)
class Planner:
    """Looks at all hosts and all live runs."""

    hosts: HostPool
    live: Mapping[str, LiveRun]

    def host_for(self, run: LiveRun) -> Host | None:
        """The host to put a waiting run on; None while there is none of its class."""
        candidates = self._of_class(run)
        roomy = [host for host in candidates if self._fits(run.memory, host)]
        return self._freest(roomy) if roomy else min(candidates, key=self._memory, default=None)

    def separations(self, host: Host) -> Iterator[Migration]:
        """Migrations of runs with long steps away from `host`, which is not for them."""
        for run_id, stats in host.heartbeat.runs.items():
            run = self.live.get(run_id)
            if run and stats.is_heavy and run.assignment.host is host:
                run.is_heavy = True
            if run and run.is_heavy and not (host.is_heavy or host.is_fast) and may_move(run):
                better = [h for h in self._of_class(run) if (h.is_heavy or h.is_fast) and self._fits(run.memory, h)]
                if better:
                    yield run, self._freest(better)

    def relief(self, host: Host) -> tuple[LiveRun, Host | Failed] | None:
        """What to do with the largest run of a host that takes more memory than it may: the host it moves to, or the
        reason for which it ends."""
        limit = limits().host_memory
        host.over_memory = host.over_memory + 1 if host.memory > limit else 0
        runs = [run for run_id in host.received if (run := self.live.get(run_id)) and not run.is_over]
        if host.over_memory < OVER_HEARTBEATS or not runs or not all(run.assignment.is_begun for run in runs):
            return None
        host.over_memory = 0
        largest = max(runs, key=lambda run: run.memory)
        takes = max(host.memory * largest.memory // (sum(run.memory for run in runs) or 1), largest.memory)
        others = [other for other in self._of_class(largest) if other is not host and self._fits(takes, other)]
        if others and may_move(largest):
            return largest, self._freest(others)
        what = Text(
            "The training process of this run took {taken:,.0f} MB of memory; {limit:,.0f} MB is the limit.",
            taken=host.memory / MB,
            limit=limit / MB,
        )
        cure = Text("Train it again with a smaller batch or network, or when fewer runs go on.")
        return largest, Failed(what, cure)

    def migrations(self) -> Iterator[Migration]:
        """Migrations that even out the hosts for ordinary runs; each must be begun before the next is asked for."""
        hosts = [host for host in self.hosts.present if not host.is_heavy]
        runs = (self.live.get(run_id) for host in hosts for run_id in host.received)
        candidates = frozenset(run.id for run in runs if run and may_move(run))
        loads = self._loads(hosts)
        for _ in range(MIGRATIONS_AT_ONCE):
            migration = next_migration(loads, candidates)
            if migration is None:
                return
            run_id, from_, to = migration
            candidates -= {run_id}
            if not self._fits(self.live[run_id].memory, hosts[to]):
                continue
            yield self.live[run_id], hosts[to]
            loads[to] = loads[to].with_run(run_id, loads[from_].shares[run_id])
            loads[from_] = loads[from_].without(run_id)

    def _of_class(self, run: LiveRun) -> list[Host]:
        """The hosts of a run's class; all where there are none of it and none to come."""
        present = self.hosts.present
        of_class = [host for host in present if host.is_heavy == run.is_heavy or (run.is_heavy and host.is_fast)]
        if of_class or (run.is_heavy and self.hosts.will_have_heavy()):
            return of_class
        return list(present) if run.is_heavy or not self.hosts.are_local else []

    def _memory(self, host: Host) -> int:
        """Bytes that the runs on a host take, or should take with those that are on their way to it."""
        runs = [run for run in tuple(self.live.values()) if not run.is_over]
        expected = sum(r.memory for r in runs if host in (r.assignment.host, r.assignment.moves_to))
        return max(expected, host.memory)

    def _fits(self, memory: int, host: Host) -> bool:
        """Whether a host has room for one more run that takes so many bytes."""
        return self._memory(host) + memory <= limits().host_memory

    def _freest(self, hosts: list[Host]) -> Host:
        return hosts[find_freest(self._loads(hosts))]

    def _loads(self, hosts: Iterable[Host]) -> list[HostLoad]:
        """As if somebody looked at every run: no run moves only because somebody looks away from another."""
        runs = {run.id: run.origin for run in tuple(self.live.values()) if run.wants_to_train}
        shares = time_shares(runs, runs)
        return [
            HostLoad({r: shares[r] for r in host.received if r in shares}, len(host.received), host.is_fast)
            for host in hosts
        ]


def may_move(run: LiveRun) -> bool:
    """Whether a migration of a run may begin now."""
    assigned = run.assignment
    return (
        assigned.is_begun and assigned.moves_to is None and not run.is_over and assigned.stays_until < time.monotonic()
    )
