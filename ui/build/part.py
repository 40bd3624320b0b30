"""The networks that can be built: the classifier, or one of the two of a GAN. What the page says about each, and the
switch between them, which the address follows."""

from dataclasses import dataclass

import streamlit as st

from engine.catalogue.params import Choice
from engine.network.spec import NetworkSpec, layer
from engine.text import Text
from ui.language import say
from ui.state import Session, entered, seed, settle

KEY = "part"  # also its name in the address


@dataclass(frozen=True, slots=True)
class Part:
    """`title` names it on the switch, `show` on a button that leads to it; `opening` is the page's first line,
    `question` what an empty list asks, with `first` layers to answer it; `missing` stands in the picture where a
    network ends too early."""

    title: Text
    show: Text
    opening: Text
    question: Text
    first: tuple[tuple[Choice, Text], ...]
    missing: Text


_CONV = (
    layer("Conv2d"),
    Text("**Conv2d**: learn small patterns, strokes and corners, wherever they are in the picture"),
)
_FLATTEN = (layer("Flatten"), Text("**Flatten**: lay the pixels out in a row, for a network of Linear layers"))
_LINEAR = (
    layer("Linear", units=784),
    Text("**Linear**: turn them into 784 numbers, one for every pixel of the picture"),
)
_LABEL = (layer("LabelConcat"), Text("**LabelConcat**: tell it which digit to write, for a GAN that can be asked"))

PARTS: dict[str, Part] = {
    "classifier": Part(
        Text("classifier"),
        Text("Show the classifier"),
        Text("**Stack layers** from the picture down to the scores, one for each class. Then train."),
        Text("Which layer reads the picture first?"),
        (_CONV, _FLATTEN),
        Text("ten scores are missing"),
    ),
    "generator": Part(
        Text("generator"),
        Text("Show the generator"),
        Text(
            "**Stack layers** from random numbers up to a picture of a digit. Then train it against the discriminator."
        ),
        Text("Which layer reads the random numbers first?"),
        (_LINEAR, _LABEL),
        Text("a 28 × 28 picture is missing"),
    ),
    "discriminator": Part(
        Text("discriminator"),
        Text("Show the discriminator"),
        Text(
            "**Stack layers** from the picture down to one number: how real it looks. "
            "Then train it against the generator."
        ),
        Text("Which layer reads the picture first?"),
        (_CONV, _FLATTEN),
        Text("one verdict is missing"),
    ),
}


def part_switch(visitor: Session) -> None:
    """The switch at the head of the page, which follows the address and what else changes the part.

    Only an address that names a part other than it did last is followed: the visitor may have moved on since.
    """
    asked = st.query_params.get(KEY, "")
    if asked != visitor.part_asked and asked in PARTS:
        visitor.moves += visitor.part != asked
        visitor.part = asked
    seed(KEY, visitor.part)
    chosen = st.segmented_control(
        say("What to build"),
        list(PARTS),
        key=KEY,
        format_func=lambda part: say(PARTS[part].title),
        required=True,
        label_visibility="collapsed",
        on_change=_choose,
        args=(visitor,),
    )
    settle(KEY, chosen or visitor.part)
    _tell_address(visitor)


def show(visitor: Session, part: str) -> None:
    """Show another part: for callbacks, before the page is drawn."""
    visitor.part = part
    visitor.moves += 1


def _choose(visitor: Session) -> None:
    visitor.part_asked = st.query_params.get(KEY, "")
    if (part := entered(KEY)) in PARTS:
        show(visitor, str(part))


def _tell_address(visitor: Session) -> None:
    named = "" if visitor.part == "classifier" else visitor.part
    if named and named != st.query_params.get(KEY):
        st.query_params[KEY] = named
    elif not named and KEY in st.query_params:
        del st.query_params[KEY]
    visitor.part_asked = named


def remark(network: NetworkSpec) -> Text | None:
    """What is worth knowing about how a network that fits ends; None where nothing is."""
    match network.role, network.layers[-1].kind:
        case "classifier", "Softmax":
            return Text(
                "Softmax turns the scores into probabilities; the loss takes their logarithm, "
                "so the network learns the same with or without it."
            )
        case "generator", last if last != "Tanh":
            return Text(
                "Pixels of real pictures go from -1 to 1. Tanh at the end keeps generated ones in this range; "
                "what is outside is cut off."
            )
        case "discriminator", "Sigmoid":
            return Text(
                "The loss turns the score into a probability by itself. With Sigmoid at the end that happens twice, "
                "and the discriminator can hardly be sure of anything."
            )
        case "discriminator", "Softmax":
            return Text("Softmax of a single number is always 1: the discriminator cannot say anything. Remove it.")
    return None
