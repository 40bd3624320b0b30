"""Who asks: the visitor's cookie, set with the first answer, and the check that a request comes from our own pages."""

import re
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWNER_COOKIE = "playground_owner"
COOKIE_SECONDS = 365 * 24 * 3600
SOUND_OWNER = re.compile(r"[A-Za-z0-9_-]{16,64}")


def owner_of(scope: Scope) -> str | None:
    """The visitor named by the cookie of an HTTP request or WebSocket handshake; None without a sound one."""
    try:
        cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return None
    name = cookies[OWNER_COOKIE].value if OWNER_COOKIE in cookies else ""
    return name if SOUND_OWNER.fullmatch(name) else None


def from_our_pages(scope: Scope) -> bool:
    """False when a browser says that a page of another host sends this. Tools that name no origin pass."""
    headers = Headers(scope=scope)
    origins = headers.getlist("origin")
    if not origins:
        return True
    try:
        sender = urlsplit(origins[0]).netloc.lower()
    except ValueError:
        return False
    return len(origins) == 1 and bool(sender) and sender == headers.get("host", "").lower()


class Identity:
    """Middleware that gives every visitor an unguessable cookie with the page itself, before its script runs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
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


class OurPagesOnly:
    """Middleware that refuses what pages of other hosts send, by HTTP or WebSocket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if from_our_pages(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "another site"})
        else:
            sentence = "This request comes from another site. Open the playground itself and try again."
            await JSONResponse({"error": sentence}, status_code=403)(scope, receive, send)
