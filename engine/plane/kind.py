"""The row of the kind "plane": a GAN that imitates points in the plane. No torch."""

from typing import TYPE_CHECKING

from engine.kind import Kind
from engine.network.load import (
    ACTIVATION_SECONDS,
    FORWARD,
    LAYER_SECONDS,
    MULTIPLY_ADD_SECONDS,
    OWN_BYTES,
    STEP_SECONDS,
    WEIGHT_BYTES,
    Load,
    picture_bytes,
)
from engine.plane.config import LIVE, PLANE_CODEC, PlaneGan, check_plane
from engine.plane.events import PLANE_EVENTS

if TYPE_CHECKING:
    from engine.training.streams import BuiltJob, State


def load_of_plane(plane: PlaneGan) -> Load:
    """Points instead of pictures; its networks are so small that only their number of layers counts."""
    passes = (2 + FORWARD) * plane.discriminator_steps + plane.generator_steps
    weights = plane.generator_parameters + plane.discriminator_parameters
    activations = 2 * plane.units * plane.layers  # of either network
    return Load(
        weights,
        plane.batch_size,
        passes * (STEP_SECONDS + LAYER_SECONDS * (2 * plane.layers + 1)),
        passes * (ACTIVATION_SECONDS * activations + MULTIPLY_ADD_SECONDS * weights / 2),
        OWN_BYTES + WEIGHT_BYTES * weights,
        picture_bytes(3 * activations),
        weights,
        chunk_seconds=0.0,
        least_batch=2,
        of="points",
        is_round=True,
    )


def _begin(plane: PlaneGan, source: bytes | None, resume: "State | None") -> "BuiltJob":
    from engine.plane.train import train_plane
    from engine.training.streams import BuiltJob, Controls

    controls, a_round = Controls(), plane.batch_size * max(plane.discriminator_steps, 1)
    return BuiltJob(train_plane(plane, controls, resume=resume), controls, plane.steps, lambda step: step * a_round)


PLANE = Kind(
    "plane",
    PLANE_CODEC,
    check=check_plane,
    load=load_of_plane,
    parameters=lambda plane: plane.generator_parameters + plane.discriminator_parameters,
    title=lambda plane: plane.name,
    events=PLANE_EVENTS,
    begin=_begin,
    by_hand=("step", "step_d", "step_g"),
    live=LIVE,
    change=lambda plane, name, value: PLANE_CODEC.change(plane, {name: value}),
)
