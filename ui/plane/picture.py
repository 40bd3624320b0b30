"""The GAN in the plane: picture, film, curves of a run, or its target; drawn by assets/web/plane/plane.js."""

import functools
import json
from typing import Any

from engine.catalogue.params import SpecError
from engine.gan.losses import GAN_LOSSES
from engine.plane.config import MOST_POINTS, TARGETS, PlaneGan
from engine.plane.frame import EXTENT
from engine.plane.train import untrained
from ui.colours import COLOURS
from ui.component import nothing, web_component

# Real points have the colour of training data, made ones the generator's.
ROLES = {"real": "train", "made": "generator", "generator": "generator", "discriminator": "discriminator"}

_component = web_component(
    "plane",
    "plane/plane.js",
    sheets=["run/head.css", "gan/studio.css", "gan/side.css", "plane/plane.css"],
    html='<div class="studio plane"></div>',
)


def plane_picture(plane: PlaneGan, run_id: str | None, key: str, *, status: str) -> dict[str, Any]:
    """Show the run of `plane`, or without a `run_id` its target and what untrained networks make of it; then points of
    the visitor's own can be drawn.

    When the run's status becomes another, the page is run again and finds it once under "status"; under "points" it
    finds once what was drawn, as untrusted JSON.
    """
    loss = GAN_LOSSES[plane.loss.kind]
    data = {
        "run_id": run_id,
        "status": status,
        "preview": None if run_id else _preview(plane),
        "loss": {"verdict": loss.verdict, "even": loss.even},
        "drawing": run_id is None and plane.target == "drawn",
        "points": [list(point) for point in plane.points],
        "most": MOST_POINTS,
        "extent": EXTENT,
        "colours": {name: COLOURS[role] for name, role in ROLES.items()},
    }
    result = _component(data=data, key=key, on_status_change=nothing, on_points_change=nothing)
    return {"status": result.get("status"), "points": result.get("points")}


@functools.lru_cache(maxsize=64)
def _preview(plane: PlaneGan) -> dict[str, Any]:
    modes = len(TARGETS[plane.target].centres)
    try:
        started, drawn = untrained(plane)
    except SpecError:  # nothing is drawn yet
        points = [round(1000 * part) for point in plane.points for part in point]
        return {"real": points, "frame": None, "modes": modes, "extent": EXTENT}
    real = [round(1000 * part) for point in plane.points for part in point] or list(started.real)
    return {"real": real, "frame": json.loads(drawn.content), "modes": modes, "extent": EXTENT}
