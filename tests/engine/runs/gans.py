"""A GAN so small that a round takes a millisecond, for tests of what carries it."""

from dataclasses import replace

from engine.gan.config import GanConfig, GanSpec
from engine.network.spec import NetworkSpec, layer

Z = 4
GENERATOR = NetworkSpec(
    (layer("Linear", units=784), layer("Tanh"), layer("Reshape", channels=1, height=28, width=28)),
    name="G",
    input_shape=(Z,),
    role="generator",
)
DISCRIMINATOR = NetworkSpec((layer("Flatten"), layer("Linear", units=1)), name="D", role="discriminator")
TINY = GanSpec(GENERATOR, DISCRIMINATOR, GanConfig(batch_size=8, images=400, steps=40), "Tiny")
LONG = replace(TINY, config=replace(TINY.config, steps=100_000))


def tiny(**settings: object) -> GanSpec:
    return replace(TINY, config=replace(TINY.config, **settings))  # type: ignore[arg-type]
