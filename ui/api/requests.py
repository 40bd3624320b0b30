"""Who asks, from where, in which language, and what a request to our own addresses brings, read within bounds; the
answer in words where it is refused."""

import ipaddress
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from io import BytesIO
from typing import IO

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.text import Text, sentences
from ui.language import choose_language, say

OWNER_COOKIE = "playground_owner"
COOKIE_SECONDS = 365 * 24 * 3600
SOUND_OWNER = re.compile(r"[A-Za-z0-9_-]{16,64}")
BODY_SECONDS = 60.0
PLAIN_FILE = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}(\.[a-z0-9]{1,8})?")


def owner_of(scope: Scope) -> str | None:
    """The visitor named by the cookie of an HTTP request or WebSocket handshake; None without a sound one."""
    name = _cookies(scope).get(OWNER_COOKIE, "")
    return name if SOUND_OWNER.fullmatch(name) else None


def network_of(client: str | None) -> str:
    """The network that an IP address stands for: itself, or the half of an IPv6 address that a household shares. Empty
    for this machine, and for what is no address."""
    try:
        address = ipaddress.ip_address(client or "")
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return ""
    return str(address if address.version == 4 else ipaddress.IPv6Address(int(address) >> 64 << 64))


def _cookies(scope: Scope) -> dict[str, str]:
    try:
        return {name: part.value for name, part in SimpleCookie(Headers(scope=scope).get("cookie", "")).items()}
    except CookieError:
        return {}


class Identity:
    """Middleware that notes the visitor's language, and gives everybody an unguessable cookie with the page itself,
    before its script runs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            choose_language(_cookies(scope), Headers(scope=scope).get("accept-language", ""))
        opens_page = scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")
        if not opens_page or owner_of(scope):
            await self.app(scope, receive, send)
            return
        cookie = f"{OWNER_COOKIE}={secrets.token_urlsafe(24)}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax"
        if scope["scheme"] == "https":
            cookie += "; Secure"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_with_cookie)


class RefusedError(Exception):
    """An answer other than 200; `sentence` says what is wrong and the cure."""

    def __init__(self, status: int, sentence: Text) -> None:
        super().__init__(str(sentence))
        self.status, self.sentence = status, sentence


def in_words(route: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The route, with its RefusedError answered as `{"error": sentence}`."""

    async def answered(request: Request) -> Response:
        try:
            return await route(request)
        except RefusedError as refused:
            return JSONResponse({"error": say(refused.sentence)}, refused.status)
        except ClientDisconnect:
            return JSONResponse({"error": say("The request ended before it was complete. Send it again.")}, 400)

    return answered


async def body(request: Request, limit: int) -> bytes:
    """The request's body, refused as soon as it is known to be larger than `limit` bytes."""
    content = BytesIO()
    await receive_into(content, request, limit)
    return content.getvalue()


async def receive_into(file: IO[bytes], request: Request, limit: int, seconds: float = BODY_SECONDS) -> None:
    """Write the request's body to a file as it comes, within `limit` bytes and so many seconds."""
    too_large = RefusedError(413, Text("This is larger than {limit:n} MB. Send less.", limit=limit / 1e6))
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    size = 0
    try:
        with anyio.fail_after(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise too_large
                file.write(chunk)
    except TimeoutError:
        raise RefusedError(408, Text("This took too long to arrive. Send less.")) from None


def download(content: bytes, media_type: str, file: str) -> Response:
    """The answer that a browser keeps as `file`, a name made by `file_stem`: nothing in it can end the
    header or name another folder. Raises ValueError."""
    if not PLAIN_FILE.fullmatch(file):
        raise ValueError(f"{file!r} is not a plain name of a file")
    headers = {
        "content-disposition": f'attachment; filename="{file}"',
        "cache-control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)


def parsed(content: bytes, cure: Text) -> object:
    """The JSON in a body. Raises RefusedError, which ends with `cure`."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, sentences(Text("This is not valid JSON."), cure)) from error
