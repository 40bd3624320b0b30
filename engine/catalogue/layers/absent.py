"""Layers that people look for and that are not here, each with what to take instead. Imports no torch."""

from engine.text import Text

_THIRD_AXIS = Text(
    "A digit has no third axis: it has rows and columns, and one channel. Take the layer for pictures, 2d."
)

ABSENT: dict[str, Text] = {
    "Conv3d": _THIRD_AXIS,
    "MaxPool3d": _THIRD_AXIS,
    "AvgPool3d": _THIRD_AXIS,
    "BatchNorm3d": _THIRD_AXIS,
    "InstanceNorm2d": Text("Take GroupNorm with as many groups as there are channels: that is the same."),
    "DepthwiseConv2d": Text("Take Conv2d with as many groups as channels, among all of its settings."),
    "SeparableConv2d": Text("Take Conv2d with as many groups as channels, then a Conv2d with a 1 × 1 kernel."),
    "Embedding": Text(
        "It turns words into numbers, and pixels are numbers already. Take PatchEmbedding for attention."
    ),
}
