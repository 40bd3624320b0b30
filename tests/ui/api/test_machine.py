"""The machine over HTTP, with real training processes: all see who shares it, nobody the ids of other people's runs."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

import pytest
from starlette.applications import Starlette

from engine.runs.cluster.machine import Machine
from engine.runs.store.pruning import Storage
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from ui import backend
from ui.api.requests import OWNER_COOKIE
from ui.api.routes import MIDDLEWARE, ROUTES
from ui.machine import now as machine_now
from ui.machine.now import Lookout

ANN, BOB = "ann-" * 6, "bob-" * 6
QUICK = PRESETS["quick"]
JOB = Classification(QUICK.network, replace(QUICK.config, epochs=100))
APP = Starlette(routes=ROUTES, middleware=MIDDLEWARE)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str

    @property
    def data(self) -> Any:
        return json.loads(self.text)


def ask(path: str, owner: str = "", origin: str = "") -> Answer:
    """GET of our own app, as a browser with this cookie sends it."""
    headers = [(b"host", b"here"), (b"cookie", f"{OWNER_COOKIE}={owner}".encode())]
    headers += [(b"origin", origin.encode())] if origin else []
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(APP(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent)
    return Answer(sent[0]["status"], body.decode())


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A run of Ann's and one of Bob's that train, by owner; every look at them is a new one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_DATA", str(tmp_path_factory.mktemp("data")))
        patch.setattr(machine_now, "FRESH", 0.0)
        backend.service.cache_clear()
        service = backend.service()
        service.begin()
        assert service.wait_ready(120)
        begun = {owner: service.start(JOB, owner) for owner in (ANN, BOB)}
        for run_id in begun.values():
            asyncio.run(first_steps(run_id))
        yield begun
        service.close()
        backend.service.cache_clear()


async def first_steps(run_id: str) -> None:
    async with aclosing(backend.service().watch(run_id)) as messages:
        async for message in messages:
            if "steps" in message:
                return


def carried(data: Any) -> list[Any]:
    return [run for host in data["hosts"] for run in host["runs"]]


def test_everybody_sees_who_shares_the_machine_and_which_run_is_theirs(runs: dict[str, str]) -> None:
    seen = ask("/api/machine", ANN).data
    assert "2 people" in seen["sentence"]
    assert {run["name"] for run in carried(seen)} == {"Quick"}
    assert [run["address"] for run in carried(seen) if run["address"]] == [f"./train?run={runs[ANN]}"]
    assert all(0 <= run["cores"] <= seen["cores"] for run in carried(seen))
    assert seen["server"]["memory"] > 20_000_000
    assert seen["kept"].startswith("Runs are kept for 400 days") and "Now it takes " in seen["kept"]
    assert seen["computer"]["memory"] > seen["computer"]["used_memory"] > 0


def test_cores_are_kept_busy_from_the_first_second_on(runs: dict[str, str]) -> None:
    until = time.monotonic() + 30
    while not all(run["cores"] > 0 for run in carried(ask("/api/machine", ANN).data)):
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.parametrize("owner", ["", ANN, "somebody-else-entirely"])
def test_what_belongs_to_others_cannot_be_found_in_it(runs: dict[str, str], owner: str) -> None:
    text = ask("/api/machine", owner).text
    assert runs[BOB] not in text and BOB not in text
    assert (runs[ANN] in text) == (owner == ANN)
    assert ANN not in text
    keys = [run["key"] for run in carried(json.loads(text))]
    assert len(set(keys)) == 2


def test_a_run_is_told_its_share(runs: dict[str, str]) -> None:
    told = ask(f"/api/runs/{runs[ANN]}/share", ANN).data
    assert told["share"].startswith("2 runs on ") and "yours" in told["share"]
    assert told["is_over"] is False
    assert "this one" in ask(f"/api/runs/{runs[ANN]}/share", BOB).data["share"]
    assert ask("/api/runs/no-such-run/share").status == 404


def test_a_page_of_another_site_learns_nothing(runs: dict[str, str]) -> None:
    assert ask("/api/machine", ANN, origin="http://elsewhere.example").status == 403


def test_health_names_what_a_supervisor_needs(runs: dict[str, str]) -> None:
    answer = ask("/api/health")
    assert answer.status == 200
    assert answer.data == {"ok": True, "training": True, "hosts": answer.data["hosts"], "store": "fine"}
    assert answer.data["hosts"] >= 1


class Stub:
    """A service without training processes, which counts who asks."""

    asked = 0

    def trouble(self) -> str:
        return "The disk is full. Make room."

    def machine(self) -> Machine:
        self.asked += 1
        return Machine(2, 0, (), (), 0.0, 0, 0, 0, "")

    def storage(self) -> Storage:
        return Storage(400, 20_000_000_000, None)

    def ready(self) -> bool:
        return False


def test_without_training_processes_it_is_unhealthy_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    lookout = Lookout(Stub())  # type: ignore[arg-type]
    monkeypatch.setattr("ui.api.machine.now", lookout.now)
    monkeypatch.setattr("ui.api.machine.service", Stub)
    assert ask("/api/health").status == 200, "they may be about to come"
    monkeypatch.setattr(machine_now, "FRESH", 0.0)
    monkeypatch.setattr(machine_now, "PATIENCE", -1.0)
    answer = ask("/api/health")
    assert answer.status == 503
    assert answer.data == {"ok": False, "training": False, "hosts": 0, "store": "The disk is full. Make room."}
    seen = ask("/api/machine").data
    assert "Restart the playground" in seen["sentence"]
    assert seen["notes"] == ["The disk is full. Make room."]


def test_many_who_ask_at_once_cost_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_now, "FRESH", 60.0)
    service = Stub()
    lookout = Lookout(service)  # type: ignore[arg-type]
    assert {id(lookout.now()) for _ in range(50)} == {id(lookout.now())}
    assert service.asked == 1
