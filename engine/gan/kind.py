"""The row of the kind "gan": a generator that learns to write digits, and its discriminator. No torch."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.gan.config import GAN_CODEC, LIVE, GanSpec, change_config, check_gan
from engine.gan.events import GAN_EVENTS
from engine.kind import Kind, Result
from engine.network.load import (
    CHUNK,
    FLOAT_BYTES,
    FORWARD,
    OWN_BYTES,
    WEIGHT_BYTES,
    WORTH_ALL_CORES_SECONDS,
    Load,
    overhead_seconds,
    picture_bytes,
    picture_seconds,
    update_seconds,
)
from engine.network.spec import plan

if TYPE_CHECKING:
    from engine.training.streams import BuiltJob, State

PENALTY_PASSES = 2  # a gradient penalty goes through D once more, and back through that
EXAMPLE_GAN = "example-gan"  # the id of its recorded run
BY_HAND = ("step", "step_d", "step_g", "slow")


def load_of_gan(gan: GanSpec) -> Load:
    """The load of a round: D judges real and generated pictures, G learns through D; a gradient penalty runs D
    again."""
    g, d, config = plan(gan.generator), plan(gan.discriminator), gan.config
    judged = 2 + PENALTY_PASSES * (config.loss.kind == "WassersteinGP")
    g_passes = FORWARD * config.discriminator_steps + config.generator_steps
    d_passes = judged * config.discriminator_steps + config.generator_steps
    updates = config.generator_steps * update_seconds(g, config.generator_optimizer.kind)
    updates += config.discriminator_steps * update_seconds(d, config.discriminator_optimizer.kind)
    averages = bool(config.ema) * g.parameters
    return Load(
        g.parameters + d.parameters,
        config.batch_size,
        g_passes * overhead_seconds(g) + d_passes * overhead_seconds(d) + updates,
        g_passes * picture_seconds(g) + d_passes * picture_seconds(d),
        OWN_BYTES + WEIGHT_BYTES * (g.parameters + d.parameters) + FLOAT_BYTES * averages,
        picture_bytes(g.activations + judged * d.activations),
        math.ceil(g_passes * g.multiply_adds + d_passes * d.multiply_adds),
        FORWARD * CHUNK * picture_seconds(g),
        least_batch=2,
        is_round=True,
    )


def _begin(gan: GanSpec, source: bytes | None, resume: "State | None") -> "BuiltJob":
    from engine.data.mnist import load_mnist
    from engine.gan.sampling import make_gan
    from engine.gan.saving import gan_bytes
    from engine.gan.train import train_gan
    from engine.training.streams import BuiltJob, Controls

    models, controls, data, config = make_gan(gan), Controls(), load_mnist(), gan.config
    stream = train_gan(models, gan, data.train_images, data.train_labels, controls, resume)
    a_round = config.batch_size * max(config.discriminator_steps, 1)
    all_cores = config.cores == "all" and load_of_gan(gan).step_seconds >= WORTH_ALL_CORES_SECONDS
    return BuiltJob(stream, controls, config.steps, lambda step: step * a_round, lambda: gan_bytes(models), all_cores)


def _to_bytes(models: Any) -> bytes:
    from engine.gan.saving import gan_bytes

    return gan_bytes(models)


def _from_bytes(gan: GanSpec, content: bytes) -> Any:
    from engine.gan.saving import gan_from_bytes

    return gan_from_bytes(gan, content)


def _save(path: Path, gan: GanSpec, models: Any, facts: Mapping[str, Any]) -> None:
    from engine.gan.saving import save_gan

    save_gan(path, gan, models, facts)


def _read(path: Path) -> Any:
    from engine.gan.saving import load_gan

    return load_gan(path).models


GAN = Kind(
    "gan",
    GAN_CODEC,
    check=check_gan,
    load=load_of_gan,
    parameters=lambda gan: plan(gan.generator).parameters + plan(gan.discriminator).parameters,
    title=lambda gan: str(gan.name),
    events=GAN_EVENTS,
    begin=_begin,
    by_hand=BY_HAND,
    live=LIVE,
    change=lambda gan, name, value: replace(gan, config=change_config(gan.config, {name: value})),
    result=Result(_to_bytes, _from_bytes, _save, _read),
    example=(EXAMPLE_GAN, "gan/example.json.gz"),
)
