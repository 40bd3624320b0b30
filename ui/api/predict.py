"""POST /api/predict/{model}: a drawing or a picture in, the digit that a network reads out."""

import functools
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import Any, TypeVar

import anyio
from anyio import to_thread
from PIL.Image import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from torch import nn

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist
from engine.digits import prepare as digits
from engine.runs.info import RunInfo
from engine.runs.results import BUNDLED
from engine.text import Text
from engine.training import saving
from engine.training.predict import data_url, read_digit
from ui import backend
from ui.api.requests import RefusedError, body, in_words, parsed, receive_into

DEMO = "demo"
STROKES_BYTES = 250_000
PICTURE_BYTES = 8_000_000
IN_MEMORY = 200_000  # bytes of a picture; the rest waits on disk for its turn
MOST_PICTURES = 40  # that are on their way or wait for their turn
STROKES_CURE = Text("Send size, width and strokes.")
Given = TypeVar("Given")
Prepare = Callable[[], digits.Prepared | None]


@functools.cache
def demo() -> saving.Saved:
    """The bundled model with its facts, read once."""
    return saving.load_model(BUNDLED[DEMO])


@in_words
async def predict(request: Request) -> Response:
    """Answer `{"digit", "probabilities": [10], "image", "learning"}`, or `{"digit": null}` for nothing to read.

    `learning` tells whether the network still trains; `?steps=1` adds `steps`, the pictures on the way to `image`.
    Where the ink looks like several digits, `parts` has the same of each, with its `box` as `Part` has it.
    """
    model_id, with_steps = request.path_params["model"], request.query_params.get("steps") == "1"
    return await answered(request, lambda prepare: _read(model_of(model_id), prepare(), with_steps))


async def answered(
    request: Request, answer: Callable[[Prepare], dict[str, Any]], limiter: anyio.CapacityLimiter | None = None
) -> Response:
    """What `answer` makes of the drawing or picture in the request's body: it gets a function that prepares the digit,
    None for nothing to read. Both may raise RefusedError. `limiter` says how many may be at it, but for pictures."""
    if _kind(request.headers.get("content-type", "")) == "picture":
        told = await _of_picture(request, answer)
    else:
        drawing = await body(request, STROKES_BYTES)
        told = await to_thread.run_sync(answer, lambda: _drawn_or_chosen(drawing), limiter=limiter)
    return JSONResponse(told, headers={"cache-control": "no-store"})


@functools.cache
def arriving() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(MOST_PICTURES)


@functools.cache
def opening() -> anyio.CapacityLimiter:
    """One at a time: opening a large one takes much of a small machine's memory."""
    return anyio.CapacityLimiter(1)


async def _of_picture(request: Request, answer: Callable[[Prepare], dict[str, Any]]) -> dict[str, Any]:
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        async with arriving():
            await receive_into(file, request, PICTURE_BYTES)
            file.seek(0)
            return await to_thread.run_sync(
                lambda: answer(lambda: _prepared(file.read(), digits.picture_from_bytes)), limiter=opening()
            )


def _drawn_or_chosen(content: bytes) -> digits.Prepared | None:
    """The digit of a drawing as JSON, or with `{"test": 7}` a picture of MNIST's test set, as it is."""
    told = parsed(content, STROKES_CURE)
    if isinstance(told, dict) and "test" in told:
        return _test_picture(told["test"])
    return _prepared(told, digits.drawing_from_json)


def _test_picture(number: object) -> digits.Prepared:
    images = load_mnist().test_images
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < len(images):
        raise RefusedError(
            400, Text("There is no such test picture. Choose one from 0 to {last:,}.", last=len(images) - 1)
        )
    return digits.Prepared(images[number].numpy(), ())


def _prepared(content: Given, read: Callable[[Given], digits.Drawing | Image]) -> digits.Prepared | None:
    """The digit of a picture file, or of a drawing as JSON. Raises RefusedError."""
    try:
        return digits.prepare(read(content))
    except SpecError as error:
        raise RefusedError(400, error.text) from error


def _read(model: tuple[nn.Sequential, bool], prepared: digits.Prepared | None, with_steps: bool) -> dict[str, Any]:
    network, learning = model
    if prepared is None:
        return {"digit": None}
    answer = read_digit(network, prepared.image) | {"learning": learning}
    if prepared.parts:
        answer["parts"] = [read_digit(network, part.image) | {"box": part.box} for part in prepared.parts]
    if with_steps:
        answer["steps"] = [{"name": name, "image": data_url(image)} for name, image in prepared.steps]
    return answer


def model_of(model_id: str) -> tuple[nn.Sequential, bool]:
    """The model, and whether it is still learning."""
    if model_id == DEMO:
        return demo().model, False
    run = backend.service().run(model_id)
    if run is None:
        raise RefusedError(
            404, Text("There is no network by this name. Choose another one, or train one on the Train page.")
        )
    if run.kind != "classifier":
        raise RefusedError(
            409, Text("This run is of a network that does not read digits. Choose one of the Train page.")
        )
    if not run.job.network.reads.is_digits:
        raise RefusedError(
            409, Text("This network reads other pictures than digits. Try it on the Train page, beside its curves.")
        )
    return learned_of(run)


def learned_of(run: RunInfo) -> tuple[nn.Sequential, bool]:
    """What a classifier has learned so far, and whether it is still learning. Raises RefusedError."""
    try:
        model = backend.service().learned(run.id)
    except SpecError as error:
        raise RefusedError(409, error.text) from error
    if model is not None:
        return model, not run.is_over
    if run.is_resumable:
        raise RefusedError(
            409, Text("This network was interrupted while it learned. Resume it, or choose another one.")
        )
    if run.is_over:
        raise RefusedError(409, Text("What this network learned was not kept. Choose another one, or train it again."))
    raise RefusedError(409, Text("This network has not begun to learn yet. Wait a moment, or choose another one."))


def _kind(content_type: str) -> str:
    media_type = content_type.split(";")[0].strip().lower()
    if media_type == "application/json":
        return "strokes"
    if media_type.startswith("image/"):
        return "picture"
    raise RefusedError(415, Text("This is not a picture. Use a PNG, JPEG, GIF or WebP file."))
