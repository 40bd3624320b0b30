"""GET /api/lessons/{key}/sheet: a lesson on paper; `?for=learners` leaves the answers out."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from engine.lessons.shelf import lessons
from engine.text import Text
from ui.api.requests import RefusedError, in_words
from ui.learn.sheet import sheet_html

LEARNERS = "learners"


@in_words
async def sheet(request: Request) -> Response:
    lesson = lessons().there.get(request.path_params["key"])
    if lesson is None:
        raise RefusedError(404, Text("There is no such lesson. Open it on the page Learn first."))
    page = sheet_html(lesson, with_answers=request.query_params.get("for") != LEARNERS)
    return HTMLResponse(page, headers={"cache-control": "no-store"})


LESSONS_ROUTES = [Route("/lessons/{key}/sheet", sheet)]
