"""A small moving picture for the home page: a few digits of the example's film as they become readable."""

import base64
import io

import streamlit as st
from PIL import Image, ImageOps

from engine.gan.kind import EXAMPLE_GAN
from ui.backend import service
from ui.colours import ink, paper

SIDE = 28  # px of a digit
ACROSS, ROWS = 4, 2  # one digit from each of the sheet's first rows
MOMENTS = 16
MILLISECONDS, REST = 140, 1800  # of a frame, and of the last


@st.cache_data(max_entries=2, show_spinner=False)
def film_of_example(dark: bool) -> tuple[str, str] | None:
    """Data URLs of the moving picture and of its last moment, in the colours of the theme; None without an example."""
    numbers = [number for number, _, _ in service().frames(EXAMPLE_GAN)]
    if not numbers:
        return None
    last = len(numbers) - 1
    places = sorted({round(last * (i / (MOMENTS - 1)) ** 2) for i in range(MOMENTS)})  # most happens at the beginning
    pictures = [_eight(numbers[place], dark) for place in places]
    shown = [MILLISECONDS] * (len(pictures) - 1) + [REST]
    return _url(pictures, shown), _url(pictures[-1:], [REST])


def _eight(number: int, dark: bool) -> Image.Image:
    frame = service().frame(EXAMPLE_GAN, number)
    if frame is None:
        raise FileNotFoundError(f"the example's film has no frame {number}")
    part = Image.new("L", (ACROSS * SIDE, ROWS * SIDE))
    with Image.open(io.BytesIO(frame.content)) as file:
        sheet = file.convert("L")
    for row in range(ACROSS * ROWS):
        digit = sheet.crop((0, row * SIDE, SIDE, (row + 1) * SIDE))
        part.paste(digit, (row % ACROSS * SIDE, row // ACROSS * SIDE))
    return ImageOps.colorize(part, black=paper(dark), white=ink(dark))


def _url(pictures: list[Image.Image], milliseconds: list[int]) -> str:
    with io.BytesIO() as file:
        pictures[0].save(
            file, "WEBP", save_all=True, append_images=pictures[1:], duration=milliseconds, loop=0, quality=60, method=4
        )
        return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()
