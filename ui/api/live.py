"""The WebSocket that carries one run to the browser: everything after `after`, then what happens, until its end.

A browser sends `life`, the server process that numbered what it has seen. After a restart the same numbers may be other
events, so it then gets all from the start. The run `next` is the one that the visitor starts at this moment: its events
come before the page has been drawn anew and knows its id, which stands as `run` in each message.
"""

import asyncio
import secrets
from collections.abc import Coroutine
from contextlib import aclosing, suppress
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from engine.text import Text
from ui.api.requests import owner_of
from ui.backend import service
from ui.language import say

ENDED, TOO_BIG, TRY_AGAIN, BAD_REQUEST, UNKNOWN_RUN = 1000, 1009, 1013, 4400, 4404
MOST_RECEIVED = 20  # messages
MAX_RECEIVED = 1000  # characters; nothing is expected from the browser at all
MAX_AFTER = 10**12
NO_RUN = Text("No run has this address. Old runs are removed; start a new one.")
NEXT = "next"  # in the place of a run's id
LIFE = secrets.token_urlsafe(6)

LastWord = tuple[int, str]  # a close code and a sentence


async def watch_run(socket: WebSocket) -> None:
    """Accept, send the run's packed messages as JSON texts, close. A refusal is a close code of 44xx and a sentence."""
    await socket.accept()
    with suppress(WebSocketDisconnect):  # whoever left needs no last word
        await socket.close(*await _until_the_end(socket))


async def _until_the_end(socket: WebSocket) -> LastWord:
    """Send what there is to send; why it is over. WebSocketDisconnect when the visitor left before."""
    after = _whole_number(socket.query_params.get("after", "0"))
    run_id, more = socket.path_params["id"], {"life": LIFE}
    if after is None:
        return BAD_REQUEST, say("This address asks for a part of the run that cannot be. Reload the page.")
    if run_id == NEXT:
        run_id = await _next_run(socket)
        if run_id is None:
            return ENDED, "No run was started."
        more |= {"run": run_id}
    if await run_in_threadpool(service().run, run_id) is None:
        if service().trouble():
            return TRY_AGAIN, say("Runs cannot be read at the moment.")
        return UNKNOWN_RUN, say(NO_RUN)
    known = socket.query_params.get("life", LIFE) == LIFE
    return await _first_of(_send(socket, run_id, after if known else 0, more), _ignore_all(socket))


async def _next_run(socket: WebSocket) -> str | None:
    """The run that the visitor starts at this moment, which the page will name a little later."""
    asked = socket.query_params
    owner = owner_of(socket.scope)
    return await service().next_run(owner, asked.get("kind", ""), asked.get("beside", "")) if owner else None


async def _send(socket: WebSocket, run_id: str, after: int, more: dict[str, str]) -> LastWord:
    """`more` goes with every message."""
    try:
        async with aclosing(service().watch(run_id, after)) as messages:
            async for message in messages:
                await socket.send_text(as_text(message | more))
    except KeyError:
        if await run_in_threadpool(service().run, run_id):
            raise
        return UNKNOWN_RUN, say(NO_RUN)  # it was removed, for it was old
    return ENDED, "The run has ended."


async def _ignore_all(socket: WebSocket) -> LastWord:
    """Read and drop, which is how a leaving visitor is noticed; whoever sends much is sent away."""
    for _ in range(MOST_RECEIVED):
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        if len(message.get("text") or message.get("bytes") or "") > MAX_RECEIVED:
            break
    return TOO_BIG, "Nothing needs to be sent here."


async def _first_of(*works: Coroutine[Any, Any, LastWord]) -> LastWord:
    """Run all until one is done, then end the others: of them all only one has the last word."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(task for task in tasks if task.done()).result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def as_text(message: dict[str, Any]) -> str:
    """JSON as browsers read it: it has no NaN and no Infinity, so these become null. A long history takes 3 ms, when
    nobody else is served; the standard library needs fifteen times as long."""
    return orjson.dumps(message, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _whole_number(text: str) -> int | None:
    if not text.isascii() or not text.isdecimal() or len(text) > 13 or int(text) > MAX_AFTER:
        return None
    return int(text)
