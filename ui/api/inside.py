"""POST /api/inside/{model}: a drawing or a picture in, and what every layer makes of it; /unit: how one number of a
layer comes about; /why: why it is read so, and what would make it another digit."""

import functools
import re
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.catalogue.params import SpecError
from engine.inside.maps import eight_bits
from engine.inside.network import Network
from engine.inside.nudge import nudge
from engine.inside.reading import Reading, flow_of, unit_of
from engine.inside.why import why
from engine.network.spec import CLASSES, NetworkSpec, plan
from engine.text import Text
from engine.training.kind import EXAMPLE
from ui import backend
from ui.api.predict import DEMO, Prepare, answered, demo, model_of
from ui.api.requests import RefusedError, in_words, owner_of

MOST_NAMED = 64  # layers that a question may name
LAYER = re.compile(r"[a-z0-9.]{1,80}")
NUMBER = re.compile(r"\d{1,7}")
_planned = functools.lru_cache(maxsize=64)(plan)


@in_words
async def inside(request: Request) -> Response:
    """Answer what `/api/predict` does, and `strips`, the layers from number `start` on, with `count`, how many there
    are. `turn` names repetitions to fold or unfold, `first` maps to begin with, as in `turn=2.1,2.2&first=0:16`."""
    query, model_id = request.query_params, request.path_params["model"]
    start = a_number(query.get("start", "0"))
    turned = _layers(query.get("turn", ""))
    pairs = [part.partition(":") for part in _parts(query.get("first", ""))]
    firsts = {a_layer(name): a_number(first) for name, _, first in pairs}

    def answer(prepare: Prepare) -> dict[str, Any]:
        reading, learning = _reading(request, model_id, prepare)
        if reading is None:
            return {"digit": None}
        return flow_of(reading, start, turned, firsts) | {"learning": learning, "two": reading.two}

    return await answered(request, answer)


@in_words
async def unit(request: Request) -> Response:
    """Answer how the number at `at` of `layer` comes about, as in `layer=0&at=3,5,7`; without `at` its largest one."""
    query, model_id = request.query_params, request.path_params["model"]
    layer, at = a_layer(query.get("layer", "")), query.get("at")
    place = None if at is None else [a_number(part) for part in _parts(at)]

    def answer(prepare: Prepare) -> dict[str, Any]:
        reading, _ = _reading(request, model_id, prepare)
        if reading is None:
            return {"form": None}
        try:
            return unit_of(reading, layer, place)
        except SpecError as error:
            raise RefusedError(400, error.text) from error

    return await answered(request, answer)


@in_words
async def reasons(request: Request) -> Response:
    """Answer why the digit is read so, or why not as `digit`, with maps of the picture; and what would make it that
    digit."""
    asked = request.query_params.get("digit")
    digit = None if asked is None else a_digit(asked)

    def answer(prepare: Prepare) -> dict[str, Any]:
        reading, learning = _reading(request, request.path_params["model"], prepare)
        if reading is None:
            return {"digit": None}
        told = why(reading.plan, reading.model, reading.image, digit)
        told["change"] = nudge(reading.plan, reading.model, reading.image, told["asked"])
        return told | {"image": eight_bits(reading.tensor, 0, 255), "learning": learning}

    return await answered(request, answer, _asking())


@functools.cache
def _asking() -> anyio.CapacityLimiter:
    """Two at a time: each keeps a core busy for a tenth of a second, of a large network for seconds."""
    return anyio.CapacityLimiter(2)


def _reading(request: Request, model_id: str, prepare: Prepare) -> tuple[Reading | None, bool]:
    """The network and its digit, None for nothing to read; and whether it still learns. Raises RefusedError."""
    network = network_of(request, model_id)
    prepared = prepare()
    reading = Reading(network.plan, network.model, prepared.image, bool(prepared.parts)) if prepared else None
    return reading, network.learning


def network_of(request: Request, model_id: str) -> Network:
    """A network that this visitor may look into. Raises RefusedError."""
    network = _network(request, model_id)
    model, learning = model_of(model_id)
    assert network is not None  # or model_of had refused
    return Network(_planned(network), model, learning)


def asked_of(request: Request) -> tuple[Network, str]:
    """The network that a request is about, and what stands for it as it is now. Raises RefusedError."""
    network = network_of(request, request.path_params["model"])
    return network, network.mark


def _network(request: Request, model_id: str) -> NetworkSpec | None:
    """That of the visitor's own run; None for a run that cannot be read, of which `model_of` says why."""
    if model_id == DEMO:
        return demo().network
    run = backend.service().run(model_id)
    if run is None or run.kind != "classifier":
        return None
    if model_id != EXAMPLE and run.owner != owner_of(request.scope):
        raise RefusedError(403, Text("This network is somebody else's. Choose the bundled one, or train your own."))
    network: NetworkSpec = run.job.network
    return network


def _parts(text: str) -> list[str]:
    parts = [part for part in text.split(",") if part]
    if len(parts) > MOST_NAMED:
        raise RefusedError(400, Text("This asks for too many layers at once. Ask for {most} at most.", most=MOST_NAMED))
    return parts


def _layers(text: str) -> list[str]:
    return [a_layer(part) for part in _parts(text)]


def a_layer(text: str) -> str:
    if not LAYER.fullmatch(text):
        raise RefusedError(400, Text("This names no layer. Ask for one that the flow shows."))
    return text


def a_digit(text: str) -> int:
    if text not in map(str, range(CLASSES)):
        raise RefusedError(400, Text("This is not a digit. Ask for one from 0 to 9."))
    return int(text)


def a_number(text: str) -> int:
    if not text.isascii() or not NUMBER.fullmatch(text):
        raise RefusedError(400, Text("This is not a whole number. Count maps and units from 0."))
    return int(text)


INSIDE_ROUTES = [
    Route("/inside/{model}", inside, methods=["POST"]),
    Route("/inside/{model}/unit", unit, methods=["POST"]),
    Route("/inside/{model}/why", reasons, methods=["POST"]),
]
