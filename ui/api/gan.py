"""A GAN to play with over HTTP: pictures it makes, the real ones nearest to them, what D says of a drawing, a quiz."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from engine.catalogue.params import SpecError
from engine.digits import prepare as digits
from engine.gan.config import GanSpec
from engine.gan.play import Player, compare, judge_picture, make_quiz, sample
from engine.text import Text
from ui import backend
from ui.api.film import FILM_ROUTES, run_named
from ui.api.requests import RefusedError, body, in_words, parsed
from ui.gan.questions import label_of, one_wanted, seed_of, wanted

QUESTION_BYTES = 1_000_000
PATIENCE = 25.0  # s that a question waits for a GAN that is about to begin; the page gives up after 30
LOOK_AGAIN = 0.2

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
