"""The bar at the top of every page: the product's mark and name, the pages as words, and the button that folds the
settings away and brings them back. The rest of what the browser does for the frame begins here, too."""

import functools
import html
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui.api.web import NAME, mark, web_component
from ui.language import say

_bar = web_component("top_bar", "shell/top_bar.js", html='<div class="top-bar"></div>', in_page=True)
_fold = web_component("fold", "shell/fold.js")


def top_bar(pages: Sequence[StreamlitPage], shown: StreamlitPage) -> None:
    """Draw the bar, with the page that is `shown` marked."""
    with st.container(key="top-bar", horizontal=True, vertical_alignment="center", gap=None):
        st.html(_brand(say(NAME), shown.title), width="content")
        with st.container(key="pages", horizontal=True, vertical_alignment="center", gap=None):
            for page in pages:
                st.page_link(page, label=page.title, width="content")
        _bar(key="top-bar-script", data={"place": shared_place(st.context.url or "")})


def heading(text: str, anchor: str = "") -> None:
    """A heading of a section for those who hear the page: its look says the same to the eye. A link may lead to its
    `anchor`."""
    place = f' id="{html.escape(anchor)}"' if anchor else ""
    st.html(f'<h2 class="unseen alone"{place}>{html.escape(text)}</h2>')


def fold_settings(run_id: str | None) -> None:
    """Fold the settings away once when `run_id` becomes the visitor's run that goes on."""
    _fold(key="fold", data={"run_id": run_id or ""})


def shared_place(url: str) -> dict[str, Any] | None:
    """The address by which other machines open the page at `url`, with the rows of its QR code; None where they
    cannot."""
    here = urlsplit(url)
    name = here.hostname or ""
    if _is_loopback(name):
        name = str(st.get_option("browser.serverAddress") or "")
    if _is_loopback(name) or not here.scheme:
        return None
    port = f":{here.port}" if here.port else ""
    address = f"{here.scheme}://{f'[{name}]' if ':' in name else name}{port}"
    return {"address": address, "code": qr_code(address)}


def _is_loopback(name: str) -> bool:
    return name in ("", "localhost", "::1") or name.startswith("127.")


@functools.lru_cache(maxsize=16)
def qr_code(address: str, error: str = "m") -> list[str]:
    """The rows of the QR code of an address, a 1 for each dark square; `error` is how much of it may be damaged."""
    import segno

    return ["".join("1" if square else "0" for square in row) for row in segno.make(address, error=error).matrix]


def _brand(name: str, page: str) -> str:
    name, page = html.escape(name), html.escape(page)
    return f'<img src="{mark()}" alt=""><span>{name}</span><h1 class="unseen">{page}</h1>'
