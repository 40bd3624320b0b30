"""Finds the ink in a scan, a screenshot or a photo: light from paper, dark from light, the digit from specks."""

from typing import Any

import numpy as np

Array = np.ndarray[tuple[int, ...], np.dtype[Any]]

MIN_CONTRAST = 14  # grey levels between ink and paper
TRUSTED_LEVELS = 12  # grey levels off the surface that paper may well be
GRAIN = 5  # ink stands out so many times further than the paper's own unevenness
QUARTER = 0.3186  # standard deviations: a quarter of a normal distribution is nearer to its mean
SMALLEST_SHARE = 0.02  # of the picture's longer side: what is smaller is grain
WIDE_SHARE = 0.35  # of the longer side: what is wider both ways is a shadow or a table, not a stroke
PART_SHARE = 0.05  # of the largest part: what is smaller is a speck
INK_SHARE = 0.45  # of the digit's own level: what is fainter is a ruled line
EDGE_SHARE = 0.15  # of the picture's border: what lines more of it is a table
TWO_LEVEL = 0.25  # of the strongest ink: what is fainter does not join two digits
SEVERAL_HEIGHT, SEVERAL_SHARE = 0.6, 0.15  # of all ink, what one of several digits beside each other has at least
NEAR_SHARE = 0.25  # of the largest part's longer side: what is further away is something else
LINE_SHARE = 0.6  # the same for the next digit of a number: as high, and on the same line


def find_ink(grey: Array) -> Array | None:
    """uint8 `(height, width)`, dark on light or light on dark, to the same shape, ink up to 255 on 0; None if blank.

    Both are tried; ink is what is further from the paper, where the other finds the insides of loops.
    """
    paper = _paper(grey)
    found = [_dark_ink(grey, paper), _dark_ink(255 - grey, 255 - paper)]
    return max((each for each in found if each), key=lambda each: each[0], default=(0.0, None))[1]


def _dark_ink(grey: Array, paper: Array) -> tuple[float, Array] | None:
    """The ink that is darker than what is around it, and how much darker than the paper it is."""
    depth = _fill_shapes(grey, paper).astype(np.float32) - grey
    shallow = depth[depth < MIN_CONTRAST]
    depth -= float(np.median(shallow)) if shallow.size else 0.0  # grain lets everything seem filled a little
    grain = float(np.percentile(np.abs(depth), 25)) / QUARTER
    digit = _digit(depth, max(MIN_CONTRAST, GRAIN * grain))
    if digit is None:
        return None
    strongest = float(np.percentile(depth[digit], 90))
    faintest = min(GRAIN * grain, strongest / 3)
    ink = np.clip((depth - faintest) / (strongest - faintest), 0, 1) * _dilate(digit, 2)
    return float(np.median((paper - grey)[digit])), np.rint(ink * 255).astype(np.uint8)


def digits_in(ink: Array) -> list[Array]:
    """Masks of the digits that stand beside each other, from left to right; none where the ink looks like one digit.

    Parts above one another are one group. A digit is a group nearly as high as the whole and with much of the ink. Of
    MNIST's 10,000 test digits 3 seem to be several.
    """
    labels = _parts(ink > TWO_LEVEL * int(ink.max()))
    parts = [(np.flatnonzero((labels == n).any(0)), labels == n) for n in range(1, int(labels.max()) + 1)]
    groups: list[tuple[int, Array]] = []  # the last column of each, and its mask
    for columns, mask in sorted(parts, key=lambda part: int(part[0][0])):
        if groups and columns[0] <= groups[-1][0]:
            groups[-1] = max(groups[-1][0], int(columns[-1])), groups[-1][1] | mask
        else:
            groups.append((int(columns[-1]), mask))
    high = len(np.flatnonzero(ink.any(1)))
    large = [m for _, m in groups if np.ptp(np.flatnonzero(m.any(1))) + 1 >= SEVERAL_HEIGHT * high]
    least = min(SEVERAL_SHARE, 0.5 / max(1, len(large))) * float(ink.sum())
    found = [mask for mask in large if float(ink[mask].sum()) >= least]
    return found if len(found) >= 2 else []


