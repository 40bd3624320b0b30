"""Networks that made history, by family, each with its paper, made small enough to train on one core. No torch."""

from engine.text import Text
from engine.training.architectures.convolutional import CONVOLUTIONAL
from engine.training.architectures.deep import DEEP
from engine.training.architectures.sequences import ATTENTION, RECURRENT
from engine.training.presets import PRESETS, Preset

FAMILIES: dict[str, Text] = {
    "first": Text("First networks"),
    "convolutional": Text("Convolutional"),
    "deep": Text("Deep"),
    "recurrent": Text("Recurrent"),
    "attention": Text("Attention"),
}

ARCHITECTURES: dict[str, Preset] = {**CONVOLUTIONAL, **DEEP, **RECURRENT, **ATTENTION}
ALL_PRESETS: dict[str, Preset] = {**PRESETS, **ARCHITECTURES}
