"""Makes a data set of a visitor's own from an archive or a folder: decodes every picture, leaves out what is none,
keeps the others small, and writes them as arrays. Runs as a program: in a process of its own, within bounds, for what
it reads comes from strangers. Imports no torch.

From stdin it reads what to do as JSON; on stdout it tells how far it is, a JSON object a line.
"""

import hashlib
import io
import json
import os
import shutil
import signal
import sys
import time
import zipfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine.catalogue.params import Shape, SpecError
from engine.data.fitting import WAY, Pixels, border, fit
from engine.data.gather import BROKEN, gather
from engine.data.own import ABOUT, INDEX, KEPT, ORIGIN, about_json, title_from, write_about
from engine.data.relabel import corrected
from engine.data.sets import DataSet
from engine.data.split_own import PARTS, order_of
from engine.digits.decode import FORMATS, decode, limit_memory
from engine.limits import MB, limits
from engine.network.reads import Reads
from engine.network.saved import LARGEST_SIDE, SMALLEST_SIDE
from engine.text import Text, text_from_json

KEPT_PX = 224  # the longer side of a picture that is kept
SMALL_PX = 96  # up to which it is kept without loss
NAMES = 5  # of files that were left out, for each reason
EVERY = 5  # pictures between two lines about how far it is
TWICE, ANIMATED = Text("the same picture twice"), Text("animated")
STOPPED = Text("takes too much to open")
LEAST_SPREAD = 0.02  # of pixels, for pictures of one colour
MEMORY = 600_000_000  # bytes of this process
NICE = 5  # the server and the browser come first


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the pictures are to be: in colour or grey, so many pixels a side, made square in a `way` of `fitting`."""

    title: str
    colour: bool = True
    side: int = 64
    way: str = "crop"

    @property
    def shape(self) -> Shape:
        return (3 if self.colour else 1, self.side, self.side)

    def check(self) -> None:
        """Raises SpecError."""
        WAY.check(self.way, Text("Pictures"))
        if not SMALLEST_SIDE <= self.side <= LARGEST_SIDE:
            what = Text("The pictures are to have {side} pixels a side.", side=self.side)
            raise SpecError(what, Text("Use from {least} to {most}.", least=SMALLEST_SIDE, most=LARGEST_SIDE))


@dataclass(slots=True)
class LeftOut:
    """What was left out, by the reason."""

    by_why: dict[str, tuple[Text, int, tuple[str, ...]]] = field(default_factory=dict)

    def add(self, why: Text, path: str) -> None:
        _, count, names = self.by_why.get(str(why), (why, 0, ()))
        self.by_why[str(why)] = (why, count + 1, (*names, path)[:NAMES])


Tell = Callable[[dict[str, Any]], None]


def make_set(
    source: Path | None,
    folder: Path,
    wanted: Wanted,
    owner: str,
    skipped: Collection[int],
    tell: Tell,
) -> None:
    """Make the data set in the new folder `folder`, from `source`, or without one from the pictures that are kept
    there. The pictures with the numbers in `skipped` are left out. Raises SpecError where it cannot be had."""
    wanted.check()
    folder.mkdir(parents=True, exist_ok=True)
    left_out = LeftOut()
    if source is not None:
        classes = _keep(source, folder, skipped, left_out, tell)
        told = list(left_out.by_why.values())
    else:
        about = json.loads((folder / ABOUT).read_bytes())
        classes = tuple(about["reads"]["classes"])
        told = [(text_from_json(one["why"]), one["count"], tuple(one["names"])) for one in about["left_out"]]
    _write(folder, wanted, owner, classes, told, tell)


def _keep(source: Path, folder: Path, skipped: Collection[int], left_out: LeftOut, tell: Tell) -> tuple[str, ...]:
    """Keep a small copy of every picture that can be read, and what is known of it; the classes."""
    gathered = gather(source)
    seen, kept = set[bytes](), list[dict[str, Any]]()
    with zipfile.ZipFile(folder / KEPT, "w", zipfile.ZIP_STORED) as archive:
        for number, found in enumerate(gathered.files):
            if number % EVERY == 0 or number in skipped:
                tell({"done": number, "of": len(gathered.files)})
            tell({"at": number})
            why = STOPPED if number in skipped else found.why
            picture = None
            if why is None:
                try:
                    picture = _opened(found.read())
                except OSError:
                    why = BROKEN
                except SpecError as error:
                    why = error.what
            if picture is not None:
                digest = hashlib.sha256(picture.tobytes() + bytes(str(picture.size), "ascii")).digest()
                why = TWICE if digest in seen else None
                seen.add(digest)
            if picture is None or why is not None:
                left_out.add(why or BROKEN, found.path)
                continue
            archive.writestr(f"{len(kept)}", _packed(picture))
            label = gathered.classes.index(found.label)
            kept.append({"part": found.part, "label": label, "alike": _alike(picture), "border": _edge(picture)})
    (folder / INDEX).write_text(json.dumps(kept), encoding="utf-8")
    labels = {one["label"] for one in kept}
    empty = [name for label, name in enumerate(gathered.classes) if label not in labels]
    if empty:
        what = Text("No picture of the class {name} can be read.", name=repr(empty[0]))
        cure = Text("Use {formats} files in it, or leave its folder out.", formats=", ".join(FORMATS))
        raise SpecError(what, cure)
    return gathered.classes


def _opened(content: bytes) -> Image.Image:
    """The picture as RGB, upright and small. Raises SpecError for what is none, or is animated."""
    picture = decode(content, colour=True)
    with Image.open(io.BytesIO(content), formats=FORMATS) as again:
        if getattr(again, "is_animated", False):
            raise SpecError(ANIMATED, Text("Use a single picture."))
    picture.thumbnail((KEPT_PX, KEPT_PX), Image.Resampling.BICUBIC)
    return picture


def _packed(picture: Image.Image) -> bytes:
    with io.BytesIO() as file:
        if max(picture.size) <= SMALL_PX:
            picture.save(file, "PNG", compress_level=1)
        else:
            picture.save(file, "JPEG", quality=92, subsampling=0)
        return file.getvalue()


def _alike(picture: Image.Image) -> str:
    """The same for pictures that differ in size or by compression alone."""
    return (np.asarray(picture.convert("L").resize((6, 6), Image.Resampling.BOX)) >> 5).tobytes().hex()


def _edge(picture: Image.Image) -> int:
    return border(np.asarray(picture.convert("L")))


def _write(
    folder: Path, wanted: Wanted, owner: str, classes: tuple[str, ...], left_out: Sequence[Any], tell: Tell
) -> None:
    """Write the arrays and what is said about them."""
    index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    parts = order_of(index, classes)
    pictures = sum(map(len, parts.values()))
    size = pictures * int(np.prod(wanted.shape))
    if size > limits().picture_mb * MB:
        what = Text("The pictures would take {size:,.0f} MB.", size=size / MB)
        raise SpecError(what, Text("Make them smaller or grey: {most:,} MB are the limit.", most=limits().picture_mb))
    empty = int(np.median([one["border"] for one in index]))
    order = {"train": parts["train"] + parts["validation"], "test": parts["test"]}
    sums, done = np.zeros(3), 0
    with zipfile.ZipFile(folder / KEPT) as archive:
        for part, places in order.items():
            shape = (len(places), *(wanted.shape if wanted.colour else wanted.shape[1:]))
            array = np.lib.format.open_memmap(folder / f"{part}_images.npy", "w+", np.uint8, shape)
            for number, place in enumerate(places):
                with Image.open(io.BytesIO(archive.read(f"{place}"))) as picture:
                    array[number] = fit(picture, wanted.shape, wanted.way, empty)
                if part == "train":
                    sums += _sums(array[number])
                done += 1
                if done % EVERY == 0:
                    tell({"done": done, "of": pictures})
            array.flush()
            np.save(folder / f"{part}_labels.npy", np.array([index[place]["label"] for place in places], np.int64))
    mean = sums[1] / sums[0]
    std = max(LEAST_SPREAD, float(np.sqrt(max(0.0, sums[2] / sums[0] - mean**2))))
    reads = Reads(folder.name.strip("."), classes, round(float(mean), 4), round(std, 4), empty)
    validation = len(parts["validation"])
    counts = [[sum(index[p]["label"] == label for p in parts[part]) for part in PARTS] for label in range(len(classes))]
    row = DataSet(
        title_from(wanted.title),
        reads,
        wanted.shape,
        len(order["train"]),
        len(order["test"]),
        min(train + held_back for train, held_back, _ in counts),
        ORIGIN,
        validation=validation,
        is_own=True,
        way=wanted.way,
    )
    taken = sum(path.stat().st_size for path in folder.iterdir())
    write_about(folder, about_json(row, owner, counts, left_out, time.time(), taken, corrected(index)))


def _sums(pixels: Pixels) -> Any:
    """How many, their sum and that of their squares, on the scale 0 to 1."""
    values = pixels.astype(np.float64) / 255
    return np.array([values.size, values.sum(), np.square(values).sum()])


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends this
    if hasattr(os, "nice"):
        os.nice(NICE)
    asked = json.loads(sys.stdin.read())
    limit_memory(MEMORY)

    def tell(line: dict[str, Any]) -> None:
        print(json.dumps(line), flush=True)

    source = Path(asked["source"]) if asked["source"] else None
    folder = Path(asked["folder"])
    try:
        make_set(source, folder, Wanted(**asked["wanted"]), asked["owner"], asked["skipped"], tell)
        tell({"made": True})
    except SpecError as error:
        tell({"what": error.what.to_json(), "cure": error.cure.to_json()})
    except MemoryError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


if __name__ == "__main__":
    main()
