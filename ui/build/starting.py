"""Layers as they are added: a block begins with layers that fit where it is put."""

from engine.catalogue.params import Choice, Shape
from engine.network.spec import layer

MOST_CHANNELS = 512


def starting_layer(kind: str, shape: Shape) -> Choice:
    """A layer of that kind to put where `shape` arrives."""
    match kind:
        case "Repeat":
            return layer("Repeat", _weights(shape) + _activation(shape))
        case "Residual" if len(shape) == 2:
            return layer("Residual", [layer("LayerNorm"), *_weights(shape), *_activation(shape)])
        case "Residual":
            norm = layer("BatchNorm2d" if len(shape) == 3 else "BatchNorm1d")
            return layer("Residual", [*_weights(shape), norm, *_activation(shape)])
        case "Branches":
            return layer("Branches", _weights(shape, small=True), _weights(shape))
        case _:
            return layer(kind)


def _weights(shape: Shape, small: bool = False) -> list[Choice]:
    """A layer that learns and leaves the shape as it is, but for a picture of few channels, which gets 16."""
    if len(shape) == 3:
        channels = min(shape[0], MOST_CHANNELS) if shape[0] >= 8 else 16
        return [layer("Conv2d", channels=channels, kernel_size=1 if small else 3, padding=0 if small else 1)]
    return [layer("Linear", units=shape[-1])]


def _activation(shape: Shape) -> list[Choice]:
    return [layer("GELU" if len(shape) == 2 else "ReLU")]
