"""Three machines, one of which is cut off in the middle of a lesson: its runs go on on the other, and it comes back."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.engine.runs.a_cluster import ROOT, Cluster, cluster
from tests.engine.runs.a_network import Network, network

PATIENCE = 120.0


@dataclass(slots=True)
class Lesson:
    """The server, on the first machine."""

    process: subprocess.Popen[str]

    def ask(self, *lines: str) -> None:
        assert self.process.stdin
        self.process.stdin.writelines(f"{line}\n" for line in lines)
        self.process.stdin.flush()

    def see(self, good: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """What it says as soon as that is good."""
        assert self.process.stdout
        deadline, said = time.monotonic() + PATIENCE, {}
        for line in self.process.stdout:
            said = json.loads(line)
            if good(said):
                return said
            assert time.monotonic() < deadline, said
        raise AssertionError(f"the server ended after {said}")


@pytest.fixture
def machines() -> Iterator[Network]:
    with network() as made:
        yield made


@pytest.fixture
def parts(machines: Network, tmp_path: Path) -> Iterator[Cluster]:
    """Scheduler on the first machine, a worker on each of the two others, as the documentation has it."""
    with cluster(tmp_path) as made:
        made.replaced["--nworkers 4"] = "--nworkers 1"
        made.machines = {name: machines.on(name) for name in machines.namespaces}
        made.start("The scheduler", "first")
        made.start("Workers", "second")
        made.start("A machine with a GPU", "third")
        yield made


@pytest.fixture
def lesson(machines: Network, parts: Cluster, tmp_path: Path) -> Iterator[Lesson]:
    variables = parts.server_variables() | {"DASK_CONFIG": str(ROOT / "engine" / "runs" / "dask.yaml")}
    with subprocess.Popen(
        [*machines.on("first"), sys.executable, "-m", "tests.engine.runs.a_lesson"],
        cwd=ROOT,
        env=os.environ | variables | {"PLAYGROUND_DATA": str(tmp_path / "server")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Lesson(process)
        finally:
            process.kill()


@pytest.mark.long
def test_a_machine_that_is_cut_off_loses_nothing_and_comes_back(machines: Network, lesson: Lesson) -> None:
    lesson.see(lambda seen: set(seen["places"]) == {"second", "third"})
    assert {port for address, port in machines.heard("first") if address != "127.0.0.1"} == {8786}
    for machine in ("second", "third"):
        assert all(9000 <= port < 9100 for address, port in machines.heard(machine) if address != "127.0.0.1")
    lesson.ask(*["start"] * 4)
    before = lesson.see(
        lambda seen: all(seen["places"].values()) and len(seen["events"]) == 4 and min(seen["events"]) > 200
    )
    moved = before["places"]["third"]
    machines.cut_off("third")
    alone = lesson.see(lambda seen: set(seen["places"]) == {"second"} and len(seen["places"]["second"]) == 4)
    lesson.see(lambda seen: all(seen["events"][run] > alone["events"][run] + 100 for run in range(4)))
    machines.connect("third")
    lesson.see(lambda seen: bool(seen["places"].get("third")))
    lesson.ask("stop")
    histories = lesson.see(lambda seen: "histories" in seen)["histories"]
    for run, history in enumerate(histories):
        steps = history["steps"]["step"]
        assert steps == list(range(1, len(steps) + 1))
        recovered = [event for event in history["events"] if event["event"] == "recovered"]
        assert len(recovered) == (run in moved)
