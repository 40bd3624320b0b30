"""How the machine is shared: the whole of it for its page, and a line beside one run; drawn by assets/web/machine."""

from ui.api.web import web_component
from ui.colours import COLOURS

LINE = '<div class="machine-share-line"></div>'

_component = web_component(
    "machine_view",
    "machine/machine.js",
    sheets=["machine/machine.css"],
    html='<div class="machine"></div>',
)


def machine_view() -> None:
    """Show all training processes and their runs; it asks the server itself and never has the page run again."""
    _component(key="machine-view", data={"colours": {role: COLOURS[role] for role in ("train", "wrong")}})


_share = web_component(
    "machine_share",
    "machine/share.js",
    sheets=["run/head.css"],
    html=LINE,
)


def machine_share(run_id: str | None, status: str, key: str) -> None:
    """Keep a line free for the run, and fill it while it is under way; it asks the server itself every few seconds."""
    _share(key=key, data={"run_id": run_id or "", "status": status})
