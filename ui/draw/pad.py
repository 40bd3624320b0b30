"""The digit pad: draw or give a picture, and a network reads it; drawn by assets/web/pad/pad.js."""

from typing import Literal

from ui.colours import DIGIT_COLOURS
from ui.component import nothing, web_component

Layout = Literal["full", "home", "compact"]


# What stands there until the script has come: a place of about the right height, so that nothing jumps.
PLACE = """
:host { display: block; container-type: inline-size; }
.pad { min-height: 33rem; }
.pad[data-layout="full"] { min-height: 41rem; }
.pad[data-layout="compact"] { min-height: 18rem; }
"""

_components = {
    layout: web_component(
        f"pad_{layout}", "pad/pad.js", html=f'<div class="pad" data-layout="{layout}"></div>', css=PLACE
    )
    for layout in ("full", "home", "compact")
}


def pad(model: str, key: str, *, layout: Layout = "full", reread: bool = False) -> None:
    """Show a pad that `model` ("demo" or a run's id) reads; `model` may change, the drawing stays.

    "full" has the steps from ink to network, "home" the picture the network sees, "compact" fits a narrow column.
    With `reread` the same drawing is read again every second, for a network that is still learning; when it has
    learned all it will, the page is run again.
    """
    data = {"key": key, "model": model, "layout": layout, "reread": reread, "colours": list(DIGIT_COLOURS)}
    _components[layout](key=key, data=data, on_learned_change=nothing)
