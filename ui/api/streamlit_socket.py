"""Checks what comes over Streamlit's own socket: a message that its page cannot have sent closes it without a
traceback; a value that a widget cannot have is dropped."""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any

from google.protobuf.message import DecodeError
from starlette.types import Message, Receive, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.runtime_util import get_max_widget_state_size_bytes
from streamlit.runtime.state.session_state import Serialized, WStates

STREAM = "/_stcore/stream"
NOT_UNDERSTOOD = 1003
EVERY = 0.05  # s between two messages
AT_ONCE = 30  # that may come faster


class Pace:
    """Lets messages through as fast as a hand makes them; who sends faster waits, and nobody else does."""

    def __init__(self) -> None:
        self._next = 0.0

    async def wait(self) -> None:
        now = time.monotonic()
        self._next = max(self._next, now - AT_ONCE * EVERY) + EVERY
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


JSON = ("json_value", "json_trigger_value")
WHOLE_NUMBER = ("int_value", "double_value")  # as a field for whole numbers sends it, and as it is registered
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
