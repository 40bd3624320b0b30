"""How the machine is shared: the whole of it for its page, and a line beside one run; drawn by assets/web/machine."""

from engine.network.spec import plan
from engine.training.kind import estimate_seconds
from engine.training.presets import PRESETS
from ui.api.web import web_component
from ui.colours import COLOURS
from ui.language import say
from ui.machine.now import now
from ui.machine.words import room
from ui.train.estimate import machine_speed

LINE = '<div class="machine-share-line"></div>'

_component = web_component(
    "machine_view",
    "machine/machine.js",
    sheets=["machine/machine.css"],
    html='<div class="machine"></div>',
)


def machine_view() -> None:
    """Show who trains, how many fit, and all training processes; it asks the server itself and never has the page run
    again."""
    quick = PRESETS["quick"]
    seconds = estimate_seconds(plan(quick.network), quick.config, machine_speed())
    data = {
        "colours": {role: COLOURS[role] for role in ("train", "wrong")},
        "room": say(room(quick.network.name, seconds, now().machine.cores)),
    }
    _component(key="machine-view", data=data)


_share = web_component(
    "machine_share",
    "machine/share.js",
    sheets=["run/head.css"],
    html=LINE,
)


def machine_share(run_id: str | None, status: str, key: str) -> None:
    """Keep a line free for the run, and fill it while it is under way; it asks the server itself every few seconds."""
    _share(key=key, data={"run_id": run_id or "", "status": status})
