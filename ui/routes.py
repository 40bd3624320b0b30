"""The playground's own addresses beside Streamlit's: health, prediction, a run's live curve, scripts and styles."""

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from ui import backend
from ui.gan_routes import GAN_ROUTES
from ui.identity import OurPagesOnly
from ui.live import watch_run
from ui.predict_route import predict
from ui.web_assets import WEB_ROUTES, web_url

__all__ = ["ROUTES", "web_url"]


async def health(_: Request) -> JSONResponse:
    return JSONResponse(backend.health())


async def not_found(_: Request) -> JSONResponse:
    return JSONResponse({"error": "There is nothing at this address. Check its spelling."}, 404)


API = Mount(
    "/api",
    routes=[
        Route("/health", health),
        Route("/predict/{model}", predict, methods=["POST"]),
        WebSocketRoute("/runs/{id}/events", watch_run),
        *GAN_ROUTES,
        Route("/{path:path}", not_found, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ],
    middleware=[Middleware(OurPagesOnly)],
)

ROUTES: list[BaseRoute] = [API, *WEB_ROUTES]