def stroke_width(ink: Array) -> float:
    """Mean width of strokes in pixels: twice the ink's area over the length of its edges, counted by their slope."""
    level = ink / max(float(ink.max()), 1.0)
    padded = np.pad(level, 1)
    down, across = np.diff(padded, axis=0)[:, 1:], np.diff(padded, axis=1)[1:]
    edges = float(np.hypot(down, across).sum())
    return 2 * float(level.sum()) / max(edges, 1e-9)


def thicken(ink: Array, radius: int) -> Array:
    """Make every stroke wider by `radius` pixels on each side."""
    return _dilate(np.pad(ink, radius), radius)


def _paper(grey: Array) -> Array:
    """A quadratic surface that fits most of the picture, and most of its border.

    Fitted by weights that shrink where it does not fit, from three starts: the border, the darker and the lighter half.
    """
    height, width = grey.shape
    every = max(1, max(height, width) // 64)
    sample = grey[::every, ::every].astype(np.float64)
    y, x = np.mgrid[-1 : 1 : sample.shape[0] * 1j, -1 : 1 : sample.shape[1] * 1j]
    terms, levels = _terms(x, y).reshape(6, -1).T, sample.ravel()
    border = (np.maximum(np.abs(x), np.abs(y)) > 0.9).ravel()
    middle = (levels.min() + levels.max()) / 2
    fits = [_fit(terms, levels, start) for start in (border, levels <= middle, levels >= middle)]
    places = 1 + 3 * border
    best = max(fits, key=lambda fit: float((_trust(levels - terms @ fit) * places).sum()))
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return np.tensordot(best, _terms(x, y), 1)


def _fit(terms: Array, levels: Array, start: Array) -> Array:
    """Fit the coefficients of the surface by iteratively reweighted least squares, ten times."""
    weights: Array = start + 1e-3
    fit: Array = np.zeros(6)
    for _ in range(10):
        weighted = terms.T * weights**2
        fit = np.linalg.lstsq(weighted @ terms, weighted @ levels, rcond=None)[0]
        weights = _trust(levels - terms @ fit)
    return fit


def _trust(off: Array) -> Array:
    return 1 / (1 + (off / TRUSTED_LEVELS) ** 2)


def _terms(x: Array, y: Array) -> Array:
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y])


def _fill_shapes(grey: Array, paper: Array) -> Array:
    """Fill every dark shape in which a large square does not fit: strokes go, shadows stay."""
    side = max(3, round(WIDE_SHARE * max(grey.shape)))
    depth = np.pad(paper - grey, side, "edge")
    around = np.pad(grey, side, "edge")  # a shadow goes on outside the picture; a digit cut out closely does not
    inky = depth > float(np.percentile(paper - grey, 99.8)) / 2
    inky[side:-side, side:-side] = False
    around[inky] = np.pad(paper, side, "edge").clip(0, 255).astype(np.uint8)[inky]
    for choose in (np.maximum, np.minimum):
        for axis in (0, 1):
            around = _slide(around, side, axis, choose)
    return around[side:-side, side:-side]


def _digit(depth: Array, floor: float) -> Array | None:
    """Mask of the main part of what stands out, and of the parts beside it; None when there is nothing but grain."""
    labels, main = _main_part(depth, floor)
    if not main:
        return None
    # A ruled line that runs into the digit is fainter than the digit; so is a smear beside it.
    level = float(np.percentile(depth[labels == main], 95))
    labels, main = _main_part(depth, max(floor, INK_SHARE * level))
    rows, columns = extent(labels == main)
    side = max(rows.stop - rows.start, columns.stop - columns.start)
    if side < max(3, SMALLEST_SHARE * max(depth.shape)):
        return None
    area = np.bincount(labels.ravel())
    area[0] = 0
    large = np.flatnonzero((area >= PART_SHARE * area[main]) & ~_lining_border(labels))
    kept, reach = {main}, round(NEAR_SHARE * side)
    while True:
        rows, columns = extent(np.isin(labels, list(kept)))
        near = np.intersect1d(labels[_wider(rows, reach), _wider(columns, reach)], large)
        along = np.intersect1d(labels[rows, _wider(columns, round(LINE_SHARE * side))], large)
        beside = np.union1d(near, [label for label in along if _is_as_high(labels == label, labels == main)])
        if kept.issuperset(beside):
            return np.isin(labels, list(kept))
        kept.update(beside.tolist())


