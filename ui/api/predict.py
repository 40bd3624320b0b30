"""POST /api/predict/{model}: a drawing or a picture in, the digit that a network reads out."""

import functools
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from torch import nn

from engine.catalogue.params import SpecError
from engine.digits import prepare as digits
from engine.files import ASSETS
from engine.training import checkpoint
from engine.training.predict import data_url, read_digit
from ui import backend
from ui.api.requests import RefusedError, body, in_words, parsed

DEMO = "demo"
STROKES_BYTES = 250_000
PICTURE_BYTES = 8_000_000
STROKES_CURE = "Send size, width and strokes."


@functools.cache
def demo() -> checkpoint.Saved:
    """The bundled model with its facts, read once."""
    return checkpoint.load_model(ASSETS / "models" / "demo.safetensors")


@in_words
async def predict(request: Request) -> Response:
    """Answer `{"digit", "probabilities": [10], "image", "learning"}`, or `{"digit": null}` for nothing to read.

    `learning` tells whether the network still trains; `?steps=1` adds `steps`, the pictures on the way to `image`.
    """
    kind = _kind(request.headers.get("content-type", ""))
    limits = {"picture": PICTURE_BYTES, "strokes": STROKES_BYTES}
    content = await body(request, limits[kind], "picture" if kind == "picture" else "drawing")
    with_steps = request.query_params.get("steps") == "1"
    answer = await run_in_threadpool(read, request.path_params["model"], kind, content, with_steps)
    return JSONResponse(answer, headers={"cache-control": "no-store"})


def read(model_id: str, kind: str, content: bytes, with_steps: bool) -> dict[str, Any]:
    """What the model makes of strokes (JSON text) or of a picture file. Raises RefusedError."""
    model, learning = _model(model_id)
    try:
        drawn = (
            digits.picture_from_bytes(content)
            if kind == "picture"
            else digits.drawing_from_json(parsed(content, STROKES_CURE))
        )
        prepared = digits.prepare(drawn)
    except SpecError as error:
        raise RefusedError(400, str(error)) from error
    if prepared is None:
        return {"digit": None}
    answer = read_digit(model, prepared.image) | {"learning": learning}
    if with_steps:
        answer["steps"] = [{"name": name, "image": data_url(image)} for name, image in prepared.steps]
    return answer


def _model(model_id: str) -> tuple[nn.Sequential, bool]:
    """The model, and whether it is still learning."""
    if model_id == DEMO:
        return demo().model, False
    run = backend.service().run(model_id)
    if run is None:
        raise RefusedError(404, "There is no network by this name. Choose another one, or train one on the Train page.")
    if run.kind != "classifier":
        raise RefusedError(409, "This run is of a network that does not read digits. Choose one of the Train page.")
    try:
        model = backend.service().learned(model_id)
    except SpecError as error:
        raise RefusedError(409, str(error)) from error
    if model is not None:
        return model, not run.is_over
    if run.is_resumable:
        raise RefusedError(409, "This network was interrupted while it learned. Resume it, or choose another one.")
    if run.is_over:
        raise RefusedError(409, "What this network learned was not kept. Choose another one, or train it again.")
    raise RefusedError(409, "This network has not begun to learn yet. Wait a moment, or choose another one.")


def _kind(content_type: str) -> str:
    media_type = content_type.split(";")[0].strip().lower()
    if media_type == "application/json":
        return "strokes"
    if media_type.startswith("image/"):
        return "picture"
    raise RefusedError(415, "This is not a picture. Use a PNG, JPEG, GIF or WebP file.")
