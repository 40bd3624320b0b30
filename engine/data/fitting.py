"""Makes a picture of any size one of a data set: square, grey or in colour, as small as its networks read. No torch."""

from typing import Any

import numpy as np
from PIL import Image, ImageOps

from engine.catalogue.params import Param, Shape, one_of
from engine.text import Text

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
CROP, FIT, STRETCH = "crop", "fit", "stretch"
WAY: Param = one_of(
    CROP,
    (CROP, FIT, STRETCH),
    Text("Made square"),
    Text("Crop cuts off what is too long, fit adds a border, stretch changes the proportions."),
    titles=(Text("Crop: the middle"), Text("Fit: with a border"), Text("Stretch: out of shape")),
)
_SMOOTH = Image.Resampling.BICUBIC


def fit(picture: Image.Image, shape: Shape, way: str, empty: int) -> Pixels:
    """An upright picture in L or RGB as uint8 `(H, W)` for the shape (1, H, W), `(3, H, W)` for (3, H, W). A border has
    the value `empty`."""
    channels, height, width = shape
    mode = "L" if channels == 1 else "RGB"
    size, whole = (width, height), picture.convert(mode)
    match way:
        case "fit":
            square = ImageOps.pad(whole, size, _SMOOTH, color=empty if channels == 1 else (empty,) * 3)
        case "stretch":
            square = whole.resize(size, _SMOOTH)
        case _:
            square = ImageOps.fit(whole, size, _SMOOTH)
    pixels: Any = np.asarray(square, np.uint8)
    return pixels if channels == 1 else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def border(pixels: Pixels) -> int:
    """The usual value at the edges of a picture."""
    sides = [pixels[..., 0, :], pixels[..., -1, :], pixels[..., :, 0], pixels[..., :, -1]]
    return int(np.median(np.concatenate([side.ravel() for side in sides])))
