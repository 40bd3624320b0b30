"""The pictures of a data set to look at, a sheet for each class; and an own one to take away."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from engine.catalogue.params import SpecError
from engine.data.found import data_set
from engine.data.mnist import load_bundled, load_own
from engine.data.own import ARRAYS, is_own_name
from engine.text import Text

COLUMNS, ROWS = 8, 2
SEARCHED = 5_000  # pictures among which those of a class are found
AT_LEAST = 56  # px a side of a picture on a sheet


def sheet(name: str, label: int) -> bytes:
    """The first training pictures of a class as WebP, rows of eight. Raises SpecError."""
    row = data_set(name)
    if not 0 <= label < len(row.reads.classes):
        raise SpecError(Text("There is no such class."), Text("Choose another one on the Data page."))
    data = load_own(name) if is_own_name(name) else load_bundled(name)
    places = (data.train_labels[:SEARCHED] == label).nonzero().flatten()[: COLUMNS * ROWS]
    pictures = data.train_images[places].numpy()
    side = row.shape[-1]
    grid = np.full((ROWS * side, COLUMNS * side, 3), row.reads.empty, np.uint8)
    for place, picture in enumerate(pictures):
        top, left = place // COLUMNS * side, place % COLUMNS * side
        grid[top : top + side, left : left + side] = (
            picture.transpose(1, 2, 0) if picture.ndim == 3 else picture[..., None]
        )
    used = max(1, -(-len(pictures) // COLUMNS)) * side
    image, times = Image.fromarray(grid[:used]), max(1, -(-AT_LEAST // side))
    image = image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
    with io.BytesIO() as file:
        image.save(file, "WEBP", quality=90, method=2)
        return file.getvalue()


def take_away(folder: Path, target: Path) -> None:
    """Write the arrays of an own data set into one file, as exported programs read it."""
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}
    with target.open("wb") as file:
        np.savez_compressed(file, **arrays)