def _is_as_high(part: Array, other: Array) -> bool:
    """Whether two parts are about as high, and share most of their rows."""
    (rows, _), (others, _) = extent(part), extent(other)
    shared = min(rows.stop, others.stop) - max(rows.start, others.start)
    return bool(shared >= SEVERAL_HEIGHT * max(rows.stop - rows.start, others.stop - others.start))


def _main_part(depth: Array, threshold: float) -> tuple[Array, int]:
    """Labelled parts above the threshold, and the label of the one with most ink; 0 without any.

    One that lines the border is a table, unless there is nothing else.
    """
    labels = _parts(depth > threshold)
    ink: Array = np.bincount(labels.ravel(), depth.ravel())
    ink[0] = 0
    ink[_lining_border(labels)] *= 0.02
    return labels, int(ink.argmax())


def extent(mask: Array) -> tuple[slice, slice]:
    """The rows and the columns that hold anything; something must."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _wider(part: slice, reach: int) -> slice:
    return slice(max(part.start - reach, 0), part.stop + reach)


def _lining_border(labels: Array) -> Array:
    """For each label, whether that part takes up much of the picture's border."""
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.bincount(border, minlength=int(labels.max()) + 1) >= EDGE_SHARE * len(border)


def _parts(mask: Array) -> Array:
    """Label the connected parts of a mask, corners included, from 1 up; 0 elsewhere.

    Runs of pixels along the rows are joined to the runs they touch in the row above until nothing changes.
    """
    width = mask.shape[1] + 2  # a gap at both ends keeps runs within their row
    edges = np.diff(np.pad(mask, 1).astype(np.int8).ravel())
    starts, ends = np.flatnonzero(edges == 1) + 1, np.flatnonzero(edges == -1) + 1
    first = np.searchsorted(ends, starts - width, "left")  # of the runs above, the first that reaches my start
    last = np.searchsorted(starts, ends - width, "right")  # and the first that begins after my end
    counts = np.maximum(last - first, 0)
    mine = np.repeat(np.arange(len(starts)), counts)
    above = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    roots = np.arange(len(starts))
    while (roots[mine] != roots[above]).any():
        ours, theirs = roots[mine], roots[above]
        np.minimum.at(roots, np.maximum(ours, theirs), np.minimum(ours, theirs))
        roots = roots[roots[roots]]
    numbers = np.unique(roots, return_inverse=True)[1] + 1
    steps = np.zeros((mask.shape[0] + 2) * width, np.int64)
    steps[starts] += numbers
    steps[ends] -= numbers
    return np.cumsum(steps).reshape(-1, width)[1:-1, 1:-1]


def _dilate(picture: Array, radius: int) -> Array:
    """Set each pixel to the maximum within `radius` px, in an octagon."""
    for step in range(radius):
        across, down = (_slide(picture, 3, axis, np.maximum) for axis in (1, 0))
        picture = _slide(across, 3, 0, np.maximum) if step % 2 else np.maximum(across, down)
    return picture


def _slide(picture: Array, side: int, axis: int, choose: Any) -> Array:
    """Take the minimum or maximum of every window of `side` pixels along an axis, 0 outside; doubles the windows step
    by step."""
    pad = [(0, 0), (0, 0)]
    pad[axis] = (side // 2, side - 1 - side // 2)
    length, reach = picture.shape[axis], 1
    line = np.moveaxis(np.pad(picture, pad), axis, 0)
    while reach < side:
        step = min(reach, side - reach)
        line = choose(line[:-step], line[step:])
        reach += step
    return np.moveaxis(line[:length], 0, axis)
