"""Middleware that lets the server start only where no other one uses the data folder."""

from contextlib import ExitStack

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.catalogue.params import SpecError
from engine.runs.store.claim import claimed_folder


class Single:
    """Claims the data folder from the server's beginning to its end. Refused, it says why in one sentence."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        with ExitStack() as claim:
            try:
                await run_in_threadpool(claim.enter_context, claimed_folder())
            except SpecError as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                return
            await self.app(scope, receive, send)
