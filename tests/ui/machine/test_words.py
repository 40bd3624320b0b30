"""How the machine is shared is said in words that are true of its figures."""

from dataclasses import replace
from typing import Any

import pytest

from engine.runs.cluster.machine import HostedRun, HostInfo, Machine
from engine.runs.store.pruning import Storage
from engine.text import Text
from ui.machine.words import cores_given, going_on, kept, room, sentence, share, turns

RUN = HostedRun("run-1", "Quick", "classifier", "ann", "running", 1.0, 0.0, 1, 10, 0.002, 0.0)
HOST = HostInfo("1", "here", 4711, False, "cpu", 1, 300_000_000, 1_000_000_000, 0.9, 0.1, "", ())
MACHINE = Machine(2, 8_000_000_000, (), (), 0.0, 0, 0, 0, "")


def a_machine(*hosts: tuple[HostedRun, ...], **facts: Any) -> Machine:
    return replace(MACHINE, hosts=tuple(replace(HOST, runs=runs) for runs in hosts), **facts)


def a_class(people: int, runs_each: int, cores: int = 2) -> Machine:
    """Everyone with as many runs, on a host for each core, where all are given the same."""
    count = people * runs_each
    runs = [replace(RUN, run_id=f"run-{i}", owner=f"owner-{i % people}", share=cores / count) for i in range(count)]
    return a_machine(*(tuple(runs[i::cores]) for i in range(cores)), cores=cores)


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        (MACHINE, "The training processes are getting ready."),
        (replace(MACHINE, trouble=Text("No room.")), "No training process is there at the moment; trying again."),
        (a_machine((), ()), "Nobody trains: the machine is free."),
        (a_machine((replace(RUN, status="paused"),)), "Nobody trains: one run is paused."),
        (a_machine((), waiting=("Quick",)), "One run will begin in a moment."),
        (a_machine((RUN,), ()), "One run trains and has the machine to itself: 2 cores."),
        (
            a_machine((replace(RUN, pace=1.0),)),
            "One run trains, as slowly as was chosen for it.",
        ),
        (a_class(2, 1), "2 runs of 2 people train, each on a core of its own."),
        (a_class(9, 1), "9 runs of 9 people share 2 cores: each person gets about 22 % of a core."),
        (a_class(4, 3), "12 runs of 4 people share 2 cores: each person gets about 50 % of a core."),
        (a_class(1, 12), "12 runs of one person share 2 cores: each run gets about 17 % of a core."),
        (a_class(1, 2, cores=1), "2 runs of one person share 1 core: each run gets about 50 % of a core."),
    ],
)
def test_one_sentence_tells_why_it_is_slow(machine: Machine, said: str) -> None:
    assert str(sentence(machine)) == said


def test_a_run_is_told_its_own_share_and_whose_it_is() -> None:
    owners = a_class(6, 2)
    assert str(going_on(owners, "nobody")) == "12 runs train now: yours 0"
    assert str(share(owners, "run-3", True)) == "12 runs on 2 cores: yours gets about 17 % of a core"
    assert str(share(owners, "run-3", False)) == "12 runs on 2 cores: this one gets about 17 % of a core"
    assert str(share(a_class(300, 1), "run-3", True)) == "300 runs on 2 cores: yours gets less than 1 % of a core"
    assert str(share(a_class(2, 1), "run-1", True)) == "2 runs on 2 cores: yours has a core of its own"
    assert str(share(a_machine((RUN,)), RUN.run_id, True)) == "Alone on this machine"


def test_a_run_that_does_not_train_is_said_to_get_nothing() -> None:
    assert share(a_machine((replace(RUN, status="paused"),)), RUN.run_id, True) is None
    assert share(a_class(3, 1), "elsewhere", True) is None


def test_more_hosts_than_cores_are_given_less() -> None:
    three = a_machine(*((replace(RUN, run_id=name, owner=name),) for name in "abc"), cores=2)
    assert cores_given(three) == pytest.approx({"a": 2 / 3, "b": 2 / 3, "c": 2 / 3})
    assert str(sentence(three)) == "3 runs of 3 people share 2 cores: each person gets about 67 % of a core."


def test_a_host_with_several_threads_gives_several_cores() -> None:
    wide = replace(HOST, threads=2, runs=(RUN, replace(RUN, run_id="paused", status="paused", share=0.0)))
    assert cores_given(replace(MACHINE, hosts=(wide,))) == {RUN.run_id: 2.0}


def test_a_host_names_the_longest_wait_and_the_run_whose_steps_are_long() -> None:
    other = replace(RUN, run_id="run-2", name="Large", waited=1.24)
    assert str(turns(HOST)) == "Nothing to do."
    assert str(turns(replace(HOST, runs=(replace(RUN, status="paused"),)))) == "Nothing to do: one run is not training."
    assert str(turns(replace(HOST, runs=(RUN,)))) == "One run, which waits for nobody."
    assert str(turns(replace(HOST, runs=(RUN, other)))) == "2 runs take turns; the longest wait is 1.2 s."
    slow = replace(HOST, runs=(RUN, replace(other, step_seconds=0.9)))
    assert str(turns(slow)).endswith("A step of Large takes 0.9 s, for which the others wait.")


def test_room_is_told_in_pupils() -> None:
    assert str(room("Quick", 11.0, 2)).startswith(
        "Room for about 10 pupils: so many can train the network Quick at once"
    )
    assert str(room("Quick", 90.0, 1)).startswith("Room for one pupil at a time: the network Quick")


def test_what_is_kept_is_told_in_days_and_bytes() -> None:
    assert str(kept(Storage(400, 20_000_000_000, 1_234_000_000))) == (
        "Runs are kept for 400 days, with their films and what they learned. All that is stored may take 20 GB; beyond "
        "that the oldest runs are removed first. Now it takes 1.2 GB. Runs with a star stay, "
        "and so does what you keep on the Build page."
    )
    small = str(kept(Storage(1, 500_000_000, 3_400_000)))
    assert "kept for 1 day," in small and "may take 500 MB;" in small and "Now it takes 4 MB." in small
    assert "Now" not in str(kept(Storage(400, 20_000_000_000, None)))
