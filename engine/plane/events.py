"""Events of a GAN in the plane, besides those that all GANs share. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.gan.events import GanStep
from engine.kind import Sort


@dataclass(frozen=True, slots=True)
class PlaneStarted:
    """First event of a run in the plane. `real` has 200 real points as x, y, x, y, ... in thousandths; `extent` is the
    half side of the square that frames are about; `modes` is the number of clumps to find, 0 where there are none."""

    steps: int
    generator_parameters: int
    discriminator_parameters: int
    z: int
    device: str
    real: tuple[int, ...]
    extent: float
    modes: int


@dataclass(frozen=True, slots=True)
class PlaneFinished:
    """Last event of a run in the plane that trained. `near` is the share of 1,000 made points that lie by a real one,
    `covered` the share of 1,000 real points by which a made one lies, `modes_hit` the clumps that get at least a
    quarter of their due. `seconds` is busy time."""

    step: int
    seconds: float
    near: float
    covered: float
    modes_hit: int
    modes: int
    frames: int
    stopped: bool


PLANE_EVENTS: Mapping[type[Any], Sort] = {PlaneStarted: "opening", GanStep: "step", PlaneFinished: "result"}
