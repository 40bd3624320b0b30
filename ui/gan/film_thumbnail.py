"""A GAN's newest frame as a small picture: one digit of every row."""

import base64
import io

import streamlit as st
from PIL import Image, ImageOps

from ui.backend import service
from ui.colours import ink, paper

SIDE, COLUMNS = 28, 5
DIGITS = 10


@st.cache_data(max_entries=100, show_spinner=False)
def last_digits(run_id: str, seq: int, dark: bool) -> str | None:
    """Data URL of ten made digits, five by two, as of event `seq`, in the colours of the theme; None before the first
    frame, and for a film without pictures."""
    numbers = [number for number, _, _ in service().frames(run_id)]
    frame = service().frame(run_id, numbers[-1]) if numbers else None
    if frame is None or not frame.media_type.startswith("image/"):
        return None
    chosen = Image.new("L", (COLUMNS * SIDE, DIGITS // COLUMNS * SIDE))
    with Image.open(io.BytesIO(frame.content)) as file:
        sheet = file.convert("L")
    for row in range(DIGITS):
        digit = sheet.crop((0, row * SIDE, SIDE, (row + 1) * SIDE))
        chosen.paste(digit, (row % COLUMNS * SIDE, row // COLUMNS * SIDE))
    with io.BytesIO() as picture:
        ImageOps.colorize(chosen, black=paper(dark), white=ink(dark)).save(picture, "PNG")
        return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()
