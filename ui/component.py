"""Our own browser components: the JavaScript and CSS of assets/web, mounted by Streamlit."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from ui.api.web import WEB, web_url


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
