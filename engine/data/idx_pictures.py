"""Pictures with labels in pairs of IDX files, as MNIST, KMNIST and EMNIST have them, read from strangers within
bounds: each becomes a file in the folder of its class. Imports no torch."""

import io
import math
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import PurePosixPath

import numpy as np
from PIL import Image

from engine.catalogue.params import SpecError
from engine.data.fitting import Pixels
from engine.text import Text

MOST_BYTES = 64_000_000  # of a file, packed or not
LARGEST_SIDE = 256  # px
PICTURES, LABELS = 0x803, 0x801  # the first four bytes of bytes in three dimensions, and in one
_NAME = re.compile(r"(?P<before>.*)images(?P<dot>[.-])idx3(?P<after>[.-]ubyte)(\.gz)?", re.IGNORECASE)
Read = Callable[[], bytes]


def is_idx(path: str) -> bool:
    """Whether a file is called as those of IDX are."""
    return re.search(r"idx[13][.-]ubyte(\.gz)?$", path, re.IGNORECASE) is not None


def pairs_of(files: Mapping[str, Read]) -> list[tuple[str, str]]:
    """The paths of pictures and of their labels, of the files by their paths."""
    names = {path.lower().removesuffix(".gz"): path for path in files}
    found = []
    for path in files:
        if match := _NAME.fullmatch(path):
            labels = f"{match['before']}labels{match['dot']}idx1{match['after']}".lower()
            if labels in names:
                found.append((path, names[labels]))
    return sorted(found)


def part_of(path: str) -> str:
    """The folder of the part of the data set that a file's name tells; empty where it tells none."""
    name = PurePosixPath(path).name.lower()
    return "train" if "train" in name else "test" if "test" in name or "t10k" in name else ""


def pictures_in(path: str, pictures: Read, labels: Read, most: int) -> tuple[list[tuple[int, Read]], int]:
    """The first `most` pictures of a pair, each as its label and what returns it as a PNG; how many there are in all.
    Raises SpecError where the files are none or do not belong together."""
    (count, high, wide), pixels = _content(pictures(), PICTURES, 3, most)
    (named,), classes = _content(labels(), LABELS, 1, most)
    if count != named:
        what = Text("{name} has {count:,} pictures and {named:,} labels.", name=_short(path), count=count, named=named)
        raise SpecError(what, Text("Send two files that belong together."))
    if not 1 <= high <= LARGEST_SIDE or not 1 <= wide <= LARGEST_SIDE:
        what = Text("The pictures of {name} have {high:,} × {wide:,} pixels.", name=_short(path), high=high, wide=wide)
        raise SpecError(what, Text("Use pictures of up to {most} pixels a side.", most=LARGEST_SIDE))
    images = pixels.reshape(-1, high, wide)
    return [(int(label), partial(_png, image)) for image, label in zip(images, classes, strict=True)], count


def _png(image: Pixels) -> bytes:
    with io.BytesIO() as file:
        Image.fromarray(image).save(file, "PNG")
        return file.getvalue()


def _content(content: bytes, magic: int, dimensions: int, most: int) -> tuple[tuple[int, ...], Pixels]:
    """The sizes in a file's head, and what of the first `most` items follows, uint8."""
    head = 4 + 4 * dimensions
    begin = _unpacked(content, head)
    if len(begin) < head or struct.unpack(">I", begin[:4])[0] != magic:
        raise SpecError(
            Text("This is no IDX file of bytes."), Text("Send pictures as idx3-ubyte, labels as idx1-ubyte.")
        )
    sizes = struct.unpack(f">{dimensions}I", begin[4:])
    size = min(sizes[0], most) * math.prod(sizes[1:])
    if size > MOST_BYTES:
        raise SpecError(Text("The pictures of this IDX file are too large."), Text("Send smaller ones."))
    found = _unpacked(content, head + size)[head:]
    if len(found) < size:
        raise SpecError(Text("This IDX file ends too early."), Text("Fetch it again."))
    return sizes, np.frombuffer(found, np.uint8)


def _unpacked(content: bytes, size: int) -> bytes:
    """The first `size` bytes of a file, which may be compressed."""
    if content[:2] != b"\x1f\x8b":
        return content[:size]
    try:
        return zlib.decompressobj(31).decompress(content, size)
    except zlib.error as error:
        raise SpecError(Text("This IDX file is damaged."), Text("Fetch it again.")) from error


def _short(path: str) -> str:
    return PurePosixPath(path).name[:80]
