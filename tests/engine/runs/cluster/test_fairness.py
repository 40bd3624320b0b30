"""How time is shared and where runs are put: by owner, watched ones first, and evenly over the hosts."""

import pytest

from engine.runs.cluster.fairness import UNWATCHED, HostLoad, Origin, find_freest, next_migration, time_shares
from engine.runs.worker.turns import Turns


def owners(**runs: int) -> dict[str, Origin]:
    """So many runs for each owner."""
    return {f"{owner}{i}": Origin(owner) for owner, count in runs.items() for i in range(count)}


def test_ten_runs_of_one_owner_get_as_much_as_one_of_another() -> None:
    shares = time_shares(owners(a=1, b=10), ())
    assert shares["a0"] == pytest.approx(sum(share for run, share in shares.items() if run[0] == "b"))


def test_a_run_that_nobody_looks_at_yields_but_never_starves() -> None:
    shares = time_shares({"seen": Origin("a"), "unseen": Origin("b", "elsewhere")}, {"seen"})
    assert shares == {"seen": 1.0, "unseen": UNWATCHED}
    of_one = time_shares({"seen": Origin("a"), "unseen": Origin("a"), "other": Origin("b")}, {"seen", "other"})
    assert of_one["seen"] + of_one["unseen"] == pytest.approx(of_one["other"])
    assert of_one["seen"] == pytest.approx(3 * of_one["unseen"]) and of_one["unseen"] > 0.1


def test_who_poses_as_a_hundred_gets_the_time_of_ten_and_a_school_shares_its_one_address_evenly() -> None:
    pupils = {f"pupil {i}": Origin(f"pupil {i}", f"192.168.0.{i}") for i in range(30)}
    posing = {f"cookie {i}": Origin(f"cookie {i}", "192.168.0.99") for i in range(100)}
    shares = time_shares(pupils | posing, pupils | posing)
    assert sum(shares[run] for run in posing) == pytest.approx(10 * shares["pupil 0"])
    school = {f"pupil {i}": Origin(f"pupil {i}", "192.0.2.1") for i in range(25)}
    shares = time_shares(school | {"teacher": Origin("teacher")}, ())
    assert len({shares[run] for run in school}) == 1
    assert shares["teacher"] == pytest.approx(sum(shares.values()) / 6)


def test_time_is_given_by_share_and_every_run_gets_a_turn() -> None:
    turns = Turns()
    shares = time_shares(owners(a=1, b=10), ())
    turns.share(shares)
    for run in shares:
        turns.join(run)
    had = dict.fromkeys(shares, 0)
    for _ in range(2000):
        run = turns.next()
        assert run
        had[run] += 1
        turns.charge(run, 0.05)
    assert had["a0"] / 2000 == pytest.approx(0.5, abs=0.02)
    assert min(had.values()) > 0.9 * 100


def test_a_new_run_goes_where_there_is_least_to_do() -> None:
    assert find_freest([HostLoad({"a": 1.0}, 1), HostLoad({"b": 0.1}, 5)]) == 1
    assert find_freest([HostLoad({}, 3), HostLoad({}, 1)]) == 1
    assert find_freest([HostLoad({"a": 0.5}, 1), HostLoad({"b": 1.0}, 1, is_fast=True)]) == 1


def test_runs_move_until_a_single_owner_has_a_host_and_ten_runs_the_other() -> None:
    runs = owners(a=1, b=10)
    shares = time_shares(runs, runs)
    hosts = [{"a0", "b0", "b1", "b2", "b3", "b4"}, {"b5", "b6", "b7", "b8", "b9"}]
    moves = 0
    while move := next_migration(
        [HostLoad({r: shares[r] for r in host}, len(host)) for host in hosts], frozenset(shares)
    ):
        run, from_, to = move
        hosts[from_].remove(run)
        hosts[to].add(run)
        moves += 1
        assert moves < 20
    assert sorted(hosts, key=len)[0] <= {"a0", *(f"b{i}" for i in range(10))}
    loads = [sum(shares[r] for r in host) for host in hosts]
    assert max(loads) < 1.15 * sum(loads) / 2


def test_nobody_moves_for_nothing() -> None:
    alone = [HostLoad({"a": 1.0}, 1), HostLoad({}, 0)]
    assert next_migration(alone, frozenset("a")) is None
    assert next_migration([HostLoad({"a": 1.0, "b": 1.0}, 2), HostLoad({"c": 1.0}, 1)], frozenset("abc")) is None
    assert next_migration([HostLoad({"a": 1.0, "b": 1.0}, 2), HostLoad({}, 0)], frozenset()) is None
    assert next_migration([HostLoad({"a": 1.0, "b": 1.0}, 2)], frozenset("ab")) is None
    assert next_migration([HostLoad({"a": 1.0, "b": 1.0}, 2), HostLoad({}, 0)], frozenset("ab")) is not None
