"""A GAN's film as small pictures: its newest frame, and for the home page a moving one of the example."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import streamlit as st
from PIL import Image, ImageOps

from engine.gan.kind import EXAMPLE_GAN
from engine.training.events import FrameDrawn
from ui.backend import service
from ui.colours import ink, paper

SIDE = 28  # px of a digit
DIGITS, COLUMNS = 10, 5  # of the newest frame: one digit of every row of the sheet
MOVING_DIGITS, MOVING_COLUMNS = 8, 4
MOMENTS = 16
MILLISECONDS, REST = 140, 1800  # of a frame, and of the last


@st.cache_data(max_entries=100, show_spinner=False)
def last_digits(run_id: str, seq: int, dark: bool) -> str | None:
    """Data URL of ten generated digits, five by two, as of event `seq`, in the colours of the theme; None before the
    first frame, and for a film without pictures."""
    numbers = [number for number, _, _ in service().frames(run_id)]
    frame = service().frame(run_id, numbers[-1]) if numbers else None
    if frame is None or not frame.media_type.startswith("image/"):
        return None
    return _url(_digits(frame, DIGITS, COLUMNS, dark), "PNG")


@st.cache_data(max_entries=2, show_spinner=False)
def film_of_example(dark: bool) -> tuple[str, str] | None:
    """Data URLs of the moving picture and of its last moment, in the colours of the theme; None without an example."""
    numbers = [number for number, _, _ in service().frames(EXAMPLE_GAN)]
    if not numbers:
        return None
    last = len(numbers) - 1
    places = sorted({round(last * (i / (MOMENTS - 1)) ** 2) for i in range(MOMENTS)})  # most happens at the beginning
    pictures = [_moment(numbers[place], dark) for place in places]
    shown = [MILLISECONDS] * (len(pictures) - 1) + [REST]
    return _moving(pictures, shown), _moving(pictures[-1:], [REST])


def _moment(number: int, dark: bool) -> Image.Image:
    frame = service().frame(EXAMPLE_GAN, number)
    if frame is None:
        raise FileNotFoundError(f"the example's film has no frame {number}")
    return _digits(frame, MOVING_DIGITS, MOVING_COLUMNS, dark)


def _digits(frame: FrameDrawn, count: int, columns: int, dark: bool) -> Image.Image:
    """The first digit of each of the sheet's first `count` rows."""
    chosen = Image.new("L", (columns * SIDE, count // columns * SIDE))
    with Image.open(io.BytesIO(frame.content)) as file:
        sheet = file.convert("L")
    for row in range(count):
        digit = sheet.crop((0, row * SIDE, SIDE, (row + 1) * SIDE))
        chosen.paste(digit, (row % columns * SIDE, row // columns * SIDE))
    return ImageOps.colorize(chosen, black=paper(dark), white=ink(dark))


def _moving(pictures: Sequence[Image.Image], milliseconds: list[int]) -> str:
    settings = {"append_images": pictures[1:], "duration": milliseconds, "loop": 0, "quality": 60, "method": 4}
    return _url(pictures[0], "WEBP", save_all=True, **settings)


def _url(picture: Image.Image, kind: str, **settings: Any) -> str:
    with io.BytesIO() as file:
        picture.save(file, kind, **settings)
        return f"data:image/{kind.lower()};base64," + base64.b64encode(file.getvalue()).decode()
