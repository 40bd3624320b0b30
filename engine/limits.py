"""What one step of training may ask of a machine that others share. Imports no torch."""

import math

from engine.config import TrainConfig
from engine.gan_config import GanConfig
from engine.network import Plan
from engine.params import SpecError

MAX_STEP_MULTIPLY_ADDS = 20_000_000_000  # forward; with the way back about two seconds on one core
MAX_STEP_ACTIVATIONS = 200_000_000  # 0.8 GB, and as much again on the way back
FRAME_IMAGES = 100  # made at once for a frame of a GAN's film
PENALTY_PASSES = 2  # a gradient penalty goes through D once more, and back through that
NORMALISATIONS = ("BatchNorm1d", "BatchNorm2d")


def check_training(plan: Plan, config: TrainConfig) -> None:
    """Raise SpecError when a step would take too long, too much memory, or fail on a batch of one picture."""
    batch_size = min(config.batch_size, config.train_images)
    most = min(MAX_STEP_MULTIPLY_ADDS // max(plan.multiply_adds, 1), MAX_STEP_ACTIVATIONS // max(plan.activations, 1))
    if batch_size > most:
        what = f"A batch of {batch_size:,} pictures is too much for a network of this size."
        raise SpecError(what, f"Use a batch size of at most {most:,}, or a smaller network.")
    if config.train_images % config.batch_size != 1 and config.batch_size > 1:
        return
    for p in plan.layers:
        if p.layer.kind in NORMALISATIONS and math.prod(p.in_shape[1:]) == 1:
            what = f"Layer {p.index + 1} ({p.layer.kind}): the last batch of an epoch would be a single picture, "
            raise SpecError(f"{what}which it cannot compare with others.", "Change the batch size.", layer=p.index)


def check_gan_training(generator: Plan, discriminator: Plan, config: GanConfig) -> None:
    """Raise SpecError when a round, or a frame of the film, would take too long or too much memory."""
    g, d = generator.multiply_adds, discriminator.multiply_adds
    judged = 2 + PENALTY_PASSES * (config.loss.kind == "WassersteinGP")
    a_picture = config.discriminator_steps * (g + judged * d) + config.generator_steps * (g + d)
    at_once = generator.activations + judged * discriminator.activations
    most = min(MAX_STEP_MULTIPLY_ADDS // max(a_picture, 1), MAX_STEP_ACTIVATIONS // max(at_once, 1))
    if FRAME_IMAGES * g > MAX_STEP_MULTIPLY_ADDS or most < 2:
        raise SpecError("These networks are too large for a GAN.", "Use fewer channels or units, or fewer steps.")
    if config.batch_size > most:
        what = f"A batch of {config.batch_size:,} pictures is too much for a round of networks of this size."
        raise SpecError(what, f"Use a batch size of at most {most:,}, fewer steps of D and G, or smaller networks.")
