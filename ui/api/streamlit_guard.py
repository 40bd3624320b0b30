"""Guards what Streamlit itself receives. A message that its page cannot have sent closes the socket without a
traceback; a value that a widget cannot have is dropped; few files are uploaded at a time, and only the newest kept."""

import asyncio
import functools
import json
import re
import time
from contextlib import suppress
from typing import Any

import anyio
from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.runtime_util import get_max_widget_state_size_bytes
from streamlit.runtime.state.session_state import Serialized, WStates

from ui.api.crowd import Crowd

STREAM = "/_stcore/stream"
NOT_UNDERSTOOD = 1003
MESSAGE_EVERY = 0.05  # s between two messages
MESSAGES_AT_ONCE = 30  # that may come faster
JSON = ("json_value", "json_trigger_value")
WHOLE_NUMBER = ("int_value", "double_value")  # as a field for whole numbers sends it, and as it is registered
UPLOAD = re.compile(r".*/_stcore/upload_file/([^/]+)/([^/]+)")
UPLOADS_AT_ONCE = 40
UPLOAD_SECONDS = 60.0  # for one
KEPT: Crowd[tuple[str, str]] = Crowd(3, 60, 60)  # of one page and in all: a page reads its file at once


class Pace:
    """Lets messages through as fast as a hand makes them; who sends faster waits, and nobody else does."""

    def __init__(self) -> None:
        self._next = 0.0

    async def wait(self) -> None:
        now = time.monotonic()
        self._next = max(self._next, now - MESSAGES_AT_ONCE * MESSAGE_EVERY) + MESSAGE_EVERY
        await asyncio.sleep(max(0.0, self._next - now))


def of_streamlit_only(receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Both ends of a socket that is closed where a message is none of Streamlit's.

    Streamlit sees its reader leave by what it receives alone: where sending fails first, it closes what is closed.
    """
    is_over = False
    pace = Pace()

    async def received() -> Message:
        nonlocal is_over
        message = await receive()
        if message["type"] != "websocket.receive" or _is_of_streamlit(message.get("bytes")):
            await pace.wait()
            return message
        await send_until_over({"type": "websocket.close", "code": NOT_UNDERSTOOD, "reason": "Reload the page."})
        is_over = True
        return {"type": "websocket.disconnect", "code": NOT_UNDERSTOOD}

    async def send_until_over(message: Message) -> None:
        if not is_over:
            with suppress(OSError):
                await send(message)

    return received, send_until_over


def _is_of_streamlit(content: bytes | None) -> bool:
    if content is None or len(content) > get_max_widget_state_size_bytes():
        return False
    try:
        return bool(BackMsg.FromString(content))
    except DecodeError:
        return False


_read = WStates.__getitem__


def distrust_widgets() -> None:
    """From now on a value of another type than its widget's, or one that cannot be read, stands for none at all."""
    WStates.__getitem__ = _read_checked  # type: ignore[method-assign]


def _read_checked(states: WStates, widget: str) -> Any:
    state, metadata = states.states.get(widget), states.widget_metadata.get(widget)
    if not isinstance(state, Serialized) or metadata is None:
        return _read(states, widget)
    field = state.value.WhichOneof("value")
    fits = field in (None, metadata.value_type) or (field, metadata.value_type) == WHOLE_NUMBER
    if not fits or (field in JSON and not _is_json(getattr(state.value, field))):
        states.states[widget] = Serialized(WidgetState(id=widget))
    try:
        return _read(states, widget)
    except Exception:  # whatever a widget stumbles over
        states.states[widget] = Serialized(WidgetState(id=widget))
        return _read(states, widget)
    finally:
        states.set_widget_metadata(metadata)  # Streamlit would take the type over from what came


def _is_json(text: str) -> bool:
    """Whether it is, and no text within a text, which Streamlit would read as JSON again."""
    try:
        return not isinstance(json.loads(text), str)
    except (ValueError, RecursionError):
        return False


@functools.cache
def _arriving() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(UPLOADS_AT_ONCE)


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
            with anyio.move_on_after(UPLOAD_SECONDS):
                await self.app(scope, receive, send_and_keep)


def _keep(session: str, file: str) -> None:
    gone = KEPT.enter((session, file), "", session)
    manager = runtime.get_instance().uploaded_file_mgr
    if gone and isinstance(manager, MemoryUploadedFileManager):
        manager.remove_file(*gone)
