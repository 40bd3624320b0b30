"""A GAN over HTTP, to play with: pictures it makes, the real ones nearest to them, what D says of a drawing, a quiz;
and its film: single frames, the whole as GIF or WebP to take home, a poster of moments."""

import functools
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from engine.catalogue.names import file_stem
from engine.catalogue.params import SpecError
from engine.digits import prepare as digits
from engine.gan.config import GanSpec
from engine.gan.film import MOST_MOMENTS, film_gif, film_webp, pick_evenly, poster
from engine.gan.play import Player, compare, judge_picture, make_quiz, sample
from engine.runs.info import RunInfo
from engine.text import Text
from engine.training.events import FrameDrawn
from ui import backend
from ui.api.requests import RefusedError, body, download, in_words, parsed
from ui.gan.questions import frame_number, frame_numbers, label_of, one_wanted, seed_of, wanted

FILMS = {"gif": film_gif, "webp": film_webp}
LAST_NUMBER = 999_999_999
QUESTION_BYTES = 1_000_000
PATIENCE = 25.0  # s that a question waits for a GAN that is about to begin; the page gives up after 30
LOOK_AGAIN = 0.2


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


Answer = Callable[[Player, object], dict[str, Any]]


@functools.cache
def _playing() -> anyio.CapacityLimiter:
    """Few at a time, so that a class at play leaves threads to the pages and to the pads."""
    return anyio.CapacityLimiter(2)


def asking(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """The route that puts the JSON of a request to the GAN named in its address."""

    @in_words
    async def route(request: Request) -> Response:
        question = parsed(await body(request, QUESTION_BYTES), Text("Send an object."))
        player = await _patiently(request)
        try:
            answered = await to_thread.run_sync(answer, player, question, limiter=_playing())
        except SpecError as error:
            raise RefusedError(409, error.text) from error
        return JSONResponse(answered, headers={"cache-control": "no-store"})

    return route


async def _patiently(request: Request) -> Player:
    """The GAN, waited for where its training is about to begin. Raises RefusedError."""
    run_id = request.path_params["id"]
    deadline = anyio.current_time() + PATIENCE
    while (player := await to_thread.run_sync(player_of, run_id, limiter=_playing())) is None:
        if anyio.current_time() > deadline or await request.is_disconnected():
            raise RefusedError(409, Text("This GAN has not begun to learn yet. Wait a moment, or choose another one."))
        await anyio.sleep(LOOK_AGAIN)
    return player


def player_of(run_id: str) -> Player | None:
    """The GAN with its newest weights; None while it has not begun to learn. Raises RefusedError."""
    run, service = run_named(run_id), backend.service()
    if not isinstance(run.job, GanSpec):
        raise RefusedError(409, Text("This run is no GAN that generates pictures. Choose another one, or train a GAN."))
    try:
        models = service.learned(run_id)
    except SpecError as error:
        raise RefusedError(409, error.text) from error
    if models is None and run.is_resumable:
        raise RefusedError(409, Text("This GAN was interrupted while it learned. Resume it, or choose another one."))
    if models is None and run.is_over:
        raise RefusedError(409, Text("What this GAN learned was not kept. Choose another one, or train it again."))
    if models is None:
        return None
    frames = service.frames(run_id)
    step = run.finished["step"] if run.finished else frames[-1][1] if frames else 0
    return Player(run.job, models.maker, models.discriminator, int(step))


def _samples(player: Player, question: object) -> dict[str, Any]:
    return sample(player, wanted(question, player.gan))


def _nearest(player: Player, question: object) -> dict[str, Any]:
    return compare(player, one_wanted(question, player.gan))


def _judge(player: Player, question: object) -> dict[str, Any]:
    """D's verdict on strokes; `{"verdict": null}` where there is nothing to judge."""
    label = label_of(question)
    try:
        prepared = digits.prepare(digits.drawing_from_json(question))
    except SpecError as error:
        raise RefusedError(400, error.text) from error
    if prepared is None:
        return {"verdict": None}
    return judge_picture(player, prepared.image, label)


def _quiz(player: Player, question: object) -> dict[str, Any]:
    return make_quiz(player, seed_of(question))


GAN_ROUTES: list[BaseRoute] = [
    *FILM_ROUTES,
    Route("/gan/{id}/samples", asking(_samples), methods=["POST"]),
    Route("/gan/{id}/nearest", asking(_nearest), methods=["POST"]),
    Route("/gan/{id}/judge", asking(_judge), methods=["POST"]),
    Route("/gan/{id}/quiz", asking(_quiz), methods=["POST"]),
]
