"""The GAN in the plane: picture, film, curves of a run, or its target; drawn by assets/web/plane/plane.js."""

import functools
import json
from typing import Any

import streamlit as st

from engine.catalogue.params import SpecError
from engine.gan.losses import GAN_LOSSES
from engine.plane.config import MOST_POINTS, TARGETS, PlaneGan
from engine.plane.frame import EXTENT
from engine.plane.train import untrained
from ui.api.web import WEB, web_url
from ui.colours import COLOURS

SCRIPT = f"""
const plane = import(new URL("{web_url("plane/plane.js")}", location.origin));
export default function (component) {{
  const left = plane.then(({{ mount }}) => mount(component));
  return () => left.then((leave) => leave());
}}
"""
SHEETS = ("gan/studio.css", "gan/side.css", "plane/plane.css")
# Real points have the colour of training data, made ones the generator's.
ROLES = {"real": "train", "made": "generator", "generator": "generator", "discriminator": "discriminator"}

_component = st.components.v2.component(
    "plane",
    html='<div class="studio plane"></div>',
    css="\n".join((WEB / name).read_text("utf-8") for name in SHEETS),
    js=SCRIPT,
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
    result = _component(data=data, key=key, on_status_change=_nothing, on_points_change=_nothing)
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


def _nothing() -> None:
    """Streamlit keeps a trigger only where a callback is named for it."""
