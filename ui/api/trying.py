"""/api/try/{run}: what a network that reads other pictures than digits makes of test pictures, by GET, or of a picture
that a visitor gives, by POST; while it learns, too."""

import contextlib
import functools
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

import anyio
from anyio import to_thread
from PIL.Image import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engine.catalogue.params import SpecError
from engine.data.found import data_of
from engine.digits.pictures import picture_from_bytes
from engine.runs.info import RunInfo
from engine.text import Text
from engine.training.trying import as_seen, read_given, read_tests, shown_test, what_counts
from ui import backend
from ui.api.predict import IN_MEMORY, PICTURE_BYTES, arriving, learned_of, opening
from ui.api.requests import RefusedError, in_words, owner_of, receive_into
from ui.language import say

MOST_FIRST = 10**6


@in_words
async def tests(request: Request) -> Response:
    """Answer `{"pictures": [{"image", "true", "shares": [[class, share], ...]}, ...], "count", "learning"}`, of test
    pictures from number `first` on; `note` says why there are none where the network has learned nothing yet. With
    `?why=1`, what counts in picture `first`, as `what_counts` has it."""
    first = request.query_params.get("first", "0")
    if not first.isdecimal() or int(first) > MOST_FIRST:
        raise RefusedError(400, Text("This is no number of a picture. Use 0 or more."))
    run, owner, number = _run(request), owner_of(request.scope), int(first)
    if _asks_why(request):
        return _json(await to_thread.run_sync(_counts_in_test, run, owner, number, limiter=looking()))
    try:
        return _json(await to_thread.run_sync(_tested, run, owner, number))
    except RefusedError as refused:
        return _json({"pictures": [], "count": 0, "learning": not run.is_over, "note": say(refused.sentence)})


@in_words
async def given(request: Request) -> Response:
    """Answer `{"image", "shares", "learning"}`: the picture as the network sees it, and what it reads; with `?why=1`,
    what counts in it."""
    run, read = _run(request), _counts_in if _asks_why(request) else _read
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        async with arriving():
            await receive_into(file, request, PICTURE_BYTES)
            file.seek(0)
            return _json(await to_thread.run_sync(lambda: read(run, file.read()), limiter=opening()))


@functools.cache
def looking() -> anyio.CapacityLimiter:
    """One at a time: a hundred pictures are read to find what counts in one."""
    return anyio.CapacityLimiter(1)


def _asks_why(request: Request) -> bool:
    return request.query_params.get("why") == "1"


def _run(request: Request) -> RunInfo:
    run = backend.service().run(request.path_params["run"])
    if run is None or run.kind != "classifier":
        raise RefusedError(404, Text("There is no such network. Choose another run on the Runs page."))
    return run


def _tested(run: RunInfo, owner: str | None, first: int) -> dict[str, Any]:
    model, learning = learned_of(run)
    with _of_data_set(run, owner):
        return read_tests(model, run.job.network, first) | {"learning": learning}


def _counts_in_test(run: RunInfo, owner: str | None, number: int) -> dict[str, Any]:
    model, _ = learned_of(run)
    with _of_data_set(run, owner):
        return what_counts(model, run.job.network, shown_test(run.job.network, number))


@contextlib.contextmanager
def _of_data_set(run: RunInfo, owner: str | None) -> Iterator[None]:
    """Refuse those who may not see its test pictures; say where these are gone."""
    try:
        if data_of(run.job.network).is_own and run.owner != owner:
            what = Text("The pictures of this network are seen by their owner alone. Give it one of yours.")
            raise RefusedError(403, what)
        yield
    except SpecError as error:
        raise RefusedError(409, error.text) from error


def _read(run: RunInfo, content: bytes) -> dict[str, Any]:
    model, learning = learned_of(run)
    return read_given(model, run.job.network, _opened(run, content)) | {"learning": learning}


def _counts_in(run: RunInfo, content: bytes) -> dict[str, Any]:
    model, _ = learned_of(run)
    return what_counts(model, run.job.network, as_seen(run.job.network, _opened(run, content)))


def _opened(run: RunInfo, content: bytes) -> Image:
    try:
        return picture_from_bytes(content, colour=run.job.network.input_shape[0] > 1)
    except SpecError as error:
        raise RefusedError(400, error.text) from error


def _json(told: dict[str, Any]) -> Response:
    return JSONResponse(told, headers={"cache-control": "no-store"})


TRYING_ROUTES = [Route("/try/{run}", tests, methods=["GET"]), Route("/try/{run}", given, methods=["POST"])]
