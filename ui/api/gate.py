"""What every request passes, before Streamlit's middleware too: refuses an unsound Host and another site's Origin, and
keeps quiet about clients that left. And what every answer tells the browser: which content may run here, who may show
it in a frame, what others learn.

A handshake whose Origin is not the Host makes Streamlit ask the internet for this machine's address and stand still
meanwhile. None gets that far.
"""

import base64
import functools
import hashlib
import ipaddress
import logging
import re

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import InvalidState

from engine.text import Text
from ui.api.connections import hold_to_limits
from ui.api.streamlit_guard import STREAM, of_streamlit_only
from ui.api.web import BASE, INDEX, THEME

AUTHORITY = rb"(?:\[([0-9A-Fa-f:.]+)\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?"
HOST = re.compile(AUTHORITY)
ORIGIN = re.compile(rb"https?://(" + AUTHORITY + rb")")
UNSOUND_HOST = 400, Text("This request names a host that cannot be. Type the address of the playground again.")
ANOTHER_SITE = 403, Text("This request comes from another site. Open the playground itself and try again.")
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# Streamlit writes its styles into the page, and runs what draws a component of ours from a blob; Plotly makes pictures
# from blobs. Nothing comes from another site, and nothing evaluates text.
POLICY = (
    "default-src 'none'",
    "script-src 'self' blob: {scripts}",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "media-src 'self' blob:",
    "connect-src 'self' {sockets}",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
)
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}

Headers = list[tuple[bytes, bytes]]


class ReaderLeftError(OSError):
    """What is said to whoever sends into a socket that is closed."""


class Gate:
    """Middleware that refuses what names no sound host or is sent by a page of another site, by HTTP or WebSocket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            hold_to_limits(receive)
            await self.app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            send = _while_open(send)
        try:
            await self._serve(scope, receive, send)
        except (ClientDisconnect, WebSocketDisconnect, ReaderLeftError):
            return  # nobody is left to be told

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if refused := refusal(scope["headers"]):
            await _refuse(*refused, scope, receive, send)
            return
        if scope["type"] == "websocket":
            scope = {**scope, "headers": _as_of_our_page(scope["headers"])}
            if scope["path"].endswith(STREAM):
                receive, send = of_streamlit_only(receive, send)
        await self.app(scope, receive, send)


def refusal(headers: Headers) -> tuple[int, Text] | None:
    """The status and sentence for a request that goes no further. A tool that names no origin passes, and so does an
    origin that Streamlit's option server.corsAllowedOrigins lists."""
    hosts = [value for name, value in headers if name == b"host"]
    origins = [value for name, value in headers if name == b"origin"]
    if not all(is_sound(host) for host in hosts):
        return UNSOUND_HOST
    if not origins or (len(origins) == 1 and (_is_same(origins[0], hosts) or _is_listed(origins[0]))):
        return None
    return ANOTHER_SITE


def is_sound(host: bytes) -> bool:
    parts = HOST.fullmatch(host)
    if not parts or not parts[1]:
        return parts is not None
    try:
        return bool(ipaddress.IPv6Address(parts[1].decode()))
    except ValueError:
        return False


def _is_same(origin: bytes, hosts: list[bytes]) -> bool:
    sender = ORIGIN.fullmatch(origin)
    return sender is not None and [sender[1].lower()] == [host.lower() for host in hosts]


def _is_listed(origin: bytes) -> bool:
    return origin.decode("latin-1") in st.get_option("server.corsAllowedOrigins")


def _as_of_our_page(headers: Headers) -> Headers:
    """The Origin as Streamlit looks for it, which takes no other spelling of the Host and knows of no list."""
    host = next((value for name, value in headers if name == b"host"), None)
    told = [header for header in headers if header[0] != b"origin"]
    origins = [value.partition(b"://")[0] for name, value in headers if name == b"origin" and host]
    return told + [(b"origin", scheme + b"://" + (host or b"")) for scheme in origins]


def _while_open(send: Send) -> Send:
    """A socket that the server closed by itself is one whose reader left; uvicorn raises RuntimeError then."""

    async def send_while_open(message: Message) -> None:
        try:
            await send(message)
        except RuntimeError as error:
            raise ReaderLeftError("The socket is closed.") from error

    return send_while_open


async def _refuse(status: int, text: Text, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": str(text)})
    else:
        await JSONResponse({"error": str(text)}, status)(scope, receive, send)


def keep_log_short() -> None:
    """From now on a frame that cannot be read is one line in the log; uvicorn adds a traceback."""
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(_without_traceback)


def _without_traceback(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    is_text = isinstance(error, UnicodeDecodeError) and record.getMessage().startswith("Invalid UTF-8")
    if is_text or isinstance(error, InvalidState):  # the latter: such a text after the socket was closed
        record.exc_info = None
    return True


class SafeHeaders:
    """Middleware that adds the policy and ALWAYS to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update({"content-security-policy": policy(_host(scope))} | ALWAYS)
            await send(message)

        await self.app(scope, receive, send_with_headers)


@functools.lru_cache(100)
def policy(host: str) -> str:
    """The content security policy; `host` is where the page's sockets go: not every browser counts it as 'self'."""
    sockets = f"ws://{host} wss://{host}" if host else ""
    return "; ".join(POLICY).format(scripts=_inline_scripts(), sockets=sockets)


@functools.cache
def _inline_scripts() -> str:
    """The scripts that stand in the page itself, by what they say."""
    scripts = INLINE.findall(INDEX.read_text(encoding="utf-8") + BASE + THEME)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _host(scope: Scope) -> str:
    """As the browser named it, where the name is sound."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return host.decode() if is_sound(host) else ""
