"""A GAN's film over HTTP: single frames, the whole as GIF or WebP to take home, and a poster of moments."""

import functools
from collections.abc import Sequence

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from engine.catalogue.names import file_stem
from engine.gan.film import MOST_MOMENTS, film_gif, film_webp, pick_evenly, poster
from engine.runs.info import RunInfo
from engine.text import Text
from engine.training.events import FrameDrawn
from ui import backend
from ui.api.requests import RefusedError, download, in_words
from ui.gan.questions import frame_number, frame_numbers

FILMS = {"gif": film_gif, "webp": film_webp}
LAST_NUMBER = 999_999_999


@functools.cache
def _filming() -> anyio.CapacityLimiter:
    """One film at a time: each keeps a core busy for seconds and its frames in memory."""
    return anyio.CapacityLimiter(1)


@in_words
async def frame(request: Request) -> Response:
    """One frame's content: a picture, or JSON for a GAN in the plane."""
    run_id, number = request.path_params["id"], frame_number(request.path_params["number"])
    found = await to_thread.run_sync(_frame, run_id, number)
    headers = {"cache-control": "private, max-age=31536000, immutable"}
    return Response(found.content, media_type=found.media_type, headers=headers)


@in_words
async def film(request: Request) -> Response:
    """The film as a GIF or a WebP; `?from=3&to=80` for a part of it."""
    run_id, kind = request.path_params["id"], request.path_params["kind"]
    if kind not in FILMS:
        raise RefusedError(404, Text("A film comes as film.gif or film.webp. Choose one of them."))
    asked = [request.query_params.get(end) for end in ("from", "to")]
    first, last = (frame_number(text) if text else end for text, end in zip(asked, (1, LAST_NUMBER), strict=True))
    name, content = await to_thread.run_sync(_film, run_id, kind, first, last, limiter=_filming())
    return download(content, f"image/{kind}", f"{name}-film.{kind}")


@in_words
async def moments(request: Request) -> Response:
    """Chosen frames as a poster; without `?frames=1,8,40` as many as fit."""
    text = request.query_params.get("frames")
    chosen = frame_numbers(text, MOST_MOMENTS) if text else None
    name, content = await to_thread.run_sync(_poster, request.path_params["id"], chosen, limiter=_filming())
    return download(content, "image/png", f"{name}-poster.png")


def run_named(run_id: str) -> RunInfo:
    """The run, whatever its kind. Raises RefusedError."""
    run = backend.service().run(run_id)
    if run is None:
        raise RefusedError(
            404, Text("There is no run by this name. Choose another one, or train a GAN on the GAN page.")
        )
    return run


def _frame(run_id: str, number: int) -> FrameDrawn:
    run_named(run_id)
    found = backend.service().frame(run_id, number)
    if found is None:
        raise RefusedError(404, Text("This film has no such frame. It may come yet; look again later."))
    return found


def _film(run_id: str, kind: str, first: int, last: int) -> tuple[str, bytes]:
    """A file's stem and content."""
    run = run_named(run_id)
    numbers = [number for number in _kept(run_id) if first <= number <= last]
    return file_stem(str(run.name), "gan"), _made_film(run_id, kind, tuple(pick_evenly(numbers)))


@functools.lru_cache(4)
def _made_film(run_id: str, kind: str, numbers: tuple[int, ...]) -> bytes:
    return FILMS[kind](_pictures(run_id, numbers))


def _poster(run_id: str, chosen: list[int] | None) -> tuple[str, bytes]:
    run = run_named(run_id)
    numbers = pick_evenly(_kept(run_id), MOST_MOMENTS) if chosen is None else chosen
    return file_stem(str(run.name), "gan"), poster(_pictures(run_id, numbers), str(run.name) or "GAN")


def _kept(run_id: str) -> list[int]:
    return [number for number, _, _ in backend.service().frames(run_id)]


def _pictures(run_id: str, numbers: Sequence[int]) -> list[FrameDrawn]:
    found = [frame for number in numbers if (frame := backend.service().frame(run_id, number))]
    if not found:
        raise RefusedError(404, Text("This film has no such frames. Choose others, or wait until some are there."))
    if any(not frame.media_type.startswith("image/") for frame in found):
        raise RefusedError(
            409, Text("The frames of this run are points, not pictures. Choose a GAN that writes digits.")
        )
    return found


FILM_ROUTES: list[BaseRoute] = [
    Route("/runs/{id}/frames/{number}", frame),
    Route("/runs/{id}/film.{kind}", film),
    Route("/runs/{id}/poster.png", moments),
]
