"""Sockets that are opened to keep a server busy: what is closed, and who is served all the same."""

import http.client
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.odd_requests import frame
from ui.api import connections
from ui.api.crowd import Crowd
from ui.api.gate import Gate
from ui.api.requests import OWNER_COOKIE

PATIENCE = 60.0


async def length(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def speaks_only(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.receive_bytes()
    except WebSocketDisconnect:
        pass


ROUTES: list[BaseRoute] = [
    Route("/", length, methods=["GET", "POST"]),
    WebSocketRoute("/api/speaks", speaks_only),
    WebSocketRoute("/_stcore/stream", speaks_only),
]


@contextmanager
def served() -> Iterator[int]:
    """The port of a server behind the gate."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Gate(Starlette(routes=ROUTES))(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        runner = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="websockets-sansio", ws_max_size=10**8))
        thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()[1]
        runner.should_exit = True
        thread.join()


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server for which seconds are tenths."""
    for name in ("HEAD_SECONDS", "LOOK_SECONDS", "FIRST_WORD_SECONDS", "MESSAGE_SECONDS"):
        monkeypatch.setattr(connections, name, getattr(connections, name) / 10)
    with served() as port:
        yield port


def opened(port: int, content: bytes = b"") -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", port), PATIENCE)
    wire.sendall(content)
    return wire


def is_closed(wire: socket.socket) -> bool:
    """Wait until the server closes it."""
    try:
        while wire.recv(65_536):
            pass
    except ConnectionError:
        pass
    return True


def ask(port: int, body: bytes = b"") -> bytes:
    connection = http.client.HTTPConnection(f"127.0.0.1:{port}", timeout=PATIENCE)
    connection.request("POST", "/", body)
    content = connection.getresponse().read()
    connection.close()
    return content


def socket_of(port: int, path: str = "/api/speaks", owner: str = "") -> ClientConnection:
    headers = {"cookie": f"{OWNER_COOKIE}={owner}"} if owner else {}
    return connect(f"ws://127.0.0.1:{port}{path}", additional_headers=headers, open_timeout=PATIENCE, compression=None)


HALVES = {
    "nothing": b"",
    "half a line": b"GET / HT",
    "half a head": b"GET / HTTP/1.1\r\nhost: x\r\n",
    "half a body": b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\nhalf",
    "half a chunk": b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffff\r\nhalf",
}


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES.keys())
def test_half_a_request_is_closed_after_a_while(port: int, half: bytes) -> None:
    with opened(port, half) as wire:
        assert is_closed(wire)


def test_half_a_second_request_is_closed_too(port: int) -> None:
    with opened(port, b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET / HT") as wire:
        assert wire.recv(65_536).startswith(b"HTTP/1.1 200")
        assert is_closed(wire)


def test_a_request_that_takes_its_time_within_the_limits_is_answered(port: int) -> None:
    body = b"x" * 400_000
    with opened(port, b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 400000\r\n\r\n") as wire:
        for start in range(0, len(body), 50_000):
            wire.sendall(body[start : start + 50_000])
            assert ask(port, b"four") == b"4"
        assert wire.recv(65_536).startswith(b"HTTP/1.1 200")


def test_whoever_asks_is_served_beside_hundreds_who_ask_by_halves(port: int) -> None:
    with ExitStack() as stack:
        wires = [stack.enter_context(opened(port, HALVES["half a head"])) for _ in range(400)]
        assert ask(port, b"four") == b"4"
        assert len(connections.UNFINISHED) <= connections.UNFINISHED.of_address
        assert all(is_closed(wire) for wire in wires[:50])


def test_one_visitor_s_oldest_socket_goes_and_no_one_else_s(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setattr(connections, "SOCKETS", Crowd(3, 100, 100))
    with ExitStack() as stack:
        other = stack.enter_context(socket_of(port, owner="b" * 32))
        first, *_, last = [stack.enter_context(socket_of(port, owner="a" * 32)) for _ in range(4)]
        with pytest.raises(ConnectionClosed) as closed:
            first.recv(PATIENCE)
        assert closed.value.rcvd and closed.value.rcvd.code == 1013
        for connection in (other, last):
            assert connection.ping().wait(PATIENCE)


def test_a_class_behind_one_address_keeps_all_its_sockets() -> None:
    crowd: Crowd[str] = Crowd(
        connections.SOCKETS.of_visitor, connections.SOCKETS.of_address, connections.SOCKETS.in_all
    )
    class_ = [(f"pupil {pupil}", tab) for pupil in range(35) for tab in range(20)]
    assert not any(crowd.enter(f"{pupil}'s {tab}", "school", pupil) for pupil, tab in class_)


def test_a_household_with_many_ipv6_addresses_counts_as_one_address() -> None:
    assert len({connections._address((f"2001:db8:1:2::{number:x}", 4000)) for number in range(100)}) == 1
    assert connections._address(("2001:db8:1:3::1", 4000)) != connections._address(("2001:db8:1:2::1", 4000))


def test_who_has_most_of_the_busiest_address_goes_first() -> None:
    crowd: Crowd[str] = Crowd(3, 5, 6)
    assert not any(crowd.enter(f"a{i}", "one", "a") for i in range(3))
    assert not any(crowd.enter(f"b{i}", "one", "b") for i in range(2))
    assert crowd.enter("c0", "one", "c") == "a0"
    assert crowd.enter("d0", "two", "d") is None
    assert crowd.enter("e0", "two", "e") == "a1"  # that is one too many in all; "one" has five
    assert crowd.enter("d0", "two", "d") is None
    for member in ("a2", "b0", "b1", "c0", "d0", "e0"):
        crowd.leave(member)
    assert len(crowd) == 0


@pytest.mark.parametrize(("path", "size"), [("/api/speaks", 2000), ("/_stcore/stream", 1_100_000)])
def test_a_frame_that_is_announced_too_large_ends_its_socket_before_it_comes(port: int, path: str, size: int) -> None:
    with socket_of(port, path) as connection:
        connection.socket.sendall(b"\x82\xff" + struct.pack(">Q", size) + b"\0" * 4)
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(PATIENCE)
        assert closed.value.rcvd and closed.value.rcvd.code == 1009


FLOODS = {
    "half a frame": frame(2, b"x" * 500)[:100],
    "pings": frame(9, b"x") * 500,
    "pongs": frame(10, b"x") * 500,
    "frames without end": frame(2, b"", first=0) + frame(0, b"", first=0) * 500,
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS.keys())
def test_a_socket_that_sends_no_whole_message_is_ended(port: int, flood: bytes) -> None:
    with socket_of(port) as connection:
        connection.socket.sendall(flood)
        with pytest.raises(ConnectionClosed):
            connection.recv(PATIENCE)


def test_a_socket_of_streamlit_s_that_says_nothing_is_ended(port: int) -> None:
    with socket_of(port, "/_stcore/stream") as connection, pytest.raises(ConnectionClosed):
        connection.recv(PATIENCE)


def test_large_messages_that_do_not_end_are_few(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setattr(connections, "LARGE_MESSAGES", Crowd(1, 1, 1))
    part = frame(2, b"x" * 900_000)[:200_000]
    with socket_of(port, "/_stcore/stream") as one, socket_of(port, "/_stcore/stream") as other:
        one.socket.sendall(part)
        other.socket.sendall(part)
        with pytest.raises(ConnectionClosed):
            one.recv(PATIENCE)
