"""Who watches over a real socket and is slow, late or cut off: gets every event once, and costs nobody else."""

import json
import logging
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import delete
from starlette.applications import Starlette
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from engine.runs.event_log import KEEP_EVENTS
from engine.runs.live import LiveRun
from engine.runs.message import MOST_STEPS
from engine.runs.store.schema import RUNS
from engine.training.events import StepDone
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from ui import backend
from ui.api.routes import MIDDLEWARE, ROUTES

PATIENCE = 60.0
HANDSHAKE = """GET /api/runs/{path} HTTP/1.1\r
host: 127.0.0.1\r
upgrade: websocket\r
connection: upgrade\r
sec-websocket-version: 13\r
sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r
\r
"""
SAID = (b"", b"\x81\x81\0\0\0\0x", b"\x88\x80\0\0\0\0", b"\x82\x01x")  # nothing, a text, the end, one that is no frame
SMALL = 16_384  # bytes of the kernel for a connection, so that it is soon full


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveRun]:
    """A run of this process's service that reports what the tests want."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setattr("engine.runs.history.MESSAGE_SECONDS", 0.002)
    monkeypatch.setattr("engine.runs.store.writer.BATCH_SECONDS", 0.02)
    backend.service.cache_clear()
    preset = PRESETS["mlp"]
    run = LiveRun("one", "me", Classification(preset.network, preset.config), 101_770, paused=False)
    backend.service()._live[run.id] = run
    yield run
    backend.service().close()
    backend.service.cache_clear()


@pytest.fixture
def address(run: LiveRun, caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """Of the run's events, on a real server that must not have logged an error."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        app = Starlette(routes=ROUTES, middleware=MIDDLEWARE)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="websockets-sansio"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}/api/runs/{run.id}/events"
        server.should_exit = True
        thread.join()
    errors = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not errors, caplog.text


def report(run: LiveRun, count: int) -> None:
    first = run.events.seq + 1
    run.add(first, [StepDone(step, 1, random.random(), random.random(), 0.1) for step in range(first, first + count)])
    backend.service()._writer.wake()


@contextmanager
def reporting(run: LiveRun, count: int) -> Iterator[None]:
    """While this lasts the run reports `count` steps a few hundred times a second."""
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.003):
            report(run, count)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def read(connection: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(connection.recv(PATIENCE))
    return message


def slow_connection(address: str) -> ClientConnection:
    """It takes in next to nothing that is not read."""
    host, port = address.split("/")[2].split(":")
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    narrow.connect((host, int(port)))
    return connect(address, sock=narrow, max_queue=1, compression=None, close_timeout=0.1)


def test_who_does_not_read_holds_up_nobody_and_then_gets_all_the_rest_at_once(run: LiveRun, address: str) -> None:
    with slow_connection(address) as slow, connect(address) as quick, reporting(run, 400):
        quickly = [read(quick) for _ in range(40)]
        slowly = [read(slow)]
        while slowly[-1]["seq"] < quickly[-1]["seq"]:
            slowly.append(read(slow))
    for messages in (quickly, slowly):
        assert all(after["after"] == before["seq"] for before, after in pairwise(messages))
    assert len(slowly) < len(quickly) / 2
    assert max(message["seq"] - message["after"] for message in slowly) > quickly[-1]["seq"] / 3
    deadline = time.monotonic() + PATIENCE
    while run.events.seq - run.events.first >= 2 * KEEP_EVENTS + 1000:  # the rest is not stored yet
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_over_fifty_broken_connections_every_event_comes_once_and_in_order(run: LiveRun, address: str) -> None:
    chance = random.Random(0)
    seq, steps = 0, list[int]()
    with reporting(run, 5):
        for _ in range(50):
            with connect(f"{address}?after={seq}") as connection:
                for _ in range(chance.randrange(4)):
                    message = read(connection)
                    assert message["after"] == seq
                    seq = message["seq"]
                    steps += message["steps"]["step"]
                if chance.random() < 0.5:
                    connection.socket.shutdown(socket.SHUT_RDWR)  # without a word
    assert steps == list(range(1, seq + 1)) and seq > 50


def test_who_comes_late_gets_a_thinned_history_and_then_every_step(run: LiveRun, address: str) -> None:
    long = 100_000
    for _ in range(long // KEEP_EVENTS):
        report(run, KEEP_EVENTS)
    while run.stored_seq < long:
        time.sleep(0.01)
    with connect(address, max_size=2_000_000) as connection:
        history = read(connection)
        report(run, 3)
        tail = read(connection)
    assert run.events.first > long / 2
    assert (history["after"], history["seq"]) == (0, long)
    steps = history["steps"]["step"]
    assert MOST_STEPS / 2 <= len(steps) <= MOST_STEPS and len({b - a for a, b in pairwise(steps)}) == 1
    assert tail["after"] == long and tail["steps"]["step"] == [long + 1, long + 2, long + 3]


def test_who_watches_a_run_that_was_cut_off_sees_it_go_on(run: LiveRun, address: str) -> None:
    live = backend.service()._live
    report(run, 10)
    while run.stored_seq < 10:
        time.sleep(0.01)
    del live[run.id]  # as after a restart: it is in the store alone
    with connect(address) as connection:
        before = read(connection)
        live[run.id] = run
        report(run, 3)
        since = read(connection)
    assert before["interrupted"] and (before["after"], before["seq"]) == (0, 10)
    assert "interrupted" not in since and since["after"] == 10 and since["steps"]["step"] == [11, 12, 13]


@pytest.mark.parametrize("path", ["one/events", "nobody/events", "one/events?after=x"])
def test_whoever_leaves_at_any_moment_is_no_exception(run: LiveRun, address: str, path: str) -> None:
    chance = random.Random(0)
    host, port = address.split("/")[2].split(":")
    with reporting(run, 5):
        for _ in range(60):
            with socket.create_connection((host, int(port))) as wire:
                wire.sendall(HANDSHAKE.format(path=path).encode() + chance.choice(SAID))
                if chance.random() < 0.5:
                    wire.recv(chance.choice((1, 500)))
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_who_waits_for_a_run_that_is_removed_is_told_so(
    run: LiveRun, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runs.service.LOOKS", 1)
    report(run, 10)
    while run.stored_seq < 10:
        pass
    service = backend.service()
    del service._live[run.id]  # as after a restart of the server
    with connect(address) as waiting:
        assert read(waiting)["interrupted"]
        assert service._store.transact(lambda connection: connection.execute(delete(RUNS)))
        with pytest.raises(ConnectionClosed) as closed:
            read(waiting)
    assert closed.value.rcvd and closed.value.rcvd.code == 4404
    assert closed.value.rcvd.reason == "No run has this address. Old runs are removed; start a new one."
