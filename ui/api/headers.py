"""What every answer tells the browser: which content may run here, who may show it in a frame, what others learn."""

import base64
import functools
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api.edge import is_sound
from ui.api.web import BASE, INDEX

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
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class SafeHeaders:
    """Middleware that adds them to every answer."""

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
    scripts = INLINE.findall(INDEX.read_text(encoding="utf-8") + BASE)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _host(scope: Scope) -> str:
    """As the browser named it, where the name is sound."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return host.decode() if is_sound(host) else ""
