"""Connections as uvicorn serves them, held to limits: half a request, a socket that says nothing, or too much.

A whole school may come from one address. So nobody is refused for it: when there are too many connections that have
not asked for anything yet, the oldest of them is closed, and who asks at once is always served.
"""

import asyncio
import sys

import h11
from starlette.types import Receive
from streamlit.runtime.runtime_util import get_max_widget_state_size_bytes
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.http11 import Request

from ui.api.crowd import Crowd
from ui.api.requests import network_of, owner_of
from ui.api.streamlit_guard import STREAM

READ_BYTES = 16_384  # at a time: thousands of tiny frames in one go would keep everybody else waiting
HEAD_BYTES = 32_768  # of a request's first line and headers
HEAD_SECONDS = 10.0  # in which they have to come
LOOK_SECONDS = 5.0  # between two looks at a request that is on its way
LEAST_BYTES = 10_000  # of a body between two looks
READER_LOOKS = 12  # in which somebody takes nothing of the answer, and is then gone
FIRST_WORD_SECONDS = 30.0  # in which Streamlit's page says which page it is
MESSAGE_SECONDS = 15.0  # in which a message is whole
MESSAGE_FRAMES = 64
SPOKEN_TO_BYTES = 1000  # a message to a socket that only speaks
LARGE_BYTES = 50_000  # of a message that is not whole
CONTROL_FRAMES = 60  # pings and the like between two pings of ours: browsers send nothing but the answer
MOST_OPEN = 3000  # connections of all kinds; beyond it requests are answered with 503
OPEN_FILES = 8192

# Of one visitor, who is known by a cookie where there is one; of one address; in all.
UNFINISHED: Crowd["Connection"] = Crowd(300, 300, 600)
SOCKETS: Crowd["Socket"] = Crowd(40, 800, 1500)
LARGE_MESSAGES: Crowd["Socket"] = Crowd(3, 20, 40)


class Connection(H11Protocol, asyncio.BufferedProtocol):
    """One that asks by HTTP. It is unfinished until its request is whole, and again after the answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._buffer, self._received = bytearray(READ_BYTES), 0
        self._unsent, self._idle_looks, self._left = 0, 0, False
        self._head_due = self.loop.time() + HEAD_SECONDS
        self._look = self.loop.call_later(LOOK_SECONDS, self._look_again)
        self._count()

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        super().connection_lost(exc)

    def get_buffer(self, _: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._received += nbytes
        self.data_received(bytes(self._buffer[:nbytes]))
        self._count()

    def on_response_complete(self) -> None:
        self._head_due = self.loop.time() + HEAD_SECONDS
        super().on_response_complete()
        self._count()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._leave()
        super().handle_websocket_upgrade(event)

    def _count(self) -> None:
        if self._left or self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            UNFINISHED.leave(self)
        elif gone := UNFINISHED.enter(self, _address(self.client)):
            gone.transport.abort()

    def _look_again(self) -> None:
        late = self.conn.their_state is h11.IDLE and self.loop.time() > self._head_due
        slow = self.conn.their_state is h11.SEND_BODY and self._received < LEAST_BYTES and not self.flow.read_paused
        unsent = self.transport.get_write_buffer_size()
        self._idle_looks = self._idle_looks + 1 if unsent and unsent == self._unsent else 0
        self._received, self._unsent = 0, unsent
        if late or slow or self._idle_looks > READER_LOOKS:
            self.transport.abort()
        else:
            self._look = self.loop.call_later(LOOK_SECONDS, self._look_again)

    def _leave(self) -> None:
        self._left = True
        UNFINISHED.leave(self)
        self._look.cancel()


class Socket(WebSocketsSansIOProtocol, asyncio.BufferedProtocol):
    """A WebSocket: Streamlit's own, or one of ours, which only speaks."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._buffer = bytearray(READ_BYTES // 4)
        self._control_frames = 0
        self._due: asyncio.TimerHandle | None = None
        self._first_word: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        SOCKETS.leave(self)
        LARGE_MESSAGES.leave(self)
        for timer in (self._due, self._first_word):
            if timer:
                timer.cancel()
        super().connection_lost(exc)

    def get_buffer(self, _: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.data_received(bytes(self._buffer[:nbytes]))
        waiting = len(self.conn.reader.buffer) + sum(map(len, self.frames))
        self._time(waiting)
        if waiting < LARGE_BYTES:
            LARGE_MESSAGES.leave(self)
        elif gone := LARGE_MESSAGES.enter(self, _address(self.client), self._visitor):
            gone.end(CloseCode.TRY_AGAIN_LATER, "Too many large messages at once.")

    def handle_connect(self, event: Request) -> None:
        path = event.path.partition("?")[0]
        cookies = [(b"cookie", value.encode("latin-1")) for value in event.headers.get_all("cookie")]
        self._visitor = owner_of({"type": "websocket", "headers": cookies}) or ""
        self.conn.max_message_size = self.config.ws_max_size if path.endswith(STREAM) else SPOKEN_TO_BYTES
        if path.endswith(STREAM):
            self._first_word = self.loop.call_later(FIRST_WORD_SECONDS, self.end, CloseCode.TRY_AGAIN_LATER, "Reload.")
        if gone := SOCKETS.enter(self, _address(self.client), self._visitor):
            gone.end(CloseCode.TRY_AGAIN_LATER, "Too many pages of this visitor are open.")
        super().handle_connect(event)

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= MESSAGE_FRAMES:
            self.end(CloseCode.MESSAGE_TOO_BIG, "The message comes in too many parts.")
        else:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        super().handle_ping()
        self._control()

    def handle_pong(self, event: Frame) -> None:
        super().handle_pong(event)
        self._control()

    def send_keepalive_ping(self) -> None:
        self._control_frames = 0
        super().send_keepalive_ping()

    def send_receive_event_to_app(self) -> None:
        if self._first_word:
            self._first_word.cancel()
        super().send_receive_event_to_app()

    def end(self, code: int, reason: str) -> None:
        """Close it, without waiting for an answer."""
        if not self.transport.is_closing():
            if self.handshake_complete and not self.close_sent:
                self.conn.fail(code, reason)
                self.transport.write(b"".join(self.conn.data_to_send()))
                self.close_sent = True
            self.transport.close()
            self.loop.call_later(LOOK_SECONDS, self.transport.abort)  # who reads nothing keeps it half open

    def _control(self) -> None:
        self._control_frames += 1
        if self._control_frames > CONTROL_FRAMES:
            self.end(CloseCode.POLICY_VIOLATION, "Nothing needs to be sent here.")

    def _time(self, waiting: int) -> None:
        """Begin or end the time that a message may take."""
        if not waiting and self._due:
            self._due.cancel()
            self._due = None
        elif waiting and not self._due:
            self._due = self.loop.call_later(
                MESSAGE_SECONDS, self.end, CloseCode.POLICY_VIOLATION, "This took too long."
            )


def _address(client: tuple[str, int] | None) -> str:
    return network_of(client[0] if client else None)


def hold_to_limits(receive: Receive) -> None:
    """Make the uvicorn that says it starts serve by the classes above; any other server is left as it is."""
    config = getattr(getattr(receive, "__self__", None), "config", None)
    if not isinstance(config, Config):
        return
    config.http_protocol_class, config.ws_protocol_class = Connection, Socket
    config.h11_max_incomplete_event_size = HEAD_BYTES
    config.ws_max_size = get_max_widget_state_size_bytes()
    config.limit_concurrency = MOST_OPEN
    _allow_open_files()


def _allow_open_files() -> None:
    """Some systems allow 256 by default."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
