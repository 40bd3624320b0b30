"""Streamlit's HTML page under the address of each of our pages, with its language and the word where Streamlit's own
addresses are.

Without the latter the page opened at /train first looks for them below /train, as if the playground were served from
there.
"""

import functools
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from engine.files import ASSETS
from ui.language import SOURCE, language

INDEX = Path(st.__file__).parent / "static" / "index.html"
PAGES = ASSETS.parent / "pages"
HEAD = "<head>"
LANGUAGE = '<html lang="{}"'
# The place is where the page's own scripts come from, also behind a proxy that serves the playground from a folder.
BASE = '<script>window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href }</script>'


@functools.cache
def _content(tag: str) -> str:
    before, head, after = INDEX.read_text(encoding="utf-8").partition(HEAD)
    return before.replace(LANGUAGE.format(SOURCE), LANGUAGE.format(tag)) + head + BASE + after


async def entry_page(_: Request) -> HTMLResponse:
    headers = {"cache-control": "no-cache", "vary": "Cookie, Accept-Language"}
    return HTMLResponse(_content(language()), headers=headers)


ENTRY_ROUTES: list[BaseRoute] = [
    Route(f"/{name}", entry_page) for name in ("", *sorted(path.stem for path in PAGES.glob("*.py")))
]
