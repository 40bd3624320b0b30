"""Opens pictures from anywhere, within bounds: small ones here, large ones in a process of their own."""

import atexit

from PIL import Image

from engine.digits.apart import Decoder
from engine.digits.decode import KEPT_SIDE as KEPT_SIDE
from engine.digits.decode import cost_of, decode

SMALL = 5_000_000  # bytes to decode: what the pad sends is at most 1024 px a side

LARGE = Decoder()
atexit.register(LARGE.close)


def picture_from_bytes(content: bytes) -> Image.Image:
    """The picture in grey, as a person sees it: first frame, upright, transparency on paper, at most 320 px a side.

    Raises SpecError, before decoding where the header says enough.
    """
    return decode(content) if cost_of(content) <= SMALL else LARGE.decode(content)
