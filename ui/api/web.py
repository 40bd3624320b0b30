"""What the browser loads: Streamlit's HTML page under the address of each of our pages, our scripts, styles and words,
the components made of these, and Plotly.js from the plotly wheel."""

import base64
import functools
import gzip
import hashlib
import importlib.metadata
import json
import mimetypes
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from engine.files import ASSETS
from engine.kinds import KINDS
from engine.text import Text
from engine.training.events import COMMON_EVENTS, name_of
from ui.colours import ink, paper, rule
from ui.language import SOURCE, language, languages, say, words

WEB = ASSETS / "web"
PLOTLY = "plotly.min.js"
PLOTLY_VERSION = importlib.metadata.version("plotly")
FOCUS = "lib/focus.css"  # the page has it, too; a shadow root sees none of the page's rules
FOREVER = "public, max-age=31536000, immutable"

# The registry of some Windows machines calls .js plain text, and browsers refuse such modules.
mimetypes.add_type("text/javascript", ".js")


def web_url(name: str) -> str:
    """The address of a file of assets/web, or of plotly.min.js. It changes with the content, so it is kept for long.

    The version stands before the name, so that what a module imports from `./` comes in the same version.
    """
    if name == PLOTLY:
        return f"/web/{PLOTLY}?v={PLOTLY_VERSION}"
    if not (WEB / name).is_file():
        raise FileNotFoundError(f"assets/web has no {name}")
    return f"/web/{VERSION}/{name}"


def _kinds() -> str:
    """A module that says to the browser what every event is."""
    tables = (COMMON_EVENTS, *(kind.events for kind in KINDS.values()))
    sorts = {name_of(event): sort for events in tables for event, sort in events.items()}
    return f"// What each event of a run is, by its name.\n\nexport const EVENTS = {json.dumps(sorts)};\n"


@functools.cache
def _words(tag: str) -> str:
    """A module with a language's words. Raises KeyError."""
    told = words(tag)
    name = "// What the page says in this language.\n\n"
    return name + "".join(f"export const {part.upper()} = {json.dumps(value)};\n" for part, value in told.items())


