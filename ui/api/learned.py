"""What is asked of the test set, by GET. /api/inside/{model}/mistakes: how a network reads it; /differences: what it
reads otherwise than another one; /sure: how sure it is; /learned: its first weights and its layers; /excites: the test
pictures that excite one of its units most; /robust: how it reads harder ones."""

import re
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engine.catalogue.params import SpecError
from engine.inside.learned import (
    BLOCK,
    LOOKING_SECONDS,
    PICTURES,
    Excited,
    check_unit,
    excite,
    excited_to_json,
    layers_of,
    weights_of,
)
from engine.inside.mistakes import (
    LEARNING,
    READING_SECONDS,
    Readings,
    affordable,
    differences_to_json,
    mistakes_to_json,
    read_test_set,
    sureness_to_json,
)
from engine.inside.network import Network
from engine.inside.robust import EVALUATIONS, MOST, SECONDS, robustness
from engine.text import Text
from ui.api.inside import a_digit, a_layer, a_number, asked_of, network_of
from ui.api.kept import Kept
from ui.api.requests import RefusedError, in_words

MARK = re.compile(r"[0-9a-f]{24}")
TEST_PICTURES = 10_000
_readings = Kept[Readings](64)  # 120 kB each
_robust = Kept[dict[str, Any]](64)  # 50 kB each
_excited = Kept[Excited](64)  # 28 kB each


@in_words
async def mistakes(request: Request) -> Response:
    """Answer as `mistakes_to_json` does, of the cell `?true=4&read=9` or all mistakes, from picture number `first` on.
    `mark` stands for these readings; given back, they are those answered again, though the network has learned more."""
    query = request.query_params
    true, read = (None if (text := query.get(name)) is None else a_digit(text) for name in ("true", "read"))
    if (true is None) != (read is None):
        raise RefusedError(400, Text("A cell has two digits. Name both, the true one and the one that was read."))
    first = a_number(query.get("first", "0"))
    given = _mark(query.get("mark", ""))
    asked, mark = await to_thread.run_sync(asked_of, request)
    if (readings := _readings.seen(given)) is not None:
        mark = given
    else:
        readings = await _read(asked, mark)
    told = await to_thread.run_sync(mistakes_to_json, readings, true, read, first)
    return _json(told | {"mark": mark, "learning": asked.learning})


@in_words
async def differences(request: Request) -> Response:
    """Answer as `differences_to_json` does: what this network and the one that `other` names read differently, from
    picture number `first` on."""
    first = a_number(request.query_params.get("first", "0"))
    asked, mark = await to_thread.run_sync(asked_of, request)
    other = await to_thread.run_sync(network_of, request, request.query_params.get("other", ""))
    readings, others = await _read(asked, mark), await _read(other, other.mark)
    return _json(await to_thread.run_sync(differences_to_json, readings, others, first))


@in_words
async def sure(request: Request) -> Response:
    """Answer as `sureness_to_json` does: how often the network is right where it is so sure."""
    asked, mark = await to_thread.run_sync(asked_of, request)
    readings = await _read(asked, mark)
    return _json(await to_thread.run_sync(sureness_to_json, readings) | {"learning": asked.learning})


@in_words
async def learned(request: Request) -> Response:
    """Answer the weights of the first layer, from picture number `first` on, and all layers."""
    first = a_number(request.query_params.get("first", "0"))

    def answer() -> dict[str, Any]:
        asked = network_of(request, request.path_params["model"])
        return {"weights": weights_of(asked, first), "layers": layers_of(asked), "learning": asked.learning}

    return _json(await to_thread.run_sync(answer))


@in_words
async def excites(request: Request) -> Response:
    """Answer the pictures that excite `unit` of `layer` most, counted from 0."""
    query = request.query_params
    layer, unit = a_layer(query.get("layer", "")), a_number(query.get("unit", "0"))
    asked, mark = await to_thread.run_sync(asked_of, request)
    count, block = affordable(asked.plan, LOOKING_SECONDS, PICTURES), unit // BLOCK
    try:
        await to_thread.run_sync(check_unit, asked, layer, unit)
    except SpecError as error:
        raise RefusedError(400, error.text) from error
    found = await _excited.get((mark, layer, block), lambda: excite(asked, layer, block, count))
    return _json(excited_to_json(found, unit) | {"layer": layer, "count": count, "learning": asked.learning})


@in_words
async def robust(request: Request) -> Response:
    """Answer as `robustness` does: how the network reads pictures that are changed more and more."""
    asked, mark = await to_thread.run_sync(asked_of, request)
    count = affordable(asked.plan, SECONDS / EVALUATIONS, MOST)
    told = await _robust.get(mark, lambda: robustness(asked.model, count))
    return _json(told | {"learning": asked.learning})


async def _read(asked: Network, mark: str) -> Readings:
    """How the network, for which `mark` stands, reads the test set: now, or as it was kept."""
    count = affordable(asked.plan, READING_SECONDS, LEARNING if asked.learning else TEST_PICTURES)
    return await _readings.get(mark, lambda: read_test_set(asked.model, count))


def _mark(text: str) -> str:
    if text and not MARK.fullmatch(text):
        raise RefusedError(400, Text("This stands for no readings. Leave it out, and the network reads anew."))
    return text


def _json(told: dict[str, Any]) -> Response:
    return JSONResponse(told, headers={"cache-control": "no-store"})


LEARNED_ROUTES = [
    Route("/inside/{model}/mistakes", mistakes),
    Route("/inside/{model}/differences", differences),
    Route("/inside/{model}/sure", sure),
    Route("/inside/{model}/learned", learned),
    Route("/inside/{model}/excites", excites),
    Route("/inside/{model}/robust", robust),
]
