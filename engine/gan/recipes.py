"""GANs to start from, each a generator and a discriminator with the training that suits them. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, Value, choose
from engine.gan.config import GanConfig, GanSpec, change_config
from engine.gan.losses import GAN_LOSSES
from engine.network.spec import NetworkSpec, layer
from engine.text import Text

DEFAULT = "conditional"
Z = 32


@dataclass(frozen=True, slots=True)
class Recipe:
    """Its name on screen is that of its GAN; `doc` says in a sentence or two what it is and what to expect."""

    gan: GanSpec
    doc: Text


def _loss(kind: str) -> Choice:
    return choose(GAN_LOSSES, kind, {}, Text("Loss"))


def _adam(lr: float, **values: Value) -> Choice:
    return choose(OPTIMIZERS, "Adam", {"lr": lr, **values}, Text("Optimizer"))


_RELU, _TANH, _LEAKY, _FLATTEN = layer("ReLU"), layer("Tanh"), layer("LeakyReLU", negative_slope=0.2), layer("Flatten")


def _generator(name: str, *first: Choice) -> NetworkSpec:
    """z to 32 x 7 x 7, doubled twice."""
    layers = (
        *first,
        *(layer("Linear", units=32 * 7 * 7), layer("Reshape", channels=32)),
        *(layer("BatchNorm2d"), _RELU),
        *(layer("ConvTranspose2d", channels=16), layer("BatchNorm2d"), _RELU),
        *(layer("ConvTranspose2d", channels=1), _TANH),
    )
    return NetworkSpec(layers, name=name, input_shape=(Z,), role="generator")


def _discriminator(name: str, *last: Choice, norm: bool = True, spectral: bool = False) -> NetworkSpec:
    """28 x 28 halved twice, to 32 x 7 x 7."""
    halving = {"kernel_size": 4, "stride": 2, "padding": 1, "spectral_norm": spectral}
    layers = (
        *(layer("Conv2d", channels=16, **halving), _LEAKY),
        *(layer("Conv2d", channels=32, **halving), *([layer("BatchNorm2d")] if norm else []), _LEAKY),
        *(_FLATTEN, *last),
    )
    return NetworkSpec(layers, name=name, role="discriminator")


_PLAIN = layer("Linear", units=1)

RECIPES: dict[str, Recipe] = {
    "conditional": Recipe(
        GanSpec(
            _generator("Conditional generator", layer("LabelConcat")),
            _discriminator("Conditional discriminator", layer("LabelProjection")),
            GanConfig(
                generator_optimizer=_adam(3e-3, beta1=0.5), discriminator_optimizer=_adam(3e-3, beta1=0.5), ema=0.995
            ),
            "Conditional GAN",
        ),
        Text(
            "Both networks are told which digit is meant, so it can write what it is asked for. Readable after seconds."
        ),
    ),
    "dcgan": Recipe(
        GanSpec(
            _generator("DCGAN generator"),
            _discriminator("DCGAN discriminator", _PLAIN),
            GanConfig(
                generator_optimizer=_adam(3e-3, beta1=0.5), discriminator_optimizer=_adam(3e-3, beta1=0.5), ema=0.995
            ),
            "DCGAN",
        ),
        Text("Convolutions on both sides and no labels: it must find out by itself that there are ten digits."),
    ),
    "mlp": Recipe(
        GanSpec(
            NetworkSpec(
                (
                    *(layer("Linear", units=256), _RELU, layer("Linear", units=256), _RELU),
                    *(layer("Linear", units=784), layer("Reshape", channels=1, height=28, width=28), _TANH),
                ),
                name="MLP generator",
                input_shape=(Z,),
                role="generator",
            ),
            NetworkSpec(
                (_FLATTEN, layer("Linear", units=256), _LEAKY, layer("Linear", units=256), _LEAKY, _PLAIN),
                name="MLP discriminator",
                role="discriminator",
            ),
            GanConfig(generator_optimizer=_adam(1e-3), discriminator_optimizer=_adam(1e-3)),
            "The first GAN",
        ),
        Text(
            "Mostly fails: Linear layers only, as in 2014, with today's default optimizer. It collapses into blobs; "
            "see why."
        ),
    ),
    "lsgan": Recipe(
        GanSpec(
            _generator("Least-squares generator"),
            _discriminator("Least-squares discriminator", _PLAIN),
            GanConfig(loss=_loss("LeastSquares"), ema=0.995),
            "Least-squares GAN",
        ),
        Text("The DCGAN with squared distances as its loss: gradients stay alive where D is sure."),
    ),
    "wgan-gp": Recipe(
        GanSpec(
            _generator("Wasserstein generator"),
            _discriminator("Wasserstein critic", _PLAIN, norm=False),
            GanConfig(
                loss=_loss("WassersteinGP"),
                generator_optimizer=_adam(2e-3, beta1=0.5, beta2=0.9),
                discriminator_optimizer=_adam(2e-3, beta1=0.5, beta2=0.9),
                discriminator_steps=2,
                ema=0.99,
            ),
            "Wasserstein GAN",
        ),
        Text(
            "With gradient penalty: D measures a distance instead of giving a verdict, and takes two steps for each "
            "of G's."
        ),
    ),
    "hinge": Recipe(
        GanSpec(
            _generator("Hinge generator"),
            _discriminator(
                "Hinge discriminator", layer("Linear", units=1, spectral_norm=True), norm=False, spectral=True
            ),
            GanConfig(loss=_loss("Hinge"), ema=0.995),
            "Hinge GAN",
        ),
        Text(
            "With spectral norm D cannot stretch anything by more than 1, and stops caring about what it already "
            "judges right."
        ),
    ),
}


def apply_cure(gan: GanSpec, changes: Mapping[str, float | str]) -> GanSpec:
    """Apply a cure that needs a new start: another recipe, or other settings. Raises SpecError."""
    if "recipe" in changes:
        other = RECIPES[str(changes["recipe"])].gan
        return replace(other, config=replace(other.config, seed=gan.config.seed))
    return replace(gan, config=change_config(gan.config, changes))
