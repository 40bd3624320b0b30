"""Digits as a person draws them on a pad: strokes in a unit square, and their placing, slant and pen."""

import math

from engine.digits.prepare import Drawing, Point

Stroke = list[tuple[float, float]]


def arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> Stroke:
    """Points along an ellipse around (x, y), from one angle to another in degrees; 0 is right, 90 down."""
    angles = [math.radians(start + (end - start) * i / 24) for i in range(25)]
    return [(x + wide * math.cos(a), y + high * math.sin(a)) for a in angles]


HANDWRITING: dict[str, tuple[int, list[Stroke]]] = {
    "0": (0, [arc(0.35, 0.5, 0.33, 0.5, -80, 285)]),
    "1": (1, [[(0.5, 0.0), (0.49, 0.5), (0.5, 1.0)]]),
    "1 with a flag": (1, [[(0.25, 0.22), (0.5, 0.0), (0.5, 1.0)]]),
    "2": (2, [[*arc(0.35, 0.28, 0.32, 0.28, 190, 375), (0.5, 0.6), (0.05, 1.0), (0.75, 0.98)]]),
    "3": (3, [[*arc(0.35, 0.25, 0.3, 0.25, 205, 440), *arc(0.33, 0.73, 0.36, 0.27, 280, 510)]]),
    "4": (4, [[(0.3, 0.0), (0.05, 0.6), (0.75, 0.58)], [(0.58, 0.25), (0.55, 1.0)]]),
    "4 closed": (4, [[(0.55, 1.0), (0.55, 0.0), (0.0, 0.65), (0.8, 0.65)]]),
    "5": (5, [[(0.15, 0.0), (0.1, 0.42), *arc(0.32, 0.68, 0.36, 0.3, 235, 510)], [(0.15, 0.02), (0.7, 0.0)]]),
    "6": (6, [[(0.55, 0.0), (0.25, 0.28), *arc(0.35, 0.7, 0.3, 0.28, 190, 545)]]),
    "7": (7, [[(0.0, 0.02), (0.7, 0.0), (0.5, 0.4), (0.3, 1.0)]]),
    "7 with a bar": (7, [[(0.05, 0.02), (0.75, 0.0), (0.35, 1.0)], [(0.25, 0.5), (0.7, 0.48)]]),
    "8": (8, [[
        *arc(0.35, 0.25, 0.26, 0.25, -60, -270),
        *arc(0.35, 0.75, 0.32, 0.25, -90, 270),
        *arc(0.35, 0.25, 0.26, 0.25, 90, -60),
    ]]),
    "9": (9, [[*arc(0.35, 0.28, 0.28, 0.28, -30, -360), (0.62, 0.5), (0.5, 1.0)]]),
}  # fmt: skip


def drawn(
    name: str, *, pad: float = 280, height: float = 180, pen: float = 16, slant: float = 0.0, at: Point = (0.5, 0.5)
) -> Drawing:
    """The digit `height` px high, its middle at the share `at` of the pad, leaning by `slant` px a px of height."""
    strokes = HANDWRITING[name][1]
    points = [(x + slant * (0.5 - y), y) for stroke in strokes for x, y in stroke]
    middle = (min(x for x, _ in points) + max(x for x, _ in points)) / 2
    placed = tuple(
        tuple(
            (at[0] * pad + (x + slant * (0.5 - y) - middle) * height, at[1] * pad + (y - 0.5) * height)
            for x, y in stroke
        )
        for stroke in strokes
    )
    return Drawing(pad, pad, pen, placed)
