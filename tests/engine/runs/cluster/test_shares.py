"""How time is shared and where runs are put: by owner, watched ones first, and evenly over the hosts."""

import pytest

from engine.runs.cluster.balance import Load, freest, next_move
from engine.runs.cluster.shares import UNWATCHED, Claim, weights
from engine.runs.worker.turns import Turns


def claims(**runs: int) -> list[Claim]:
    """So many unwatched runs for each owner."""
    return [Claim(f"{owner}{i}", owner, False) for owner, count in runs.items() for i in range(count)]


def test_ten_runs_of_one_owner_weigh_as_much_as_one_of_another() -> None:
    shares = weights(claims(a=1, b=10))
    assert shares["a0"] == pytest.approx(sum(share for run, share in shares.items() if run[0] == "b"))


def test_a_run_that_nobody_looks_at_yields_but_never_starves() -> None:
    shares = weights([Claim("seen", "a", True), Claim("unseen", "b", False)])
    assert shares == {"seen": 1.0, "unseen": UNWATCHED}
    of_one = weights([Claim("seen", "a", True), Claim("unseen", "a", False), Claim("other", "b", True)])
    assert of_one["seen"] + of_one["unseen"] == pytest.approx(of_one["other"])
    assert of_one["seen"] == pytest.approx(3 * of_one["unseen"]) and of_one["unseen"] > 0.1


def test_time_is_given_by_weight_and_everyone_gets_a_turn() -> None:
    turns = Turns()
    shares = weights(claims(a=1, b=10))
    turns.weigh(shares)
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
    assert freest([Load({"a": 1.0}, 1), Load({"b": 0.1}, 5)]) == 1
    assert freest([Load({}, 3), Load({}, 1)]) == 1
    assert freest([Load({"a": 0.5}, 1), Load({"b": 1.0}, 1, is_fast=True)]) == 1


def test_runs_move_until_a_single_owner_has_a_host_and_ten_runs_the_other() -> None:
    shares = weights(Claim(claim.run_id, claim.owner, True) for claim in claims(a=1, b=10))
    hosts = [{"a0", "b0", "b1", "b2", "b3", "b4"}, {"b5", "b6", "b7", "b8", "b9"}]
    moves = 0
    while move := next_move([Load({r: shares[r] for r in host}, len(host)) for host in hosts], frozenset(shares)):
        run, whence, to = move
        hosts[whence].remove(run)
        hosts[to].add(run)
        moves += 1
        assert moves < 20
    assert sorted(hosts, key=len)[0] <= {"a0", *(f"b{i}" for i in range(10))}
    loads = [sum(shares[r] for r in host) for host in hosts]
    assert max(loads) < 1.15


def test_nobody_moves_for_nothing() -> None:
    alone = [Load({"a": 1.0}, 1), Load({}, 0)]
    assert next_move(alone, frozenset("a")) is None
    assert next_move([Load({"a": 1.0, "b": 1.0}, 2), Load({"c": 1.0}, 1)], frozenset("abc")) is None
    assert next_move([Load({"a": 1.0, "b": 1.0}, 2), Load({}, 0)], frozenset()) is None
    assert next_move([Load({"a": 1.0, "b": 1.0}, 2)], frozenset("ab")) is None
    assert next_move([Load({"a": 1.0, "b": 1.0}, 2), Load({}, 0)], frozenset("ab")) is not None
