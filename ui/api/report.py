"""GET /api/runs/{id}/report.html, /curves.csv and /events.tfevents: a classifier's run to take along."""

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.catalogue.names import file_stem
from engine.export.tensorboard import event_file
from engine.runs.info import RunInfo
from engine.runs.message import Message
from engine.text import Text
from ui import backend
from ui.api.requests import RefusedError, download, in_words, owner_of
from ui.runs.words import named
from ui.train.report import curves_csv, report_html


@in_words
async def report(request: Request) -> Response:
    """The run on one page of HTML, as a file."""
    run, history = await to_thread.run_sync(_read, request.path_params["id"])
    who = owner_of(request.scope) or ""
    page = await to_thread.run_sync(report_html, run, history, who)
    return download(page.encode(), "text/html; charset=utf-8", f"{file_stem(named(run.name))}-report.html")


@in_words
async def curves(request: Request) -> Response:
    """Its curves as CSV."""
    run, history = await to_thread.run_sync(_read, request.path_params["id"])
    table = await to_thread.run_sync(curves_csv, history)
    return download(table.encode(), "text/csv; charset=utf-8", f"{file_stem(named(run.name))}-curves.csv")


@in_words
async def events(request: Request) -> Response:
    """Its curves as a file for TensorBoard, which finds it by its name."""
    run, history = await to_thread.run_sync(_read, request.path_params["id"])
    file = await to_thread.run_sync(event_file, history, run.created)
    return download(file, "application/octet-stream", f"{file_stem(named(run.name))}.tfevents")


def _read(run_id: str) -> tuple[RunInfo, Message]:
    """Raises RefusedError."""
    run = backend.service().run(run_id)
    if run is None or run.kind != "classifier":
        raise RefusedError(404, Text("There is no such run of a classifier. Open it on the Train page first."))
    return run, backend.service().history(run_id)


REPORT_ROUTES = [
    Route("/runs/{id}/report.html", report, methods=["GET"]),
    Route("/runs/{id}/curves.csv", curves, methods=["GET"]),
    Route("/runs/{id}/events.tfevents", events, methods=["GET"]),
]
