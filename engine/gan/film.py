"""Exports a GAN's film: its frames as a looped GIF or WebP, or some frames as a poster. No torch."""

import io
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engine.training.events import FrameDrawn

MOST_FRAMES = 300  # of a film
MOST_MOMENTS = 12  # of a poster
SIDE = 280  # px of a frame
SCALE = 2
GREYS = 16
PLAYED_MS = 12_000  # all frames but the last, where there are many of them
SLOWEST_MS, FASTEST_MS = 400, 40
LAST_MS = 2_500

ACROSS = 4  # moments in a row of a poster
MARGIN, HEADING, CAPTION = 28, 52, 40  # px
INK, QUIET, PAPER = "#1B1F24", "#59626C", "#FFFFFF"

Item = TypeVar("Item")


def pick_evenly(items: Sequence[Item], most: int = MOST_FRAMES) -> list[Item]:
    """Pick at most `most` items at even distances, the first and the last among them."""
    if len(items) <= most:
        return list(items)
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]


def film_gif(frames: Sequence[FrameDrawn]) -> bytes:
    """Make an endless GIF of the frames at twice their size, dark ink on white, at most MOST_FRAMES of them. Raises
    ValueError without frames.
    """
    return _film(frames, "GIF", disposal=1, optimize=True)


def film_webp(frames: Sequence[FrameDrawn]) -> bytes:
    """As `film_gif`, but a WebP: two thirds of the size."""
    return _film(frames, "WEBP", lossless=True, quality=0, method=0)


def poster(frames: Sequence[FrameDrawn], title: str) -> bytes:
    """Up to MOST_MOMENTS frames side by side on white paper as a PNG, each over its round and seconds.

    Raises ValueError without frames.
    """
    if not frames:
        raise ValueError("a poster needs at least one frame")
    frames = pick_evenly(frames, MOST_MOMENTS)
    across = min(ACROSS, len(frames))
    down = -(-len(frames) // across)
    across = -(-len(frames) // down)  # 6 as 3 and 3
    cell, row = SIDE + MARGIN, SIDE + CAPTION + MARGIN
    paper = Image.new("L", (across * cell + MARGIN, HEADING + down * row + MARGIN), 255)
    pen = ImageDraw.Draw(paper)
    pen.text((MARGIN, MARGIN), title, INK, _font_for(title, pen, paper.width - 2 * MARGIN))
    for number, frame in enumerate(frames):
        left, top = MARGIN + number % across * cell, MARGIN + HEADING + number // across * row
        paper.paste(_decode(frame).convert("L"), (left, top))
        pen.rectangle((left - 1, top - 1, left + SIDE, top + SIDE), outline="#D5DAE0")
        pen.text((left, top + SIDE + 8), caption(frame), QUIET, ImageFont.load_default(20))
    with io.BytesIO() as file:
        paper.save(file, "PNG")
        return file.getvalue()


def _font_for(title: str, pen: ImageDraw.ImageDraw, width: int) -> Any:
    """The largest font in which the title fits."""
    fonts = [ImageFont.load_default(size) for size in (24, 20, 16, 12, 9)]
    return next((font for font in fonts if pen.textlength(title, font) <= width), fonts[-1])


def caption(frame: FrameDrawn) -> str:
    """As in "round 1,240, 31 s"."""
    seconds = f"{frame.seconds:.1f}" if frame.seconds < 10 else f"{frame.seconds:,.0f}"
    return f"round {frame.step:,}, {seconds} s"


def durations(count: int) -> list[int]:
    """How long each of so many frames is shown, in ms, in whole hundredths of a second; the last one rests."""
    each = min(SLOWEST_MS, max(FASTEST_MS, PLAYED_MS // max(count - 1, 1))) // 10 * 10
    return [each] * (count - 1) + [LAST_MS]


def _film(frames: Sequence[FrameDrawn], kind: str, **how: Any) -> bytes:
    frames = pick_evenly(frames)
    if not frames:
        raise ValueError("a film needs at least one frame")
    # A generator: Pillow reads one frame after the other, and memory never holds all of them decoded.
    first, *rest = frames
    with io.BytesIO() as file:
        _enlarge(first, kind).save(
            file,
            kind,
            save_all=True,
            append_images=(_enlarge(frame, kind) for frame in rest),
            duration=durations(len(frames)),
            loop=0,
            **how,
        )
        return file.getvalue()


def _enlarge(frame: FrameDrawn, kind: str) -> Image.Image:
    """Enlarge a frame twice; a GIF gets GREYS shades, the same in every frame."""
    small = _decode(frame)
    large = small.resize((SCALE * small.width, SCALE * small.height), Image.Resampling.NEAREST)
    return large if kind == "GIF" else large.convert("RGB")


def _decode(frame: FrameDrawn) -> Image.Image:
    """Decode a frame to dark ink on white, in GREYS shades."""
    with Image.open(io.BytesIO(frame.content), formats=("PNG", "WEBP")) as picture:
        light = np.asarray(picture.convert("L"), np.float32)
    step = 255 // (GREYS - 1)
    shades = Image.fromarray(np.rint((255 - light) / step).astype(np.uint8), "P")
    shades.putpalette([step * i for i in range(GREYS) for _ in range(3)])
    return shades
