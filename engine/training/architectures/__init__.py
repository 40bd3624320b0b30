"""Networks that made history, by family, each with its paper, made small enough to train on one core; and networks for
pictures of one's own. No torch."""

from engine.text import Text
from engine.training.architectures.convolutional import CONVOLUTIONAL
from engine.training.architectures.deep import DEEP
from engine.training.architectures.photos import PHOTOS
from engine.training.architectures.sequences import ATTENTION, RECURRENT
from engine.training.presets import PRESETS, Preset

FAMILIES: dict[str, Text] = {
    "first": Text("First networks"),
    "convolutional": Text("Convolutional"),
    "deep": Text("Deep"),
    "recurrent": Text("Recurrent"),
    "attention": Text("Attention"),
    "photos": Text("For pictures of your own"),
}

ARCHITECTURES: dict[str, Preset] = {**CONVOLUTIONAL, **DEEP, **RECURRENT, **ATTENTION}
ALL_PRESETS: dict[str, Preset] = {**PRESETS, **ARCHITECTURES, **PHOTOS}
