"""/api/data: pictures of a visitor's own come in as a zip archive, by POST, and how far that is, by GET; the pictures
of a class as a sheet, and a data set of one's own as arrays to take away. Own pictures are for their owner alone."""

import functools
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
from anyio import to_thread
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from engine.catalogue.params import SpecError
from engine.data.found import data_set
from engine.data.importing import Importing, bring_in, correct_labels, prepare_again
from engine.data.own import check_room, folder_of, is_of, is_own_name, pictures_folder, sweep, title_from
from engine.data.preparing import Wanted
from engine.data.relabel import Corrections
from engine.data.wall import sheet, take_away
from engine.limits import MB, limits
from engine.text import Text
from ui.api.requests import RefusedError, in_words, owner_of, receive_into
from ui.language import say

SECONDS = 900.0  # for an archive to arrive
AT_ONCE = 4  # archives that arrive
MOST_WAITING = 24  # archives that are there and not yet read, of all visitors
KEPT_NEWS = 500  # imports that are over, whose end can still be asked for
NOBODY = Text(
    "Your browser keeps no cookie, so your pictures could not be kept for you alone. Allow cookies, and reload."
)
_importing: dict[str, Importing] = {}


@in_words
async def send(request: Request) -> Response:
    """Take a zip archive as the body; `title`, `side`, `colour` (1 or 0) and `way` say what is made of it. Answers at
    once when it has arrived."""
    owner, query = visitor_of(request), request.query_params
    side = query.get("side", "64")
    wanted = Wanted(title_from(query.get("title", "")), query.get("colour") != "0", 64, query.get("way", "crop"))
    if not side.isdecimal() or len(side) > 3:
        raise RefusedError(400, Text("The side of the pictures is no number. Use 16 to 96."))
    wanted = Wanted(wanted.title, wanted.colour, int(side), wanted.way)
    if is_coming(owner):
        raise RefusedError(409, Text("Your last pictures are still being read. Wait until they are there."))
    if sum(not news.is_over for news in _importing.values()) >= MOST_WAITING:
        raise RefusedError(429, Text("Many others have sent pictures just now. Try again in a few minutes."))
    try:
        wanted.check()
        await to_thread.run_sync(check_room, owner)
    except SpecError as error:
        raise RefusedError(409, error.text) from error
    await to_thread.run_sync(sweep)
    pictures_folder().mkdir(parents=True, exist_ok=True)
    path = pictures_folder() / f".arriving-{secrets.token_hex(8)}"
    try:
        async with _arriving():
            with path.open("wb") as file:
                await receive_into(file, request, limits().upload_mb * MB, SECONDS)
        begin(owner, path, wanted)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return _json({"started": True})


@functools.cache
def _arriving() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(AT_ONCE)


def is_coming(owner: str) -> bool:
    """Whether pictures of the owner are being read."""
    news = _importing.get(owner)
    return news is not None and not news.is_over


def begin(owner: str, source: Path, wanted: Wanted, keep: bool = False) -> None:
    """Bring in the pictures of an archive beside all else; it is deleted afterwards unless it is to `keep`."""

    def work(news: Importing) -> None:
        try:
            bring_in(source, wanted, owner, news)
        finally:
            if not keep:
                source.unlink(missing_ok=True)

    _beside(owner, work)


def begin_again(owner: str, name: str, wanted: Wanted) -> None:
    """Make the pictures of an own data set anew, beside all else."""
    _beside(owner, lambda news: prepare_again(name, wanted, owner, news))


def begin_correcting(owner: str, name: str, corrections: Corrections | None) -> None:
    """Give pictures of an own data set other classes, or leave them out, beside all else; None takes back what was
    corrected last."""
    _beside(owner, lambda news: correct_labels(name, corrections, owner, news))


def _beside(owner: str, work: Callable[[Importing], object]) -> None:
    """Do `work` in a thread; why it was refused is told as news."""
    news = Importing()
    _importing.pop(owner, None)
    _importing[owner] = news  # the newest is the last one
    over = [owner for owner, known in _importing.items() if known.is_over]
    for gone in over[:-KEPT_NEWS]:
        del _importing[gone]

    def begun() -> None:
        try:
            work(news)
        except SpecError as error:
            news.refusal = error.text
        except OSError:
            news.refusal = Text("The pictures could not be stored. Ask who runs the playground for room on its disk.")
        finally:
            if not news.is_over:  # a fault of ours must not keep the page waiting
                news.refusal = Text("The pictures could not be read. Send them again.")

    threading.Thread(target=begun, name="pictures come in", daemon=True).start()


@in_words
async def progress(request: Request) -> Response:
    """Answer `{"done", "of", "name", "error"}` of the visitor's last import; `{}` without one."""
    news = _importing.get(visitor_of(request))
    if news is None:
        return _json({})
    error = say(news.refusal) if news.refusal else ""
    return _json({"done": news.done, "of": news.of, "name": news.name, "error": error})


@in_words
async def wall(request: Request) -> Response:
    """Answer a sheet of the first pictures of a class."""
    name, number = allowed(request), request.path_params["number"]
    try:
        content = await to_thread.run_sync(sheet, name, number)
    except SpecError as error:
        raise RefusedError(404, error.text) from error
    return Response(content, media_type="image/webp", headers={"cache-control": "private, max-age=3600"})


@in_words
async def arrays(request: Request) -> Response:
    """Answer an own data set as one file of arrays, which exported programs read."""
    name = allowed(request)
    if not is_own_name(name):
        raise RefusedError(404, Text("Programs fetch this data set themselves."))
    path = pictures_folder() / f".leaving-{secrets.token_hex(8)}"
    leave = BackgroundTask(path.unlink, missing_ok=True)
    try:
        await to_thread.run_sync(take_away, folder_of(name), path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    headers = {"cache-control": "no-store"}
    return FileResponse(path, headers=headers, filename="pictures.npz", background=leave)


def visitor_of(request: Request) -> str:
    """Who asks. Raises RefusedError for a browser without a cookie."""
    owner = owner_of(request.scope)
    if owner is None:
        raise RefusedError(403, NOBODY)
    return owner


def allowed(request: Request) -> str:
    """The data set that a request names, which this visitor may see. Raises RefusedError."""
    name = request.path_params["name"]
    if is_own_name(name) and not is_of(owner_of(request.scope) or "", name):
        raise RefusedError(404, Text("There is no such data set. Choose another one on the Data page."))
    try:
        data_set(name)
    except SpecError as error:
        raise RefusedError(404, error.text) from error
    return str(name)


def _json(told: dict[str, Any]) -> Response:
    return JSONResponse(told, headers={"cache-control": "no-store"})


PICTURES_ROUTES = [
    Route("/data", send, methods=["POST"]),
    Route("/data", progress, methods=["GET"]),
    Route("/data/{name}/pictures.npz", arrays, methods=["GET"]),
    Route("/data/{name}/{number:int}.webp", wall, methods=["GET"]),
]
