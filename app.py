"""The ASGI app: Streamlit's shell, the playground's own addresses, and what begins and ends with the server."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

os.environ.setdefault("OMP_NUM_THREADS", "1")  # torch reads it when it is imported

import streamlit as st
from starlette.concurrency import run_in_threadpool

from ui import backend
from ui.api.gate import keep_log_short
from ui.api.routes import MIDDLEWARE, ROUTES
from ui.api.streamlit_guard import distrust_widgets


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """The training processes start while this one imports what the pages need: the first visitor waits for neither."""
    keep_log_short()
    distrust_widgets()
    backend.service().begin()
    backend.warm_up()
    try:
        yield
    finally:
        await run_in_threadpool(backend.service().close)


app = st.App("ui/shell.py", routes=ROUTES, middleware=MIDDLEWARE, lifespan=lifespan)
