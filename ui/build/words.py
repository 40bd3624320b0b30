"""What the Build page says about the three kinds of networks that can be built."""

from dataclasses import dataclass

from engine.catalogue.params import Choice
from engine.network.spec import NetworkSpec, layer


@dataclass(frozen=True, slots=True)
class Words:
    """`opening` is the page's first line, `question` what an empty list asks, with `first` layers to answer it;
    `missing` stands in the picture where a network ends too early."""

    opening: str
    question: str
    first: tuple[tuple[Choice, str], ...]
    missing: str


_CONV = (layer("Conv2d"), "**Conv2d**: learn small patterns, strokes and corners, wherever they are in the picture")
_FLATTEN = (layer("Flatten"), "**Flatten**: lay the 784 pixels out in a row, for a network of Linear layers")
_LINEAR = (layer("Linear", units=784), "**Linear**: make 784 numbers of them, one for every pixel of the picture")
_TOLD = (layer("LabelConcat"), "**LabelConcat**: tell it which digit to write, for a GAN that can be asked")

WORDS: dict[str, Words] = {
    "classifier": Words(
        "**Stack layers** from the picture down to ten scores, one for each digit. Then train.",
        "What shall the picture meet first?",
        (_CONV, _FLATTEN),
        "ten scores are missing",
    ),
    "generator": Words(
        "**Stack layers** from random numbers up to a picture of a digit. Then train it against the discriminator.",
        "What shall become of the random numbers?",
        (_LINEAR, _TOLD),
        "a 28 x 28 picture is missing",
    ),
    "discriminator": Words(
        "**Stack layers** from the picture down to one number: how real it looks. Then train it against the generator.",
        "What shall the picture meet first?",
        (_CONV, _FLATTEN),
        "one verdict is missing",
    ),
}


def remark(network: NetworkSpec) -> str:
    """What is worth knowing about how a network that fits ends; nothing where nothing is."""
    match network.role, network.layers[-1].kind:
        case "classifier", "Softmax":
            return (
                "Softmax turns the ten scores into probabilities; the loss takes their logarithm, "
                "so the network learns the same with or without it."
            )
        case "generator", last if last != "Tanh":
            return "Real pictures go from -1 to 1. Tanh at the end keeps made ones there; what is beyond is cut off."
        case "discriminator", "Sigmoid":
            return (
                "The loss turns the score into a probability by itself. With Sigmoid at the end that happens twice, "
                "and the discriminator can hardly be sure of anything."
            )
        case "discriminator", "Softmax":
            return "Softmax of a single number is always 1: the discriminator cannot say anything. Remove it."
    return ""
