"""POST /api/inside/{model}/surgery: what a network still reads after an operation: test pictures, and the drawing."""

from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.catalogue.params import SpecError
from engine.inside.mistakes import LEARNING, affordable
from engine.inside.network import Network
from engine.inside.surgery import accuracy_to_json, check, operable, surgery_from_json, weight_to_json
from engine.network.operate import operated
from engine.network.surgery import Surgery
from engine.text import Text
from engine.training.predict import read_digit
from ui.api.inside import a_layer, a_number, asked_of
from ui.api.kept import Kept
from ui.api.predict import Prepare, answered
from ui.api.requests import RefusedError, in_words

LONGEST = 6000  # characters of an operation
SECONDS = 1.0  # for the test pictures, about
TEST_PICTURES = 10_000
_read = Kept[dict[str, Any]](256)  # 300 bytes each


@in_words
async def surgery(request: Request) -> Response:
    """Answer `before` and `after` as `accuracy_to_json` has them, the layers whose units can be operated on, and of
    the digit that was sent what the network reads after the operation that `edits` tells as JSON. `layer` and `place`
    ask for one `weight`, too."""
    text = request.query_params.get("edits", "")
    if len(text) > LONGEST:
        raise RefusedError(400, Text("This operation is too long. Switch off fewer units at once."))
    network, mark = await to_thread.run_sync(asked_of, request)
    try:
        asked = surgery_from_json(text)
        await to_thread.run_sync(check, network, asked)
    except SpecError as error:
        raise RefusedError(400, error.text) from error
    count = affordable(network.plan, SECONDS, LEARNING if network.learning else TEST_PICTURES)

    async def read(one: Surgery) -> dict[str, Any]:
        return await _read.get((mark, one), lambda: accuracy_to_json(network, one, count))

    told = {"before": await read(Surgery()), "after": await read(asked), "learning": network.learning}

    def answer(prepare: Prepare) -> dict[str, Any]:
        prepared, model = prepare(), operated(network.model, asked)
        reading = {"reading": read_digit(model, prepared.image)} if prepared else {}
        return told | {"layers": operable(network)} | _weight(request, network, model) | reading

    return await answered(request, answer)


def _weight(request: Request, network: Network, after: Any) -> dict[str, Any]:
    layer, place = request.query_params.get("layer"), request.query_params.get("place")
    if layer is None or place is None:
        return {}
    try:
        return {"weight": weight_to_json(network, after, a_layer(layer), a_number(place))}
    except SpecError as error:
        raise RefusedError(400, error.text) from error


SURGERY_ROUTES = [Route("/inside/{model}/surgery", surgery, methods=["POST"])]
