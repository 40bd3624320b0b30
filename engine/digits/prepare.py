"""From strokes or a picture to the 28x28 digit a network reads, prepared exactly as MNIST was. Imports no torch."""

import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from engine.catalogue.params import SpecError
from engine.digits.ink import digits_in, extent, find_ink, stroke_width, thicken
from engine.digits.pictures import picture_from_bytes as picture_from_bytes
from engine.text import Text

MIN_SIZE_PX, MAX_SIZE_PX = 16, 4096
MAX_PEN_PX = 512
MAX_STROKES, MAX_POINTS = 500, 20_000

SIDE, BOX = 28, 20  # px of the digit, and of the square its longer side fills
FINE = 8  # strokes are drawn at this multiple, then averaged down
PEN_PX = 2.0, 3.8  # in the box; nine out of ten strokes of MNIST are 1.6 to 3.6 px wide
THIN_PX = 1.5  # in the box: thinner lines of a picture are drawn out to PEN_PX
MAX_ZOOM = 4  # of a small drawing against its pen, so that a dot stays a dot
SHOWN_PX = 280

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Strokes on a pad, in its pixels, in the order drawn; x goes right and y down."""

    width_px: float
    height_px: float
    pen_px: float
    strokes: tuple[tuple[Point, ...], ...]


Grey = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One of several digits: what the network sees of it, uint8 `(28, 28)`, and the left, top, right and bottom of its
    ink, as shares of the whole pad or picture."""

    image: Grey
    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What the network sees, uint8 `(28, 28)`, light ink on 0, how it came about, as named pictures; and where that
    looks like several digits beside each other, each of them."""

    image: Grey
    steps: tuple[tuple[str, Image.Image], ...]
    parts: tuple[Part, ...] = ()


def drawing_from_json(data: object) -> Drawing:
    """Read `{"size": [w, h], "width": px, "strokes": [[[x, y], ...], ...]}` from anywhere. Raises SpecError.

    Points outside the pad are moved to its edge.
    """
    if not isinstance(data, dict):
        raise SpecError(Text("This is not a drawing."), Text("Expected an object with size, width and strokes."))
    size, strokes = data.get("size"), data.get("strokes")
    if not isinstance(size, list) or len(size) != 2:
        raise SpecError(Text("The drawing has no size."), Text("Give size as [width, height] in pixels."))
    misfit = Text("The drawing's size does not fit.")
    width, height = (_length(side, misfit, MIN_SIZE_PX, MAX_SIZE_PX) for side in size)
    pen = _length(data.get("width"), Text("The drawing's pen width does not fit."), 0.1, MAX_PEN_PX)
    if not isinstance(strokes, list) or not all(isinstance(stroke, list) for stroke in strokes):
        raise SpecError(Text("The drawing has no strokes."), Text("Give strokes as a list of lists of points."))
    if len(strokes) > MAX_STROKES or sum(map(len, strokes)) > MAX_POINTS:
        cure = Text("Keep to {strokes} strokes and {points:,} points.", strokes=MAX_STROKES, points=MAX_POINTS)
        raise SpecError(Text("The drawing is too long."), cure)
    return Drawing(width, height, pen, tuple(tuple(_point(p, width, height) for p in s) for s in strokes))


def prepare(source: Drawing | Image.Image) -> Prepared | None:
    """Crop to the ink, fit its longer side into 20 px, put its centre of mass in the middle; None without ink.

    After "The MNIST database": https://yann.lecun.com/exdb/mnist/
    """
    return _prepare_drawing(source) if isinstance(source, Drawing) else _prepare_picture(source)


def _prepare_drawing(drawing: Drawing) -> Prepared | None:
    prepared = _prepare_one_drawing(drawing)
    if prepared is None:
        return None
    ink = np.asarray(prepared.steps[0][1])
    return replace(prepared, parts=_parts_of_drawing(drawing, ink, ink.shape[1] / drawing.width_px))


def _prepare_one_drawing(drawing: Drawing) -> Prepared | None:
    points = [point for stroke in drawing.strokes for point in stroke]
    if not points:
        return None
    scale = min(1.0, SHOWN_PX / max(drawing.width_px, drawing.height_px))
    size = round(drawing.width_px * scale), round(drawing.height_px * scale)
    ink = _draw(drawing, (0.0, 0.0), scale, drawing.pen_px * scale, size)

    left, top = min(x for x, _ in points), min(y for _, y in points)
    wide, high = max(x for x, _ in points) - left, max(y for _, y in points) - top
    extent = max(wide, high)
    pen = min(max(BOX * drawing.pen_px / (extent + drawing.pen_px), PEN_PX[0]), PEN_PX[1])
    fit = min((BOX - pen) / extent if extent else math.inf, MAX_ZOOM * pen / drawing.pen_px)
    box = max(1, round(wide * fit + pen)), max(1, round(high * fit + pen))
    origin = left + (wide - box[0] / fit) / 2, top + (high - box[1] / fit) / 2
    crop = _draw(drawing, origin, fit * FINE, pen * FINE, (box[0] * FINE, box[1] * FINE))
    return _centre((("ink", ink), ("crop", crop)), crop.reduce(FINE))


def _parts_of_drawing(drawing: Drawing, ink: Grey, scale: float) -> tuple[Part, ...]:
    """Each digit from its own strokes: those that have most of their points in it."""
    masks = digits_in(ink)
    if not masks:
        return ()
    strokes: list[list[tuple[Point, ...]]] = [[] for _ in masks]
    for stroke in filter(None, drawing.strokes):
        places = [(min(int(y * scale), ink.shape[0] - 1), min(int(x * scale), ink.shape[1] - 1)) for x, y in stroke]
        inside = [sum(bool(mask[place]) for place in places) for mask in masks]
        if any(inside):
            strokes[inside.index(max(inside))].append(stroke)
    parts = []
    for mask, own in zip(masks, strokes, strict=True):
        alone = _prepare_one_drawing(replace(drawing, strokes=tuple(own))) if own else None
        if alone:
            parts.append(Part(alone.image, _box(mask)))
    return tuple(parts)


def _prepare_picture(picture: Image.Image) -> Prepared | None:
    ink = find_ink(np.asarray(picture.convert("L")))
    if ink is None:
        return None
    crop, fitted = _fitted(ink)
    prepared = _centre((("picture", picture), ("ink", Image.fromarray(ink)), ("crop", crop)), fitted)
    return replace(prepared, parts=_parts_of_picture(ink))


def _parts_of_picture(ink: Grey) -> tuple[Part, ...]:
    inside = extent(ink)
    inked = Image.fromarray(ink[inside])
    parts = []
    for mask in digits_in(np.asarray(inked.reduce(max(1, max(inked.size) // (BOX * FINE))))):
        whole = np.zeros(ink.shape, bool)
        whole[inside] = Image.fromarray(mask).resize(inked.size)
        own, alone = _fitted(np.where(whole, ink, 0).astype(np.uint8))
        parts.append(Part(_centre((("crop", own),), alone).image, _box(whole)))
    return tuple(parts)


def _fitted(ink: Grey) -> tuple[Image.Image, Image.Image]:
    """Cut out to the ink; and that with its longer side of 20 px."""
    crop = Image.fromarray(ink[extent(ink)])
    if stroke_width(np.asarray(crop)) * BOX < THIN_PX * max(crop.size):
        crop = _with_readable_strokes(crop)
    scale = BOX / max(crop.size)
    return crop, crop.resize(
        (max(1, round(crop.width * scale)), max(1, round(crop.height * scale))), Image.Resampling.BOX
    )


def _box(mask: Grey) -> Box:
    rows, columns = extent(mask)
    high, wide = mask.shape
    left, right = round(columns.start / wide, 4), round(columns.stop / wide, 4)
    return left, round(rows.start / high, 4), right, round(rows.stop / high, 4)


def _with_readable_strokes(crop: Image.Image) -> Image.Image:
    """The crop at `FINE` times the box, its thin lines drawn out to a width that survives at 20 px."""
    scale = BOX * FINE / max(crop.size)
    size = max(1, round(crop.width * scale)), max(1, round(crop.height * scale))
    fine = np.asarray(crop.resize(size, Image.Resampling.BICUBIC))
    missing = PEN_PX[0] * FINE - stroke_width(fine)
    return Image.fromarray(thicken(fine, max(0, round(missing / 2))))


def _centre(steps: tuple[tuple[str, Image.Image], ...], fitted: Image.Image) -> Prepared:
    """Stretch the ink to full strength and place it; MNIST's centres of mass lie at pixel 14, to the nearest pixel."""
    small = np.asarray(fitted, np.float32)
    small = np.rint(small * (255 / max(small.max(), 1))).astype(np.uint8)
    height, width = small.shape
    mass = max(int(small.sum()), 1)
    x = SIDE / 2 - float((small.sum(0) * np.arange(width)).sum()) / mass
    y = SIDE / 2 - float((small.sum(1) * np.arange(height)).sum()) / mass
    left, top = min(max(round(x), 0), SIDE - width), min(max(round(y), 0), SIDE - height)
    image = np.zeros((SIDE, SIDE), np.uint8)
    image[top : top + height, left : left + width] = small
    told = *steps, ("20 x 20", Image.fromarray(small)), ("centred", Image.fromarray(image))
    return Prepared(image, told)


