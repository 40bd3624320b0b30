"""How the machine is shared, looked at once a second; drawn by assets/web/machine/machine.js."""

from ui.colours import COLOURS
from ui.component import web_component

_component = web_component(
    "machine_view",
    "machine/machine.js",
    sheets=["machine/machine.css"],
    html='<div class="machine"></div>',
)


def machine_view() -> None:
    """Show all training processes and their runs; it asks the server itself and never has the page run again."""
    _component(key="machine-view", data={"colours": {role: COLOURS[role] for role in ("train", "wrong")}})
