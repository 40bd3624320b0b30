"""The messages of Streamlit's own socket: one that its page cannot have sent ends it, without a traceback."""

import asyncio
import time
from contextlib import suppress

from google.protobuf.message import DecodeError
from starlette.types import Message, Receive, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.runtime_util import get_max_widget_state_size_bytes

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
