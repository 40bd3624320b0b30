"""A GAN in the plane as plain data: the points to imitate, two small networks, their training. No torch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

from engine.catalogue.codec import Codec, Part
from engine.catalogue.params import Choice, Param, SpecError, choose, integer, one_of, real
from engine.gan.losses import GAN_LOSSES
from engine.limits import limits
from engine.text import Text

Point = tuple[float, float]
FEWEST_POINTS, MOST_POINTS = 3, 500


@dataclass(frozen=True, slots=True)
class Target:
    """A distribution of points in the square from -1 to 1. `spread` is the standard deviation of the Gaussian noise
    around its `centres`, or around its curve where there are none."""

    title: Text
    doc: Text
    spread: float
    centres: tuple[Point, ...] = ()


_RING = tuple((0.75 * math.cos(k * math.pi / 4), 0.75 * math.sin(k * math.pi / 4)) for k in range(8))
_GRID = tuple((0.4 * (k % 5 - 2), 0.4 * (k // 5 - 2)) for k in range(25))

TARGETS: dict[str, Target] = {
    "ring": Target(
        Text("Ring of 8"),
        Text("Eight modes (clumps) in a ring: the classic test of whether a GAN finds all of them."),
        0.04,
        _RING,
    ),
    "grid": Target(Text("Grid of 25"), Text("Twenty-five modes: harder, some are usually left out."), 0.03, _GRID),
    "spiral": Target(Text("Spiral"), Text("One long thread that G has to wind up."), 0.02),
    "moons": Target(Text("Two moons"), Text("Two halves that do not touch: G has to tear its cloud apart."), 0.04),
    "drawn": Target(Text("Your own"), Text("What you draw with the mouse or a finger."), 0.025),
}

PLANE_SETTINGS: dict[str, Param] = {
    "target": one_of(
        "ring", tuple(TARGETS), Text("Points to imitate"), Text("The distribution that the real points come from.")
    ),
    "z": integer(
        2,
        1,
        8,
        Text("Latent size"),
        Text("How many random numbers (z) G reads for each point. With one, it can only bend a thread."),
    ),
    "units": integer(64, 2, 128, Text("Units"), Text("Of each hidden layer, in G and in D.")),
    "layers": integer(2, 1, 4, Text("Hidden layers"), Text("Of G and of D; more can bend the plane more sharply.")),
    "generator_lr": real(
        1e-3, 1e-5, 0.1, Text("Learning rate of G"), Text("How far each step of the generator goes."), log=True
    ),
    "discriminator_lr": real(
        2e-3, 1e-5, 0.1, Text("Learning rate of D"), Text("How far each step of the discriminator goes."), log=True
    ),
    "beta1": real(
        0.5, 0.0, 0.99, Text("Memory of the steps"), Text("Beta 1 of Adam, for both; much of it makes them swing.")
    ),
    "batch_size": integer(
        128, 2, limits().batch // 2, Text("Batch size"), Text("Real points per step of D, and as many generated ones.")
    ),
    "discriminator_steps": integer(
        1, 0, 20, Text("Steps of D"), Text("Updates of the discriminator in each round; 0 freezes it.")
    ),
    "generator_steps": integer(
        1, 0, 20, Text("Steps of G"), Text("Updates of the generator in each round; 0 freezes it.")
    ),
    "label_smoothing": real(
        0.0, 0.0, 0.4, Text("Label smoothing"), Text("Real points count as 1 minus this much real.")
    ),
    "instance_noise": real(
        0.0, 0.0, 0.5, Text("Instance noise"), Text("Noise added to all points that D sees; 0 is off.")
    ),
    "steps": integer(
        8000, 1, 100_000, Text("Rounds"), Text("Each round trains D, then G, as many steps as asked for.")
    ),
    "seed": integer(
        0, 0, 2**31 - 1, Text("Seed"), Text("Start of every random choice; the same seed gives the same curve.")
    ),
}
LIVE: Mapping[str, Param] = {  # what may be changed while it trains
    name: PLANE_SETTINGS[name]
    for name in (
        *("generator_lr", "discriminator_lr", "generator_steps", "discriminator_steps"),
        *("label_smoothing", "instance_noise"),
    )
}


@dataclass(frozen=True, slots=True)
class PlaneGan:
    """One GAN in the plane. `points` are the visitor's own, for the target "drawn"."""

    target: str = "ring"
    points: tuple[Point, ...] = ()
    loss: Choice = field(default_factory=lambda: choose(GAN_LOSSES, "NonSaturating", {}, Text("Loss")))
    z: int = 2
    units: int = 64
    layers: int = 2
    generator_lr: float = 1e-3
    discriminator_lr: float = 2e-3
    beta1: float = 0.5
    batch_size: int = 128
    discriminator_steps: int = 1
    generator_steps: int = 1
    label_smoothing: float = 0.0
    instance_noise: float = 0.0
    steps: int = 8000
    seed: int = 0

    @property
    def name(self) -> Text:
        return TARGETS[self.target].title

    @property
    def generator_parameters(self) -> int:
        return _parameters(self.z, self.units, self.layers, 2)

    @property
    def discriminator_parameters(self) -> int:
        return _parameters(2, self.units, self.layers, 1)


def check_plane(plane: PlaneGan) -> None:
    """Raise SpecError unless there are points to imitate and somebody learns."""
    if plane.target == "drawn" and len(plane.points) < FEWEST_POINTS:
        raise SpecError(
            Text("There is nothing drawn to imitate."), Text("Draw a few lines or dots, or choose another target.")
        )
    if not plane.generator_steps and not plane.discriminator_steps:
        raise SpecError(Text("Neither D nor G would take a step."), Text("Give at least one of them a step."))


def points_from_json(data: object) -> tuple[Point, ...]:
    """Points `[[x, y], ...]` in the square from -1 to 1, to three decimals. Raises SpecError."""
    if not isinstance(data, list | tuple) or len(data) > MOST_POINTS:
        most = Text("Expected a list of at most {most} points.", most=MOST_POINTS)
        raise SpecError(Text("The points cannot be read."), most)
    for point in data:
        if not isinstance(point, list | tuple) or len(point) != 2 or not all(_is_inside(part) for part in point):
            raise SpecError(Text("A point lies outside the square."), Text("Give each as [x, y], both from -1 to 1."))
    return tuple((round(float(x), 3), round(float(y), 3)) for x, y in data)


def _is_inside(part: object) -> bool:
    return isinstance(part, int | float) and not isinstance(part, bool) and -1 <= cast(float, part) <= 1


def _parameters(inputs: int, units: int, layers: int, outputs: int) -> int:
    widths = [inputs, *[units] * layers, outputs]
    return sum((a + 1) * b for a, b in pairwise(widths))


PLANE_CODEC: Codec[PlaneGan] = Codec(
    PlaneGan,
    Text("GAN in the plane"),
    {
        "loss": GAN_LOSSES,
        "points": Part(points_from_json, lambda points: [list(point) for point in points]),
        **PLANE_SETTINGS,
    },
    {"loss": Text("Loss")},
)
