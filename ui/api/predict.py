"""POST /api/predict/{model}: a drawing or a picture in, the digit that a network reads out."""

import functools
from tempfile import SpooledTemporaryFile
from typing import Any

import anyio
from anyio import to_thread
from PIL.Image import Image
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from torch import nn

from engine.catalogue.params import SpecError
from engine.digits import prepare as digits
from engine.files import ASSETS
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


@functools.cache
def demo() -> saving.Saved:
    """The bundled model with its facts, read once."""
    return saving.load_model(ASSETS / "models" / "demo.safetensors")


@in_words
async def predict(request: Request) -> Response:
    """Answer `{"digit", "probabilities": [10], "image", "learning", "two"}`, or `{"digit": null}` for nothing to read.

    `learning` tells whether the network still trains, `two` whether the ink looks like two digits; `?steps=1` adds
    `steps`, the pictures on the way to `image`.
    """
    model, with_steps = request.path_params["model"], request.query_params.get("steps") == "1"
    if _kind(request.headers.get("content-type", "")) == "picture":
        answer = await _of_picture(request, model, with_steps)
    else:
        drawing = await body(request, STROKES_BYTES)
        answer = await run_in_threadpool(read_strokes, model, drawing, with_steps)
    return JSONResponse(answer, headers={"cache-control": "no-store"})


@functools.cache
def _arriving() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(MOST_PICTURES)


@functools.cache
def _opening() -> anyio.CapacityLimiter:
    """One at a time: opening a large one takes much of a small machine's memory."""
    return anyio.CapacityLimiter(1)


async def _of_picture(request: Request, model: str, with_steps: bool) -> dict[str, Any]:
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        async with _arriving():
            await receive_into(file, request, PICTURE_BYTES)
            file.seek(0)
            return await to_thread.run_sync(lambda: read_picture(model, file.read(), with_steps), limiter=_opening())


def read_picture(model_id: str, content: bytes, with_steps: bool) -> dict[str, Any]:
    """What the model makes of a picture file. Raises RefusedError."""
    model = _model(model_id)
    try:
        return _read(model, digits.picture_from_bytes(content), with_steps)
    except SpecError as error:
        raise RefusedError(400, error.text) from error


def read_strokes(model_id: str, content: bytes, with_steps: bool) -> dict[str, Any]:
    """What the model makes of a drawing, JSON text. Raises RefusedError."""
    model = _model(model_id)
    try:
        return _read(model, digits.drawing_from_json(parsed(content, STROKES_CURE)), with_steps)
    except SpecError as error:
        raise RefusedError(400, error.text) from error


def _read(model: tuple[nn.Sequential, bool], drawn: digits.Drawing | Image, with_steps: bool) -> dict[str, Any]:
    network, learning = model
    prepared = digits.prepare(drawn)
    if prepared is None:
        return {"digit": None}
    answer = read_digit(network, prepared.image) | {"learning": learning, "two": prepared.two}
    if with_steps:
        answer["steps"] = [{"name": name, "image": data_url(image)} for name, image in prepared.steps]
    return answer


def _model(model_id: str) -> tuple[nn.Sequential, bool]:
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
    try:
        model = backend.service().learned(model_id)
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
