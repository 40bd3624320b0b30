"""A GAN as plain data: its two networks and how they are trained against each other. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from engine.catalogue.codec import Codec, Part
from engine.catalogue.names import clean, name_from_json
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, Param, Row, SpecError, choice_to_json, choose, integer, real
from engine.gan.losses import GAN_LOSSES
from engine.limits import limits
from engine.network.spec import NETWORK, NetworkSpec, plan
from engine.text import Text
from engine.training.config import CORES, TRAIN_IMAGES

GAN_SETTINGS: dict[str, Param] = {
    "batch_size": integer(
        32, 2, limits().batch // 2, Text("Batch size"), Text("Real pictures per step of D, and as many made ones.")
    ),
    "steps": integer(
        6000, 1, 100_000, Text("Rounds"), Text("Each round trains D, then G, as many steps as asked for.")
    ),
    "discriminator_steps": integer(
        1, 0, 10, Text("Steps of D"), Text("Updates of the discriminator in each round; 0 freezes it.")
    ),
    "generator_steps": integer(
        1, 0, 10, Text("Steps of G"), Text("Updates of the generator in each round; 0 freezes it.")
    ),
    "label_smoothing": real(
        0.0,
        0.0,
        0.4,
        Text("Label smoothing"),
        Text("Real pictures count as 1 minus this much real, which keeps D from being sure."),
    ),
    "instance_noise": real(
        0.0,
        0.0,
        1.0,
        Text("Instance noise"),
        Text("Noise added to all that D sees; makes real and made overlap. 0 is off."),
    ),
    "ema": real(
        0.0,
        0.0,
        0.9999,
        Text("Averaging of G"),
        Text("Pictures are made by the running mean of G's weights with this memory."),
    ),
    "images": integer(
        TRAIN_IMAGES, 100, TRAIN_IMAGES, Text("Pictures"), Text("How many of MNIST's 60,000 D gets to see.")
    ),
    "seed": integer(
        0, 0, 2**31 - 1, Text("Seed"), Text("Start of every random choice; the same seed gives the same curve.")
    ),
    "cores": CORES,
}
OF_OPTIMIZERS = ("generator_lr", "discriminator_lr", "beta1")
LIVE: Mapping[str, Param] = {  # what may be changed while it trains
    "generator_lr": real(
        2e-3, 1e-6, 10.0, Text("Learning rate of G"), Text("How far each step of the generator goes."), log=True
    ),
    "discriminator_lr": real(
        2e-3, 1e-6, 10.0, Text("Learning rate of D"), Text("How far each step of D goes."), log=True
    ),
    **{
        name: GAN_SETTINGS[name]
        for name in ("generator_steps", "discriminator_steps", "label_smoothing", "instance_noise")
    },
}


def _adam() -> Choice:
    return choose(OPTIMIZERS, "Adam", {"lr": 2e-3, "beta1": 0.5}, Text("Optimizer"))


SIDES = ("generator", "discriminator")
MISCAST: Mapping[tuple[str, str], Text] = {  # a network in the place of one with another role
    ("generator", "discriminator"): Text("The generator is a discriminator."),
    ("generator", "classifier"): Text("The generator is a classifier."),
    ("discriminator", "generator"): Text("The discriminator is a generator."),
    ("discriminator", "classifier"): Text("The discriminator is a classifier."),
}


MISCAST_CURES: Mapping[str, Text] = {
    "generator": Text("Give it a network that ends as a generator does."),
    "discriminator": Text("Give it a network that ends as a discriminator does."),
}


@dataclass(frozen=True, slots=True)
class GanConfig:
    """How a GAN is trained, apart from its networks. `steps` counts rounds: D's updates, then G's."""

    loss: Choice = field(default_factory=lambda: choose(GAN_LOSSES, "NonSaturating", {}, Text("Loss")))
    generator_optimizer: Choice = field(default_factory=_adam)
    discriminator_optimizer: Choice = field(default_factory=_adam)
    batch_size: int = 32
    steps: int = 6000
    discriminator_steps: int = 1
    generator_steps: int = 1
    label_smoothing: float = 0.0
    instance_noise: float = 0.0
    ema: float = 0.0
    images: int = TRAIN_IMAGES
    seed: int = 0
    cores: str = "one"


GAN_CATALOGUES: Mapping[str, Mapping[str, Row]] = {
    "loss": GAN_LOSSES,
    "generator_optimizer": OPTIMIZERS,
    "discriminator_optimizer": OPTIMIZERS,
}
GAN_TITLES: Mapping[str, Text] = {
    "loss": Text("Loss"),
    "generator_optimizer": Text("Generator optimizer"),
    "discriminator_optimizer": Text("Discriminator optimizer"),
}


@dataclass(frozen=True, slots=True)
class GanSpec:
    """Generator, discriminator, and the settings of their training."""

    generator: NetworkSpec
    discriminator: NetworkSpec
    config: GanConfig = field(default_factory=GanConfig)
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean(self.name))

    @property
    def is_conditional(self) -> bool:
        """Whether G can be asked for a digit."""
        return self.generator.takes_labels


def networks(gan: GanSpec) -> dict[str, NetworkSpec]:
    """Both networks by their role."""
    return {"generator": gan.generator, "discriminator": gan.discriminator}


def check_gan(gan: GanSpec) -> None:
    """Raise SpecError unless both networks fit together, have their roles, and G and D agree on labels."""
    _check_side("generator", gan.generator)
    _check_side("discriminator", gan.discriminator)
    if gan.generator.takes_labels and not gan.discriminator.takes_labels:
        raise SpecError(
            Text("The generator is told which digit is meant, the discriminator is not."),
            Text("Add a label layer to the discriminator, or take it out of the generator."),
        )
    if gan.discriminator.takes_labels and not gan.generator.takes_labels:
        raise SpecError(
            Text("The discriminator is told which digit is meant, the generator is not."),
            Text("Add a label layer to the generator, or take it out of the discriminator."),
        )
    config = gan.config
    if not config.generator_steps and not config.discriminator_steps:
        raise SpecError(Text("Neither D nor G would take a step."), Text("Give at least one of them a step."))


def _check_side(role: str, network: NetworkSpec) -> None:
    if network.role != role:
        raise SpecError(MISCAST[role, network.role], MISCAST_CURES[role])
    try:
        plan(network)
    except SpecError as error:
        whose = Text("The generator: {what}", what=error.what)
        if role == "discriminator":
            whose = Text("The discriminator: {what}", what=error.what)
        raise SpecError(whose, error.cure) from error


def change_config(config: GanConfig, changes: Mapping[str, float | str]) -> GanConfig:
    """`config` with some settings changed: those of GAN_SETTINGS, `generator_lr`, `discriminator_lr`, `beta1` of both
    optimizers, and the `loss` by its kind. Raises SpecError."""
    told: dict[str, object] = {}
    for name, value in changes.items():
        for side in SIDES:
            optimizer = f"{side}_optimizer"
            part = "lr" if name == f"{side}_lr" else name if name == "beta1" else None
            if part:
                before = told.get(optimizer, choice_to_json(getattr(config, optimizer)))
                told[optimizer] = {**cast(dict[str, object], before), part: value}
        if name not in OF_OPTIMIZERS:
            told[name] = value
    return GAN_CONFIG_CODEC.change(config, told)


GAN_CONFIG_CODEC: Codec[GanConfig] = Codec(GanConfig, Text("GAN"), {**GAN_CATALOGUES, **GAN_SETTINGS}, GAN_TITLES)
GAN_CODEC: Codec[GanSpec] = Codec(
    GanSpec,
    Text("GAN"),
    {
        "name": Part(name_from_json),
        "generator": NETWORK,
        "discriminator": NETWORK,
        "config": Part(GAN_CONFIG_CODEC.from_json, GAN_CONFIG_CODEC.to_json, name="training"),
    },
)
