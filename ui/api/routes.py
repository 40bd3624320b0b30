"""The playground's own addresses beside Streamlit's: machine, prediction, a run's live curve, scripts, styles."""

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from ui.api.digit_map import DIGIT_MAP_ROUTES
from ui.api.gan import GAN_ROUTES
from ui.api.gate import Gate, SafeHeaders
from ui.api.inside import INSIDE_ROUTES
from ui.api.learned import LEARNED_ROUTES
from ui.api.lessons import LESSONS_ROUTES
from ui.api.live import watch_run
from ui.api.look import LOOK_ROUTES
from ui.api.machine import MACHINE_ROUTES
from ui.api.pictures import PICTURES_ROUTES
from ui.api.predict import predict
from ui.api.report import REPORT_ROUTES
from ui.api.requests import Identity
from ui.api.single import Single
from ui.api.streamlit_guard import Uploads
from ui.api.surgery import SURGERY_ROUTES
from ui.api.trying import TRYING_ROUTES
from ui.api.web import ENTRY_ROUTES, WEB_ROUTES, web_url
from ui.language import say

__all__ = ["MIDDLEWARE", "ROUTES", "web_url"]


async def not_found(_: Request) -> JSONResponse:
    return JSONResponse({"error": say("There is nothing at this address. Check its spelling.")}, 404)


API = Mount(
    "/api",
    routes=[
        Route("/predict/{model}", predict, methods=["POST"]),
        *INSIDE_ROUTES,
        *DIGIT_MAP_ROUTES,
        *SURGERY_ROUTES,
        *LEARNED_ROUTES,
        *TRYING_ROUTES,
        *PICTURES_ROUTES,
        *LOOK_ROUTES,
        WebSocketRoute("/runs/{id}/events", watch_run),
        *REPORT_ROUTES,
        *LESSONS_ROUTES,
        *GAN_ROUTES,
        *MACHINE_ROUTES,
        Route("/{path:path}", not_found, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ],
)

ROUTES: list[BaseRoute] = [API, *WEB_ROUTES, *ENTRY_ROUTES]
MIDDLEWARE = [Middleware(Single), Middleware(SafeHeaders), Middleware(Gate), Middleware(Uploads), Middleware(Identity)]