def _version(folder: Path) -> str:
    content = hashlib.sha256(KINDS_SCRIPT.encode())
    for tag in languages():
        content.update(_words(tag).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return content.hexdigest()[:12]


class _WebFiles(StaticFiles):
    """Static files with a caching rule of their own."""

    def __init__(self, cache_control: str) -> None:
        super().__init__(directory=WEB)
        self.cache_control = cache_control

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = self.cache_control
        return response


@functools.cache
def _plotly(compressed: bool) -> bytes:
    path = Path(str(importlib.metadata.distribution("plotly").locate_file(f"plotly/package_data/{PLOTLY}")))
    return gzip.compress(path.read_bytes(), 6) if compressed else path.read_bytes()


async def plotly_script(request: Request) -> Response:
    compressed = "gzip" in request.headers.get("accept-encoding", "")
    content = await run_in_threadpool(_plotly, compressed)
    headers = {"cache-control": FOREVER, "vary": "Accept-Encoding"}
    if compressed:
        headers["content-encoding"] = "gzip"
    return Response(content, media_type="text/javascript", headers=headers)


async def kinds_script(_: Request) -> Response:
    return Response(KINDS_SCRIPT, media_type="text/javascript", headers={"cache-control": FOREVER})


async def words_script(request: Request) -> Response:
    tag = request.path_params["tag"]
    script = _words(tag if tag in languages() else SOURCE)
    return Response(script, media_type="text/javascript", headers={"cache-control": FOREVER})


KINDS_SCRIPT = _kinds()
VERSION = _version(WEB)
WEB_ROUTES: list[BaseRoute] = [
    Route(f"/web/{PLOTLY}", plotly_script),
    Route(f"/web/{VERSION}/lib/kinds.js", kinds_script),
    Route("/web/lib/kinds.js", kinds_script),
    Route(f"/web/{VERSION}/lib/words/{{tag}}.js", words_script),
    Route("/web/lib/words/{tag}.js", words_script),
    Mount(f"/web/{VERSION}", _WebFiles(FOREVER)),
    Mount("/web", _WebFiles("no-cache")),
]


NAME = Text("Deep Learning Playground")
ICON = WEB / "shell/icon.svg"
INDEX = Path(st.__file__).parent / "static" / "index.html"
PAGES = ASSETS.parent / "pages"
HEAD = "<head>"
# The theme that the visitor chose at the foot of a page, for Streamlit, which keeps one for every address.
THEME = """<script>
try {
  const chosen = localStorage.getItem("playground_theme")
  const theme = chosen && chosen[0].toUpperCase() + chosen.slice(1)
  if (theme) localStorage.setItem(`stActiveTheme-${location.pathname}-v2`, JSON.stringify(theme))
  if (theme) document.documentElement.dataset.opened = chosen
} catch {} // a browser that keeps nothing
</script>"""
# The product's mark and name until the first page has come; shell/top_bar.js takes them away.
OPENING = (
    '<style>{sheet}</style><div class="opening" aria-hidden="true"><img src="{mark}" alt=""><span>{name}</span></div>'
)
BODY, TITLE = "<body>", "<title>Streamlit</title>"
LANGUAGE = '<html lang="{}"'
# The place is where the page's own scripts come from, also behind a proxy that serves the playground from a folder.
BASE = '<script>window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href }</script>'


@functools.cache
def _content(tag: str) -> str:
    before, head, after = INDEX.read_text(encoding="utf-8").partition(HEAD)
    after = after.replace(BODY, BODY + _opening(), 1).replace(TITLE, f"<title>{escape(say(NAME))}</title>")
    return before.replace(LANGUAGE.format(SOURCE), LANGUAGE.format(tag)) + head + BASE + THEME + after


def _opening() -> str:
    sheet = (WEB / "shell/opening.css").read_text(encoding="utf-8")
    for name, colour in (("INK", ink), ("PAPER", paper), ("RULE", rule)):
        sheet = sheet.replace(name, f"{colour(False)}, {colour(True)}")
    return OPENING.format(sheet=sheet, mark=mark(), name=escape(say(NAME)))


@functools.cache
def mark() -> str:
    """The product's mark as a data URL."""
    return "data:image/svg+xml;base64," + base64.b64encode(ICON.read_bytes()).decode()


async def entry_page(_: Request) -> HTMLResponse:
    headers = {"cache-control": "no-cache", "vary": "Cookie, Accept-Language"}
    return HTMLResponse(_content(language()), headers=headers)


ENTRY_ROUTES: list[BaseRoute] = [
    Route(f"/{name}", entry_page) for name in ("", *sorted(path.stem for path in PAGES.glob("*.py")))
]


def web_component(
    name: str,
    scripts: str | Sequence[str],
    *,
    sheets: Sequence[str] = (),
    html: str = "",
    css: str = "",
    in_page: bool = False,
) -> Callable[..., Any]:
    """A component drawn by files of assets/web. Each of `scripts` exports `mount(component)`, which returns what to do
    when the component leaves.

    With `in_page` its styles are the page's: Plotly puts rules into the page's head, where a shadow root would not see
    them.
    """
    urls = [web_url(script) for script in ([scripts] if isinstance(scripts, str) else scripts)]
    sheets = sheets if in_page else (FOCUS, *sheets)
    return st.components.v2.component(
        name,
        html=html,
        css="\n".join([css, *((WEB / sheet).read_text("utf-8") for sheet in sheets)]) if css or sheets else None,
        js=_loader(urls),
        isolate_styles=not in_page,
    )


def nothing() -> None:
    """A callback: Streamlit keeps a trigger only where one is named for it."""


def _loader(urls: Sequence[str]) -> str:
    """Streamlit sends this again with every update, so it only imports what the browser keeps."""
    return f"""
const parts = Promise.all({list(urls)!r}.map((part) => import(new URL(part, location.origin))));
export default function (component) {{
  const left = parts.then((modules) => modules.map(({{ mount }}) => mount(component)));
  return () => left.then((leave) => leave.forEach((goodbye) => goodbye()));
}}
"""
