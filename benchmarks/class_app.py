"""The playground with one address more, where the classroom benchmark does what the Start and Pause buttons do.

    streamlit run benchmarks/class_app.py

Everything else is app.py's: pages, routes, middleware, service, and how it begins and ends.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app import lifespan
from engine.kinds import job_from_json
from ui import backend
from ui.api.routes import MIDDLEWARE, ROUTES


async def lesson(request: Request) -> JSONResponse:
    """`{"start": job, "owner": name}`, `{"control": action, "owner": name, "run": id}` or `{"hosts": true}`."""
    asked, service = await request.json(), backend.service()
    if "start" in asked:
        run_id = await run_in_threadpool(service.start, job_from_json(asked["start"]), asked["owner"])
        return JSONResponse({"run": run_id})
    if "control" in asked:
        await run_in_threadpool(service.control, asked["run"], asked["owner"], asked["control"])
        return JSONResponse({})
    return JSONResponse({"processes": [host.process for host in service.machine().hosts]})


app = st.App(
    str(ROOT / "ui" / "shell.py"),
    routes=[Route("/lesson", lesson, methods=["POST"]), *ROUTES],
    middleware=MIDDLEWARE,
    lifespan=lifespan,
)
