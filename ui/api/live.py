"""The WebSocket that carries one run to the browser: everything after `after`, then what happens, until its end.

A browser says which life of the server told it what it has seen: numbers of another life may stand for other events.
"""

import asyncio
import secrets
from collections.abc import Coroutine
from contextlib import aclosing
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from ui.backend import service

ENDED, TOO_BIG, TRY_AGAIN, BAD_REQUEST, UNKNOWN_RUN = 1000, 1009, 1013, 4400, 4404
MAX_RECEIVED = 1000  # characters; nothing is expected from the browser at all
MAX_AFTER = 10**12
LIFE = secrets.token_urlsafe(6)


async def watch_run(socket: WebSocket) -> None:
    """Accept, send the run's packed messages as JSON texts, close. A refusal is a close code of 44xx and a sentence."""
    await socket.accept()
    after = _whole_number(socket.query_params.get("after", "0"))
    run_id = socket.path_params["id"]
    if after is None:
        await socket.close(BAD_REQUEST, "This address asks for a part of the run that cannot be. Reload the page.")
    elif await run_in_threadpool(service().run, run_id) is None:
        if service().trouble():
            await socket.close(TRY_AGAIN, "Runs cannot be read at the moment.")
        else:
            await socket.close(UNKNOWN_RUN, "No run has this address. It may have been deleted; start a new one.")
    else:
        known = socket.query_params.get("life", LIFE) == LIFE
        await _until_first(_send(socket, run_id, after if known else 0), _ignore_all(socket))


async def _send(socket: WebSocket, run_id: str, after: int) -> None:
    async with aclosing(service().watch(run_id, after)) as messages:
        async for message in messages:
            await socket.send_text(as_text(message | {"life": LIFE}))
    await socket.close(ENDED, "The run has ended.")


async def _ignore_all(socket: WebSocket) -> None:
    """Read and drop, which is how a leaving visitor is noticed; whoever sends much is sent away."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        if len(message.get("text") or message.get("bytes") or "") > MAX_RECEIVED:
            await socket.close(TOO_BIG, "Nothing needs to be sent here.")
            return


async def _until_first(*works: Coroutine[Any, Any, None]) -> None:
    """Run all until one is done, then end the others. A visitor who left in the middle of a sentence is no error."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
            raise result


def as_text(message: dict[str, Any]) -> str:
    """JSON as browsers read it: it has no NaN and no Infinity, so these become null. A long history takes 3 ms, when
    nobody else is served; the standard library needs fifteen times as long."""
    return orjson.dumps(message, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _whole_number(text: str) -> int | None:
    if not text.isascii() or not text.isdecimal() or len(text) > 13 or int(text) > MAX_AFTER:
        return None
    return int(text)
