"""The networks of a GAN as modules, and how they are made."""

import copy
from dataclasses import dataclass

from torch import nn

from engine.gan.config import GanSpec
from engine.network.build import best_device, build
from engine.network.spec import plan


@dataclass(frozen=True, slots=True, eq=False)
class GanModels:
    """Both networks, and the running mean of the generator's weights where the recipe asks for one."""

    generator: nn.Sequential
    discriminator: nn.Sequential
    average: nn.Sequential | None

    @property
    def maker(self) -> nn.Sequential:
        """The generator whose pictures are shown: the running mean where there is one."""
        return self.average or self.generator


def make_gan(gan: GanSpec) -> GanModels:
    """Make both networks on the best device, their weights drawn from the seed alone. Raises SpecError."""
    generator = build(plan(gan.generator), gan.config.seed).to(best_device())
    discriminator = build(plan(gan.discriminator), gan.config.seed + 1).to(best_device())
    return GanModels(generator, discriminator, copy.deepcopy(generator) if gan.config.ema else None)
