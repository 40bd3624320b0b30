"""Decodes pictures of strangers within bounds: PNG, JPEG, WebP, GIF, BMP to upright grey or colour. Imports no torch,
no numpy.

The header decides, before anything is decoded. Run as a program it is the process for large pictures: it reads pictures
from stdin and answers on stdout until stdin ends.
"""

import json
import signal
import struct
import sys
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from engine.catalogue.params import SpecError
from engine.text import Text

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
MAX_DECODED = 80_000_000  # bytes that decoding may take beside the file itself
MAX_MEMORY = 250_000_000  # bytes of the process for large pictures, where the system can hold it to that
KEPT_SIDE = 320  # px; a digit needs 20
BAND = 16  # rows of the small picture that are made at a time
ONE_BYTE, TWO_BYTES = ("1", "L", "P"), ("I;16", "I;16B", "I;16L")
LENGTH, ASKED = struct.Struct(">Q"), struct.Struct(">QB")
SIZE = struct.Struct(">HH")


def cost_of(content: bytes, colour: bool = False) -> int:
    """Bytes that decoding the picture takes, as far as its header tells. Raises SpecError where it will not do."""
    picture, cost = _opened(content, colour)
    picture.close()
    return cost


def decode(content: bytes, colour: bool = False) -> Image.Image:
    """The picture in grey, or as RGB in `colour`, as a person sees it: first frame, upright, transparency on paper, at
    most 320 px a side.

    Raises SpecError.
    """
    picture, _ = _opened(content, colour)
    try:
        with picture:
            return ImageOps.exif_transpose(_shrunk(picture, "RGB" if colour else "L"))
    except Exception as error:
        raise _damaged() from error


def _opened(content: bytes, colour: bool) -> tuple[Image.Image, int]:
    """The picture, of which only the header is read, and what decoding it costs in bytes."""
    if len(content) > MAX_BYTES:
        what = Text("The picture has more than {most} MB.", most=MAX_BYTES // 1_000_000)
        raise SpecError(what, Text("Choose a smaller one."))
    try:
        picture = Image.open(BytesIO(content), formats=FORMATS)
        pixels = picture.width * picture.height
        picture.draft(
            "RGB" if colour else "L", (2 * KEPT_SIDE, 2 * KEPT_SIDE)
        )  # a JPEG is decoded no finer than needed
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except UnidentifiedImageError:
        cure = Text("Choose one of {formats}.", formats=", ".join(FORMATS))
        raise SpecError(Text("This file is not a picture."), cure) from None
    except Exception as error:  # decoders of untrusted files raise whatever they stumble over
        raise _damaged() from error
    if pixels > MAX_PIXELS:
        raise _too_large()
    cost = _cost(picture, pixels)
    if cost > MAX_DECODED:
        most = MAX_DECODED * pixels // cost / 1e6
        what = Text("The picture has more than {most:.3g} megapixels of this kind.", most=most)
        raise SpecError(what, Text("Choose a smaller one."))
    return picture, cost


def _cost(picture: Image.Image, pixels: int) -> int:
    if picture.format == "WEBP":
        return 16 * pixels  # two canvases, a copy of the frame, and the picture
    if picture.info.get("progressive"):
        return 6 * pixels  # all coefficients, whatever the size it is drafted at
    each = 1 if picture.mode in ONE_BYTE else 2 if picture.mode in TWO_BYTES else 4
    return each * picture.width * picture.height


def _shrunk(picture: Image.Image, mode: str) -> Image.Image:
    """The picture in mode L or RGB, shrunk, with its EXIF data."""
    if picture.mode.startswith(("I", "F")):  # 16 or 32 bits a pixel
        small = _stretched(_reduced(picture, "F")).convert(mode)
    elif picture.has_transparency_data:
        small = _on_paper(_reduced(picture, "RGBA"), mode)
    else:
        small = _reduced(picture, mode)
    small.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.BOX, reducing_gap=None)
    small.info = picture.info
    return small


def _reduced(picture: Image.Image, mode: str) -> Image.Image:
    """The picture in another mode, at least `KEPT_SIDE` long where it was; band by band, for the whole may be large."""
    picture.load()
    width, height = picture.size
    factor = max(1, max(width, height) // (2 * KEPT_SIDE))
    small = Image.new(mode, (-(-width // factor), -(-height // factor)))
    band = BAND * factor
    for top in range(0, height, band):
        rows = picture.crop((0, top, width, min(top + band, height))).convert(mode)
        small.paste(rows.reduce(factor), (0, top // factor))
    return small


def _stretched(values: Image.Image) -> Image.Image:
    """From the least value, black, to the largest, white."""
    low, high = values.getextrema()
    assert isinstance(low, float) and isinstance(high, float)
    scale = 255 / max(high - low, 1)
    return values.point(lambda value: value * scale + -low * scale).convert("L")


def _on_paper(picture: Image.Image, mode: str) -> Image.Image:
    """A see-through picture on white paper, or on black where its ink is white."""
    for paper in ("white", "black"):
        whole = Image.alpha_composite(Image.new("RGBA", picture.size, paper), picture)
        low, high = whole.convert("L").getextrema()
        if low != high:
            break
    return whole.convert(mode)


def _too_large() -> SpecError:
    what = Text("The picture has more than {most:.3g} megapixels.", most=MAX_PIXELS / 1e6)
    return SpecError(what, Text("Choose a smaller one."))


def _damaged() -> SpecError:
    return SpecError(Text("The picture is damaged."), Text("Save it again, or take a screenshot of it."))


def main() -> None:
    """For each length, 1 for colour, and picture on stdin, on stdout width and height and the pixels, or twice 0 and a
    refusal as two texts in JSON, each after its length."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends this
    limit_memory()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while head := requests.read(ASKED.size):
        try:
            length, colour = ASKED.unpack(head)
            picture = decode(requests.read(length), bool(colour))
            answers.write(SIZE.pack(*picture.size) + picture.tobytes())
        except SpecError as error:
            texts = [json.dumps(text.to_json()).encode() for text in (error.what, error.cure)]
            answers.write(SIZE.pack(0, 0) + b"".join(LENGTH.pack(len(text)) + text for text in texts))
        answers.flush()


def limit_memory(most: int = MAX_MEMORY) -> None:
    """Let this process have no more than so many bytes."""
    if sys.platform == "linux":  # elsewhere the header's word counts alone
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


if __name__ == "__main__":
    main()
