"""The row of the kind "points": a small network on points in the plane. No torch."""

from typing import TYPE_CHECKING

from engine.kind import Kind
from engine.network.load import (
    ACTIVATION_SECONDS,
    LAYER_SECONDS,
    MULTIPLY_ADD_SECONDS,
    OWN_BYTES,
    STEP_SECONDS,
    WEIGHT_BYTES,
    Load,
    picture_bytes,
)
from engine.points.config import LIVE, POINTS_CODEC, PointsSpec, change_points, check_points
from engine.points.events import POINTS_EVENTS

if TYPE_CHECKING:
    from engine.training.streams import BuiltJob, State


def load_of_points(spec: PointsSpec) -> Load:
    """Points instead of pictures; the network is so small that only its number of layers counts."""
    weights, activations = spec.parameters, 2 * sum(spec.sizes)
    return Load(
        weights,
        spec.batch_size,
        STEP_SECONDS + LAYER_SECONDS * (2 * len(spec.units) + 1),
        ACTIVATION_SECONDS * activations + MULTIPLY_ADD_SECONDS * weights,
        OWN_BYTES + WEIGHT_BYTES * weights,
        picture_bytes(activations),
        weights,
        chunk_seconds=0.0,
        of="points",
    )


def _begin(spec: PointsSpec, source: bytes | None, resume: "State | None") -> "BuiltJob":
    from engine.points.train import train_points
    from engine.training.streams import BuiltJob, Controls

    controls = Controls()
    return BuiltJob(train_points(spec, controls, resume), controls, spec.steps, lambda step: step * spec.batch_size)


POINTS = Kind(
    "points",
    POINTS_CODEC,
    check=check_points,
    load=load_of_points,
    parameters=lambda spec: spec.parameters,
    title=lambda spec: spec.name,
    events=POINTS_EVENTS,
    begin=_begin,
    live=LIVE,
    change=change_points,
)
