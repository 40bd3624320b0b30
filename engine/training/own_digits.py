"""Digits that a visitor drew and named, as plain data: some of them are taught, the others only tested. No torch."""

import base64
import zlib
from dataclasses import dataclass
from random import Random

from engine.catalogue.params import SpecError
from engine.text import Text

SIDE = 28
PIXELS = SIDE * SIDE
LEAST, MOST = 20, 120
# A quarter of the places, two of each eight: those who draw 0 to 9 in turn hold back some of each.
HELD_BACK = frozenset(8 * eight + place for eight in range(MOST // 8) for place in Random(eight).sample(range(8), 2))
MOST_CHARACTERS = 4 * (PIXELS * MOST // 3 + 2)  # of a form in base64; what is compressed is mostly a fifth of it


@dataclass(frozen=True, slots=True)
class OwnDigits:
    """`pictures` holds 28 x 28 bytes for each of the `labels`, light ink on 0, in the order in which they were
    drawn."""

    labels: tuple[int, ...]
    pictures: bytes

    @property
    def held_back(self) -> tuple[int, ...]:
        """The places of those that are only tested."""
        return tuple(place for place in range(len(self.labels)) if place in HELD_BACK)

    @property
    def taught(self) -> tuple[int, ...]:
        """The places of the others."""
        return tuple(place for place in range(len(self.labels)) if place not in HELD_BACK)


def own_digits(labels: object, pictures: bytes) -> OwnDigits:
    """Check labels such as "7312" and pictures of 784 bytes each. Raises SpecError."""
    what = Text("These digits cannot be read.")
    if not isinstance(labels, str) or not labels.isascii() or not labels.isdecimal():
        raise SpecError(what, Text("Name each of them with a digit from 0 to 9."))
    if not LEAST <= len(labels) <= MOST:
        raise SpecError(
            Text("There are {count:,} digits.", count=len(labels)),
            Text("Draw at least {least} and at most {most}.", least=LEAST, most=MOST),
        )
    if len(pictures) != PIXELS * len(labels):
        raise SpecError(what, Text("Send 28 × 28 pixels for each of them."))
    return OwnDigits(tuple(map(int, labels)), pictures)


def own_digits_from_data(told: object) -> OwnDigits:
    """Read `{"labels": "7312", "pictures": base64 of zlib}` from anywhere. Raises SpecError."""
    what = Text("These digits cannot be read.")
    content = told.get("pictures") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(content, str) or len(content) > MOST_CHARACTERS:
        raise SpecError(what, Text("Send labels and pictures."))
    try:
        pictures = zlib.decompressobj().decompress(base64.b64decode(content, validate=True), PIXELS * MOST + 1)
    except (ValueError, zlib.error) as error:
        raise SpecError(what, Text("Draw them again.")) from error
    return own_digits(told.get("labels"), pictures)


def own_digits_to_data(digits: OwnDigits) -> dict[str, str]:
    content = base64.b64encode(zlib.compress(digits.pictures, 9)).decode()
    return {"labels": "".join(map(str, digits.labels)), "pictures": content}
