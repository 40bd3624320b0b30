"""The socket that carries a run, asked of a real server with a real run."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from engine.runs.service import NEW_SECONDS
from engine.training.kind import EXAMPLE, Classification
from engine.training.presets import PRESETS
from ui import backend
from ui.api.live import MAX_RECEIVED, as_text
from ui.api.requests import OWNER_COOKIE
from ui.api.routes import MIDDLEWARE, ROUTES

OWNER = "a visitor"
PATIENCE = 120.0
QUICK = PRESETS["quick"]
SMALL = replace(QUICK.config, images=2000, epochs=1)
LONG = replace(QUICK.config, epochs=100)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_DATA", str(tmp_path_factory.mktemp("data")))
        backend.service.cache_clear()
        backend.service().begin()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            app = Starlette(routes=ROUTES, middleware=MIDDLEWARE)
            server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="websockets-sansio"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            yield f"ws://127.0.0.1:{listener.getsockname()[1]}/api/runs"
            server.should_exit = True
            thread.join()
        backend.service().close()
        backend.service.cache_clear()


@pytest.fixture
def long_run(address: str) -> Iterator[str]:
    """A run that will not end by itself before the test does."""
    run_id = backend.service().start(Classification(QUICK.network, LONG), OWNER)
    yield run_id
    backend.service().control(run_id, OWNER, "stop")


def read_all(connection: ClientConnection) -> tuple[list[dict[str, Any]], int, str]:
    """Every message until the server closes, with its code and reason."""
    messages = []
    try:
        while True:
            messages.append(json.loads(connection.recv(PATIENCE)))
    except ConnectionClosed as closed:
        assert closed.rcvd
        return messages, closed.rcvd.code, closed.rcvd.reason


def steps(messages: list[dict[str, Any]]) -> list[int]:
    return [step for message in messages for step in message.get("steps", {}).get("step", ())]


def first_steps(connection: ClientConnection) -> dict[str, Any]:
    """The first message that holds a step."""
    while True:
        message: dict[str, Any] = json.loads(connection.recv(PATIENCE))
        if "steps" in message:
            return message


def wait_for_step(run_id: str, step: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while (backend.service().history(run_id).get("steps", {}).get("step") or [0])[-1] < step:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_run_is_sent_from_first_step_to_test_result_then_closed(address: str) -> None:
    run_id = backend.service().start(Classification(QUICK.network, SMALL), OWNER)
    with connect(f"{address}/{run_id}/events") as connection:
        messages, code, _ = read_all(connection)
    assert code == 1000
    assert steps(messages) == list(range(1, SMALL.steps + 1))
    names = [event["event"] for message in messages for event in message["events"]]
    assert "started" in names and "finished" in names
    assert [message["seq"] for message in messages] == sorted({message["seq"] for message in messages})


def test_whoever_comes_back_gets_only_what_is_new(address: str) -> None:
    with connect(f"{address}/{EXAMPLE}/events") as connection:
        whole, code, _ = read_all(connection)
    assert code == 1000
    with connect(f"{address}/{EXAMPLE}/events?after={whole[-1]['seq']}") as connection:
        assert read_all(connection)[:2] == ([], 1000)


def test_a_reader_who_reconnects_misses_and_repeats_nothing(address: str, long_run: str) -> None:
    with connect(f"{address}/{long_run}/events") as connection:
        first = first_steps(connection)
    wait_for_step(long_run, first["steps"]["step"][-1] + 5)
    with connect(f"{address}/{long_run}/events?after={first['seq']}") as connection:
        second = first_steps(connection)
    together = [first, second]
    assert steps(together) == list(range(1, len(steps(together)) + 1))


def test_who_was_told_by_an_earlier_life_of_the_server_starts_over(address: str, long_run: str) -> None:
    with connect(f"{address}/{long_run}/events") as connection:
        first = first_steps(connection)
    seen = f"after={first['seq']}"
    with connect(f"{address}/{long_run}/events?{seen}&life={first['life']}") as connection:
        assert json.loads(connection.recv(PATIENCE))["after"] == first["seq"]
    for unknown in (f"{seen}&life=another", "after=1000000"):
        with connect(f"{address}/{long_run}/events?{unknown}") as connection:
            again = first_steps(connection)
        assert again["after"] == 0 and steps([again])[0] == 1


def test_the_run_that_a_visitor_starts_now_is_followed_before_its_id_is_known(address: str) -> None:
    mine, another = "m" * 20, "a" * 20
    before = backend.service().start(Classification(QUICK.network, SMALL), mine)
    url = f"{address}/next/events?kind=classifier&beside={before}"
    with connect(url, additional_headers={"cookie": f"{OWNER_COOKIE}={mine}"}) as connection:
        theirs = backend.service().start(Classification(QUICK.network, SMALL), another)
        run_id = backend.service().start(Classification(QUICK.network, LONG), mine)
        told = first_steps(connection)
    assert told["run"] == run_id and steps([told])[0] == 1
    for one, owner in ((before, mine), (theirs, another), (run_id, mine)):
        backend.service().control(one, owner, "stop")
    until = time.monotonic() + PATIENCE
    while time.time() < backend.service().run(run_id).created + NEW_SECONDS:  # type: ignore[union-attr]
        assert time.monotonic() < until
        time.sleep(0.05)
    for headers in ({"cookie": f"{OWNER_COOKIE}={mine}"}, {}):
        with connect(url, additional_headers=headers) as connection:
            assert read_all(connection)[:2] == ([], 1000), "an old run, or somebody else's"


def test_two_people_watch_the_same_run(address: str, long_run: str) -> None:
    with connect(f"{address}/{long_run}/events") as one, connect(f"{address}/{long_run}/events") as other:
        mine, theirs = first_steps(one)["steps"], first_steps(other)["steps"]
    count = min(len(mine["step"]), len(theirs["step"]))
    assert mine["loss"][:count] == theirs["loss"][:count]


def test_a_run_goes_on_when_its_watcher_leaves(address: str, long_run: str) -> None:
    with connect(f"{address}/{long_run}/events") as connection:
        seen = first_steps(connection)["steps"]["step"][-1]
    wait_for_step(long_run, seen + 5)


def test_an_unknown_run_is_refused_in_words(address: str) -> None:
    with connect(f"{address}/nothing-like-that/events") as connection:
        messages, code, reason = read_all(connection)
    assert (messages, code) == ([], 4404)
    assert reason.startswith("No run has this address.")


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "", "1e3", "9" * 40, "٣"])
def test_a_senseless_place_to_go_on_from_is_refused_in_words(address: str, after: str) -> None:
    with connect(f"{address}/{EXAMPLE}/events?after={after}") as connection:
        messages, code, reason = read_all(connection)
    assert (messages, code) == ([], 4400)
    assert "Reload the page" in reason


def test_another_site_may_not_listen(address: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"{address}/{EXAMPLE}/events", origin="http://elsewhere.example")  # type: ignore[arg-type]


def test_what_a_browser_sends_is_ignored_and_much_of_it_ends_the_connection(address: str, long_run: str) -> None:
    with connect(f"{address}/{long_run}/events") as connection:
        connection.send('{"stop": true}')
        connection.send(b"\x00\x01")
        assert first_steps(connection)["steps"]["step"]
        connection.send("x" * (MAX_RECEIVED + 1))
        _, code, _ = read_all(connection)
    assert code == 1009
    info = backend.service().run(long_run)
    assert info and not info.is_over


def test_numbers_that_json_does_not_know_become_null() -> None:
    message = {"seq": 2, "steps": {"loss": [1.5, float("nan"), float("inf")]}, "events": []}
    assert json.loads(as_text(message)) == {"seq": 2, "steps": {"loss": [1.5, None, None]}, "events": []}
