"""Networks for a few hundred small pictures in colour, as visitors bring them, of 32 to 96 pixels a side. Imports no
torch."""

from dataclasses import replace
from typing import Any

from engine.network.spec import NetworkSpec, layer
from engine.text import Text
from engine.training.architectures.parts import MEAN, conv, one_cycle
from engine.training.presets import FLATTEN, NORM, OUT, POOL, RELU, Preset, optimizer, schedule, training

# Balls, leaves and hands are the same turned a little, shifted, mirrored or from nearer.
VARIED: dict[str, Any] = {
    "rotation_range": 15.0,
    "width_shift_range": 0.1,
    "height_shift_range": 0.1,
    "zoom_range": 0.1,
    "horizontal_flip": True,
}

_THREE = (
    *(conv(16), RELU, POOL, conv(32), RELU, POOL, conv(64), RELU, POOL),
    *(FLATTEN, layer("Dropout", p=0.3), OUT),
)
_NORMED = (
    *(conv(16), NORM, RELU, POOL, conv(32), NORM, RELU, POOL, conv(64), NORM, RELU),
    *(MEAN, FLATTEN, OUT),
)

PHOTOS: dict[str, Preset] = {
    "photo": Preset(
        NetworkSpec(_THREE, name="Photo CNN"),
        replace(training(optimizer("Adam", lr=1e-3), schedule("Constant"), 16, 20), **VARIED),
        Text(
            "Three convolutions for a few hundred small pictures in colour. Each is turned, shifted, zoomed and "
            "mirrored a little, anew each time: so few are enough."
        ),
        "photos",
    ),
    "photo-norm": Preset(
        NetworkSpec(_NORMED, name="Photo CNN, normalised"),
        one_cycle(20, 1e-2, 16),
        Text(
            "The same with batch normalisation and the mean of each map at the end: any size of picture has the same "
            "few parameters."
        ),
        "photos",
    ),
}
