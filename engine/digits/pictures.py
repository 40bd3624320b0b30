"""Opens pictures from anywhere, within bounds: PNG, JPEG, WebP, GIF, BMP to upright grey. Imports no torch."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from engine.catalogue.params import SpecError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
KEPT_SIDE = 320  # px; a digit needs 20


def picture_from_bytes(content: bytes) -> Image.Image:
    """The picture in grey, as a person sees it: first frame, upright, transparency on paper, at most 320 px a side.

    Raises SpecError, before decoding where the header says enough.
    """
    if len(content) > MAX_BYTES:
        raise SpecError(f"The picture has more than {MAX_BYTES // 1_000_000} MB.", "Choose a smaller one.")
    try:
        picture = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except UnidentifiedImageError:
        raise SpecError("This file is not a picture.", f"Choose one of {', '.join(FORMATS)}.") from None
    except Exception as error:  # decoders of untrusted files raise whatever they stumble over
        raise _damaged() from error
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_large()
    try:
        with picture:
            picture.draft("L", (2 * KEPT_SIDE, 2 * KEPT_SIDE))  # a JPEG is decoded no finer than needed
            return ImageOps.exif_transpose(_grey(picture))
    except Exception as error:
        raise _damaged() from error


def _grey(picture: Image.Image) -> Image.Image:
    """The picture in mode L, shrunk, with its EXIF data."""
    if picture.mode.startswith(("I", "F")):  # 16 or 32 bits a pixel
        values = np.asarray(picture, np.float32)
        low, high = float(values.min()), float(values.max())
        grey = Image.fromarray(((values - low) * (255 / max(high - low, 1))).astype(np.uint8))
        grey.info = picture.info
    elif picture.has_transparency_data:
        grey = _on_paper(picture.convert("RGBA"))
    else:
        grey = picture.convert("L")
    grey.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.BOX, reducing_gap=None)
    return grey


def _on_paper(picture: Image.Image) -> Image.Image:
    """A see-through picture on white paper, or on black where its ink is white."""
    for paper in ("white", "black"):
        grey = Image.alpha_composite(Image.new("RGBA", picture.size, paper), picture).convert("L")
        low, high = grey.getextrema()
        if low != high:
            break
    grey.info = picture.info
    return grey


def _too_large() -> SpecError:
    return SpecError(f"The picture has more than {MAX_PIXELS // 1_000_000} megapixels.", "Choose a smaller one.")


def _damaged() -> SpecError:
    return SpecError("The picture is damaged.", "Save it again, or take a screenshot of it.")
