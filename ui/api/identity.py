"""Who asks, from where, and in which language: the visitor's cookies, one of them set with the first answer."""

import ipaddress
import re
import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.language import choose_language

OWNER_COOKIE = "playground_owner"
COOKIE_SECONDS = 365 * 24 * 3600
SOUND_OWNER = re.compile(r"[A-Za-z0-9_-]{16,64}")


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
