"""What a request to our own addresses brings, read within bounds, and the answer in words where it is refused."""

import json
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response


class RefusedError(Exception):
    """An answer other than 200; `sentence` says what is wrong and the cure."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


def in_words(route: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The route, with its RefusedError answered as `{"error": sentence}`."""

    async def answered(request: Request) -> Response:
        try:
            return await route(request)
        except RefusedError as refused:
            return JSONResponse({"error": refused.sentence}, refused.status)
        except ClientDisconnect:
            return JSONResponse({"error": "The request ended before it was complete. Send it again."}, 400)

    return answered


async def body(request: Request, limit: int, what: str) -> bytes:
    """The request's body, refused as soon as it is known to be larger than `limit` bytes; `what` names it."""
    too_large = RefusedError(413, f"This {what} is larger than {limit / 1e6:g} MB. Send a smaller one.")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit:
            raise too_large
    return bytes(content)


def parsed(content: bytes, cure: str) -> object:
    """The JSON in a body. Raises RefusedError, which ends with `cure`."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, f"This is not valid JSON. {cure}") from error
