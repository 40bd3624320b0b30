"""A closer look at a data set. GET /api/data/{name}/averages: its classes; /doubles: pictures that are almost the same
in both parts; /pictures: those of a class; /doubted: those whose label a network doubts. POST /api/data/{name}/labels:
its owner gives pictures other classes, or leaves them out. Own pictures are for their owner alone."""

from collections.abc import Callable
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engine.catalogue.params import SpecError
from engine.data.found import data_set
from engine.data.looking import PARTS, averages, doubles, doubted, of_class
from engine.data.own import is_own_name
from engine.data.relabel import MOST, Corrections
from engine.inside.doubts import TrainReadings, read_train_set
from engine.inside.network import Network
from engine.network.spec import plan
from engine.text import Text
from ui import backend
from ui.api.inside import a_number
from ui.api.kept import Kept
from ui.api.pictures import allowed, begin_correcting, is_coming, visitor_of
from ui.api.predict import DEMO, demo, learned_of
from ui.api.requests import RefusedError, body, in_words, owner_of, parsed

BODY_BYTES = 250_000
EXAMPLE = '{"corrections": [["train", 7, 2], ["test", 3, null]]}'
CURE = Text("Send corrections, as {example}.", example=EXAMPLE)
NO_STORE = {"cache-control": "no-store"}
OTHERS = Text("This network reads other pictures. Choose one that learned from these.")
_told = Kept[dict[str, Any]](64)  # 100 kB each
_readings = Kept[TrainReadings](16)  # 400 kB each


@in_words
async def about(request: Request) -> Response:
    """Answer as `averages` does."""
    name = allowed(request)
    return await _answer(lambda: averages(name))


@in_words
async def alike(request: Request) -> Response:
    """Answer as `doubles` does, from pair number `first` on."""
    name, first = allowed(request), _first(request)
    return JSONResponse(await _told.get((name, first), _worded(lambda: doubles(name, first))), headers=NO_STORE)


@in_words
async def pictures(request: Request) -> Response:
    """Answer as `of_class` does: `part=train&label=3&first=24`."""
    name, first, query = allowed(request), _first(request), request.query_params
    part, label = query.get("part", ""), a_number(query.get("label", "0"))
    if part not in PARTS or label >= len(data_set(name).reads.classes):
        raise RefusedError(400, Text("There is no such class. Choose another one on the Data page."))
    return await _answer(lambda: of_class(name, part, label, first))


@in_words
async def doubts(request: Request) -> Response:
    """Answer as `doubted` does, of the network `model`."""
    name, first = allowed(request), _first(request)
    network, row = _network(request), data_set(name)
    reads = network.plan.network
    if (reads.input_shape, reads.reads.classes) != (row.shape, row.reads.classes):
        raise RefusedError(409, OTHERS)
    mark = await to_thread.run_sync(lambda: network.mark)
    readings = await _readings.get((name, mark), _worded(lambda: read_train_set(network, name)))
    return await _answer(lambda: doubted(name, readings.shares, first))


@in_words
async def correct(request: Request) -> Response:
    """Begin to correct an own data set: `{"corrections": [[part, number, class or null], ...]}`, null leaves out. How
    far that is, and the name of the data set that takes its place, `GET /api/data` tells."""
    owner, name = visitor_of(request), allowed(request)
    if not is_own_name(name):
        raise RefusedError(409, Text("This data set is everybody's. Only your own pictures can be changed."))
    if is_coming(owner):
        raise RefusedError(409, Text("Your last pictures are still being read. Wait until they are there."))
    begin_correcting(owner, name, _corrections(parsed(await body(request, BODY_BYTES), CURE)))
    return JSONResponse({"started": True}, headers=NO_STORE)


def _corrections(told: object) -> Corrections:
    listed = told.get("corrections") if isinstance(told, dict) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST:
        raise RefusedError(400, CURE)
    found: dict[tuple[str, int], int | None] = {}
    for one in listed:
        if not isinstance(one, list) or len(one) != 3 or type(one[1]) is not int:
            raise RefusedError(400, CURE)
        part, number, label = one
        if part not in PARTS or (label is not None and type(label) is not int):
            raise RefusedError(400, CURE)
        found[part, number] = label
    return found


def _network(request: Request) -> Network:
    """The network that is asked, one of the visitor's own or the bundled one. Raises RefusedError."""
    model = request.query_params.get("model", "")
    if model == DEMO:
        return Network(plan(demo().network), demo().model)
    run = backend.service().run(model)
    if run is None or run.kind != "classifier" or run.owner != owner_of(request.scope):
        raise RefusedError(404, Text("There is no such network. Choose another run on the Runs page."))
    return Network(plan(run.job.network), *learned_of(run))


def _first(request: Request) -> int:
    return a_number(request.query_params.get("first", "0"))


def _worded(make: Callable[[], Any]) -> Callable[[], Any]:
    def made() -> Any:
        try:
            return make()
        except SpecError as error:
            raise RefusedError(404, error.text) from error

    return made


async def _answer(make: Callable[[], dict[str, Any]]) -> Response:
    return JSONResponse(await to_thread.run_sync(_worded(make)), headers=NO_STORE)


LOOK_ROUTES = [
    Route("/data/{name}/averages", about, methods=["GET"]),
    Route("/data/{name}/doubles", alike, methods=["GET"]),
    Route("/data/{name}/pictures", pictures, methods=["GET"]),
    Route("/data/{name}/doubted", doubts, methods=["GET"]),
    Route("/data/{name}/labels", correct, methods=["POST"]),
]
