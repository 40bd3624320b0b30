"""The switch between languages, where there is more than one."""

from ui.component import web_component
from ui.language import COOKIE, names

_component = web_component(
    "language_switch", "shell/language.js", sheets=["shell/language.css"], html='<div class="language"></div>'
)


def language_switch() -> None:
    """Put this once on every page; it shows nothing where English is the only language."""
    if len(names()) > 1:
        _component(data={"languages": list(names().items()), "cookie": COOKIE}, key="language-switch")
