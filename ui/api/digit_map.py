"""POST /api/inside/{model}/map: a thousand test pictures as points in the plane, by what a layer makes of them, and
where the drawn digit lies among them. GET /api/inside/pictures: those pictures, as one."""

import functools
import io
from typing import Any

from anyio import to_thread
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist
from engine.inside.digit_map import MOST, SECONDS, DigitMap, digit_map, map_to_json, placed, telling_layer
from engine.inside.learned import check_unit, layers_of
from engine.inside.mistakes import affordable
from ui.api.inside import a_layer, asked_of
from ui.api.kept import Kept
from ui.api.predict import Prepare, answered
from ui.api.requests import RefusedError, in_words

ACROSS = 40  # pictures side by side
_maps = Kept[DigitMap](6)  # 8 MB each at most


@in_words
async def map_of_digits(request: Request) -> Response:
    """Answer the map by `layer`, else by the one that tells most, as `map_to_json` gives it, all layers, and of the
    digit that was sent what `placed` gives; `mark` stands for the map, and with the same `mark` given only the digit is
    placed."""
    query = request.query_params
    asked, given = a_layer(query["layer"]) if "layer" in query else "", query.get("mark", "")
    network, mark = await to_thread.run_sync(asked_of, request)
    layer = asked or await to_thread.run_sync(telling_layer, network)
    try:
        await to_thread.run_sync(check_unit, network, layer, 0)
    except SpecError as error:
        raise RefusedError(400, error.text) from error
    count = affordable(network.plan, SECONDS, MOST)
    found = await _maps.get((mark, layer), lambda: digit_map(network, layer, count))

    def answer(prepare: Prepare) -> dict[str, Any]:
        prepared = prepare()
        told: dict[str, Any] = {"learning": network.learning, "mark": mark, "layer": layer}
        if given != mark:
            told |= map_to_json(found) | {"layers": layers_of(network)}
        return told | (placed(network, found, prepared.image) if prepared else {})

    return await answered(request, answer)


async def pictures(_: Request) -> Response:
    """The first MOST test pictures, ink light on black, ACROSS in a row."""
    content = await to_thread.run_sync(_pictures)
    return Response(content, media_type="image/png", headers={"cache-control": "public, max-age=86400"})


@functools.cache
def _pictures() -> bytes:
    images = load_mnist().test_images[:MOST].view(-1, ACROSS, 28, 28).transpose(1, 2).reshape(-1, ACROSS * 28)
    with io.BytesIO() as file:
        Image.fromarray(images.contiguous().numpy()).save(file, "PNG", optimize=True)
        return file.getvalue()


DIGIT_MAP_ROUTES = [
    Route("/inside/pictures", pictures),
    Route("/inside/{model}/map", map_of_digits, methods=["POST"]),
]
