"""The catalogue of augmentation: random changes of each training picture, as Keras' ImageDataGenerator names them, and
a warning where a changed picture shows another digit. No torch."""

from collections.abc import Iterator
from typing import Any

from engine.catalogue.params import Param, flag, real
from engine.text import Text

TURNED_OVER = 90  # degrees: a 6 that is turned further is a 9

AUGMENTATION: dict[str, Param] = {
    "rotation_range": real(
        0.0,
        0.0,
        180.0,
        Text("Rotation"),
        Text("Turns each picture by a random angle, up to this to the left or to the right; 10 suits digits."),
        Text("degrees"),
        advanced=True,
    ),
    "width_shift_range": real(
        0.0,
        0.0,
        0.5,
        Text("Shift to the sides"),
        Text("Shifts each picture to the left or to the right, up to this part of its width; 0.1 suits digits."),
        advanced=True,
    ),
    "height_shift_range": real(
        0.0,
        0.0,
        0.5,
        Text("Shift up and down"),
        Text("Shifts each picture up or down, up to this part of its height; 0.1 suits digits."),
        advanced=True,
    ),
    "shear_range": real(
        0.0,
        0.0,
        60.0,
        Text("Shear"),
        Text("Slants each picture by a random angle, up to this either way, as handwriting is; 10 suits digits."),
        Text("degrees"),
        advanced=True,
    ),
    "zoom_range": real(
        0.0,
        0.0,
        0.5,
        Text("Zoom"),
        Text("Makes each picture wider or narrower, and higher or lower, by up to this part; 0.1 suits digits."),
        advanced=True,
    ),
    "horizontal_flip": flag(
        False,
        Text("Horizontal flip"),
        Text("Mirrors every other picture. It helps with cats and cars; digits have a left and a right."),
        advanced=True,
    ),
    "vertical_flip": flag(
        False,
        Text("Vertical flip"),
        Text("Turns every other picture upside down, as the photos of a microscope or a satellite may be."),
        advanced=True,
    ),
    "elastic": real(
        0.0,
        0.0,
        4.0,
        Text("Elastic distortion"),
        Text(
            "Bends each picture as if it were drawn on rubber: every place moves by about so many pixels, and its "
            "neighbours with it (Simard 2003). 1 suits digits; it was made for handwriting."
        ),
        Text("px"),
        advanced=True,
    ),
    "erase": real(
        0.0,
        0.0,
        1.0,
        Text("Erase"),
        Text("Wipes a random rectangle, 4 to 12 pixels long and wide, out of this share of the pictures."),
        advanced=True,
    ),
}


def changes_meaning(config: Any) -> Iterator[Text]:
    """Sentences about settings that turn digits into others, or into none."""
    if config.horizontal_flip:
        yield Text("A mirrored 2 is no 2: this teaches the network digits that nobody writes.")
    if config.vertical_flip:
        yield Text("Upside down a 6 becomes a 9, but keeps its label.")
    if config.rotation_range > TURNED_OVER:
        yield Text("Turned by more than {most} degrees a 6 becomes a 9, but keeps its label.", most=TURNED_OVER)