def _draw(drawing: Drawing, origin: Point, scale: float, pen: float, size: tuple[int, int]) -> Image.Image:
    """The strokes as white lines with round ends and joins; `pen` is in pixels of the picture."""
    picture = Image.new("L", size)
    draw = ImageDraw.Draw(picture)
    width = max(1, round(pen))
    radius = (width - 1) / 2  # Pillow counts both edges of an ellipse in, so that it is as wide as the line
    for stroke in drawing.strokes:
        last: Point | None = None
        for point in stroke:
            x, y = (point[0] - origin[0]) * scale, (point[1] - origin[1]) * scale
            if last and math.hypot(x - last[0], y - last[1]) < 0.7 and point is not stroke[-1]:
                continue
            if last:
                draw.line((*last, x, y), 255, width)
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
            last = x, y
    return picture


def _point(data: object, width: float, height: float) -> Point:
    x, y = (_finite(value) for value in data) if isinstance(data, list) and len(data) == 2 else (None, None)
    if x is None or y is None:
        raise SpecError(
            Text("A point of the drawing is not a pair of finite numbers."), Text("Give each point as [x, y].")
        )
    return min(max(x, 0.0), width), min(max(y, 0.0), height)


def _length(value: object, misfit: Text, low: float, high: float) -> float:
    length = _finite(value)
    if length is None or not low <= length <= high:
        raise SpecError(misfit, Text("Use a number of pixels from {low:g} to {high:g}.", low=low, high=high))
    return length


def _finite(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
