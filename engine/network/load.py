"""What a step of a run asks of a core and of memory, from measured costs of layers, pictures and weights. No torch."""

import math
from dataclasses import dataclass, replace

from engine.gan.config import GanSpec
from engine.network.spec import Plan, plan
from engine.plane.config import PlaneGan
from engine.study.config import Study
from engine.training.config import TrainConfig

# Fitted to presets, recipes and wide, deep and large networks at batch sizes from 1 to 1,024, on one core of a 2026
# server; right within a factor of two there.
STEP_SECONDS, LAYER_SECONDS = 200e-6, 80e-6  # of each step, and of each layer in it, whatever its size
WEIGHT_SECONDS = 2e-9  # of each weight in each step: its update
ACTIVATION_SECONDS = 3.2e-9  # of each number that a picture leaves behind for the backward pass
MULTIPLY_ADD_SECONDS = 4e-11
FORWARD = 1 / 3  # of the work of forward and backward together
PENALTY_PASSES = 2  # a gradient penalty goes through D once more, and back through that

FLOAT_BYTES = 4
WEIGHT_BYTES = 4 * FLOAT_BYTES  # the weight, its gradient, and two running means of the optimizer
ACTIVATION_BYTES = 1.4 * FLOAT_BYTES  # there and, for a while, back
OWN_BYTES = 8_000_000  # pictures in the order of this run
PIXELS = 28 * 28
STUDY_PICTURES = 4  # copies: real, made, and either mixed or repeated
CHUNK = 100  # pictures drawn or evaluated at once


@dataclass(frozen=True, slots=True)
class Load:
    """One run's demands. `seconds` and `memory` (bytes) are those of a step with no picture in it; each of its `batch`
    pictures adds its own. `chunk_seconds`: the longest piece of work that is no step, such as a part of an evaluation.
    """

    parameters: int
    batch: int
    seconds: float
    picture_seconds: float
    memory: int
    picture_memory: int
    picture_multiply_adds: int
    chunk_seconds: float
    least_batch: int = 1
    of: str = "pictures"
    cure: str = "a smaller network"

    @property
    def step_seconds(self) -> float:
        """How long others wait for it at most."""
        return max(self.seconds + self.batch * self.picture_seconds, self.chunk_seconds)

    @property
    def step_memory(self) -> int:
        return self.memory + self.batch * self.picture_memory


def load_of_training(network: Plan, config: TrainConfig) -> Load:
    return Load(
        network.parameters,
        min(config.batch_size, config.train_images),
        overhead_seconds(network) + update_seconds(network),
        picture_seconds(network),
        OWN_BYTES + WEIGHT_BYTES * network.parameters,
        _picture_bytes(network.activations),
        network.multiply_adds,
        FORWARD * CHUNK * picture_seconds(network),
    )


def load_of_gan(gan: GanSpec) -> Load:
    """Its step is a round: D judges real and made pictures, G learns through D; a gradient penalty asks D again."""
    g, d, config = plan(gan.generator), plan(gan.discriminator), gan.config
    judged = 2 + PENALTY_PASSES * (config.loss.kind == "WassersteinGP")
    g_passes = FORWARD * config.discriminator_steps + config.generator_steps
    d_passes = judged * config.discriminator_steps + config.generator_steps
    updates = config.generator_steps * update_seconds(g) + config.discriminator_steps * update_seconds(d)
    averages = bool(config.ema) * g.parameters
    return Load(
        g.parameters + d.parameters,
        config.batch_size,
        g_passes * overhead_seconds(g) + d_passes * overhead_seconds(d) + updates,
        g_passes * picture_seconds(g) + d_passes * picture_seconds(d),
        OWN_BYTES + WEIGHT_BYTES * (g.parameters + d.parameters) + FLOAT_BYTES * averages,
        _picture_bytes(g.activations + judged * d.activations),
        math.ceil(g_passes * g.multiply_adds + d_passes * d.multiply_adds),
        FORWARD * CHUNK * picture_seconds(g),
        least_batch=2,
        cure="fewer steps of D and G, or smaller networks",
    )


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
        _picture_bytes(3 * activations),
        weights,
        chunk_seconds=0.0,
        least_batch=2,
        of="points",
        cure="fewer steps of D and G, or smaller networks",
    )


def load_of_study(study: Study) -> Load:
    """Of one training after the other; what the GAN makes for them comes in parts."""
    training, maker = load_of_training(plan(study.network), study.training(study.seed)), plan(study.gan.generator)
    drawing = FORWARD * CHUNK * picture_seconds(maker)
    own = STUDY_PICTURES * PIXELS * study.pictures + FLOAT_BYTES * maker.parameters
    return replace(training, memory=training.memory + own, chunk_seconds=max(training.chunk_seconds, drawing))


def picture_seconds(network: Plan) -> float:
    """Of its way forward and back, beyond what a step costs anyway."""
    return ACTIVATION_SECONDS * network.activations + MULTIPLY_ADD_SECONDS * network.multiply_adds


def overhead_seconds(network: Plan) -> float:
    """Of a step with no picture in it."""
    return STEP_SECONDS + LAYER_SECONDS * len(network.layers)


def update_seconds(network: Plan) -> float:
    """Of the optimizer's way through all weights."""
    return WEIGHT_SECONDS * network.parameters


def _picture_bytes(activations: int) -> int:
    return round(ACTIVATION_BYTES * activations)
