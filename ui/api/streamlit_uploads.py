"""Files that Streamlit's own uploader receives: few at a time, and only the newest are kept, whoever sends them."""

import functools
import re

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from ui.api.crowd import Crowd

UPLOAD = re.compile(r".*/_stcore/upload_file/([^/]+)/([^/]+)")
AT_ONCE = 40
SECONDS = 60.0  # for one
KEPT: Crowd[tuple[str, str]] = Crowd(3, 60, 60)  # of one page and in all: a page reads its file at once


@functools.cache
def _arriving() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(AT_ONCE)


class Uploads:
    """Middleware. Streamlit itself keeps every file until its page is closed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        upload = UPLOAD.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if upload is None:
            await self.app(scope, receive, send)
            return

        async def send_and_keep(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                _keep(upload[1], upload[2])
            await send(message)

        async with _arriving():
            with anyio.move_on_after(SECONDS):
                await self.app(scope, receive, send_and_keep)


def _keep(session: str, file: str) -> None:
    gone = KEPT.enter((session, file), "", session)
    manager = runtime.get_instance().uploaded_file_mgr
    if gone and isinstance(manager, MemoryUploadedFileManager):
        manager.remove_file(*gone)
