"""The pictures of a data set to look at, a sheet for each class; and an own one to take away."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from engine.catalogue.params import SpecError
from engine.data.found import data_set, load_set
from engine.data.own import ARRAYS
from engine.data.sets import DataSet
from engine.text import Text
from engine.training.predict import as_image

COLUMNS, ROWS = 8, 2
SEARCHED = 5_000  # pictures among which those of a class are found
AT_LEAST = 56  # px a side of a picture on a sheet


def sheet(name: str, label: int) -> bytes:
    """The first training pictures of a class as WebP, rows of eight. Raises SpecError."""
    row = data_set(name)
    if not 0 <= label < len(row.reads.classes):
        raise SpecError(Text("There is no such class."), Text("Choose another one on the Data page."))
    data = load_set(name)
    places = (data.train_labels[:SEARCHED] == label).nonzero().flatten()[: COLUMNS * ROWS]
    image, times = grid(row, list(data.train_images[places]), COLUMNS), max(1, -(-AT_LEAST // row.shape[-1]))
    return as_webp(image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST))


def grid(row: DataSet, pictures: Sequence[Tensor], columns: int) -> Image.Image:
    """Pictures of a data set, uint8 (H, W) or (3, H, W), in rows of so many; what is left over is empty."""
    side = row.shape[-1]
    rows = max(1, -(-len(pictures) // columns))
    paper = np.full((rows * side, columns * side, 3), row.reads.empty, np.uint8)
    for place, picture in enumerate(pictures):
        top, left = place // columns * side, place % columns * side
        paper[top : top + side, left : left + side] = np.asarray(as_image(picture).convert("RGB"))
    return Image.fromarray(paper)


def as_webp(image: Image.Image) -> bytes:
    with io.BytesIO() as file:
        image.save(file, "WEBP", quality=90, method=2)
        return file.getvalue()


def take_away(folder: Path, target: Path) -> None:
    """Write the arrays of an own data set into one file, as exported programs read it."""
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}
    with target.open("wb") as file:
        np.savez_compressed(file, **arrays)
