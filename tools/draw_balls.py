"""Draw the pictures of the worked example: three kinds of balls in three folders, a zip archive. Everything is made by
this program: python -m tools.draw_balls [FILE]"""

import io
import math
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from engine.files import ASSETS, write_whole

SIDE, BIG = 96, 3  # px of a picture, and times as large as it is drawn
COUNTS = {"football": 76, "tennis ball": 77, "basketball": 77}
Colour = tuple[int, int, int]


def background(chance: np.random.Generator) -> Image.Image:
    """A ground of one of several sorts: lawn, floor boards, sand or a wall, never the same."""
    side = SIDE * BIG
    base = chance.integers(40, 215, 3).astype(float)
    sort = chance.integers(4)
    y, x = np.mgrid[0:side, 0:side] / side
    if sort == 0:
        base = np.array([50, 120, 45]) + chance.integers(-30, 30, 3)
        pattern = 14 * np.sin(200 * x + 30 * chance.random() * np.sin(9 * y))
    elif sort == 1:
        base = np.array([150, 110, 70]) + chance.integers(-30, 30, 3)
        pattern = 20 * (np.floor(y * chance.integers(3, 9)) % 2) + 5 * np.sin(90 * x)
    else:
        pattern = 40 * (x * chance.normal() + y * chance.normal())
    rough = np.asarray(Image.fromarray(chance.integers(0, 255, (12, 12)).astype(np.uint8)).resize((side, side), 3))
    pixels = base + pattern[..., None] + (rough[..., None] - 128.0) * 0.2
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def football(draw: ImageDraw.ImageDraw, r: float, chance: np.random.Generator) -> Colour:
    """White with dark five-sided patches."""
    turn = chance.random() * math.tau
    for ring, count, size in ((0.0, 1, 0.3), (0.72, 5, 0.27)):
        for k in range(count):
            at = turn + k * math.tau / 5
            cx, cy = r + ring * r * math.cos(at), r + ring * r * math.sin(at)
            corners = [
                (cx + size * r * math.cos(at + j * math.tau / 5), cy + size * r * math.sin(at + j * math.tau / 5))
                for j in range(5)
            ]
            draw.polygon(corners, fill=(28, 28, 34))
            if ring:
                draw.line([(r, r), (cx, cy)], fill=(90, 90, 96), width=max(1, round(r / 22)))
    return (236, 236, 232)


def tennis_ball(draw: ImageDraw.ImageDraw, r: float, chance: np.random.Generator) -> Colour:
    """Yellow-green with two white seams."""
    turn = chance.random() * math.tau
    for side in (0, math.pi):
        cx, cy = r + 1.35 * r * math.cos(turn + side), r + 1.35 * r * math.sin(turn + side)
        draw.ellipse([cx - r, cy - r, cx + r, cy + r], outline=(240, 244, 226), width=max(2, round(r / 9)))
    return (196, 214, 52)


def basketball(draw: ImageDraw.ImageDraw, r: float, chance: np.random.Generator) -> Colour:
    """Orange with dark seams: a cross and two arcs."""
    turn, line = chance.random() * math.tau, max(2, round(r / 14))
    for quarter in (0, 1):
        at = turn + quarter * math.pi / 2
        ends = [(r + s * r * math.cos(at), r + s * r * math.sin(at)) for s in (-1, 1)]
        draw.line(ends, fill=(52, 34, 26), width=line)
    for side in (0, math.pi):
        cx, cy = r + 1.25 * r * math.cos(turn + side), r + 1.25 * r * math.sin(turn + side)
        draw.ellipse([cx - r, cy - r, cx + r, cy + r], outline=(52, 34, 26), width=line)
    return (214, 112, 44)


KINDS: dict[str, Callable[[ImageDraw.ImageDraw, float, np.random.Generator], Colour]] = {
    "football": football,
    "tennis ball": tennis_ball,
    "basketball": basketball,
}


def ball(kind: str, chance: np.random.Generator) -> Image.Image:
    """A ball somewhere in the picture, lit from one side, with its shadow, sharp or blurred, in good light or bad."""
    picture, side = background(chance), SIDE * BIG
    r = side * chance.uniform(0.2, 0.42)
    x, y = (chance.uniform(0.85 * r, side - 0.85 * r) for _ in range(2))
    size = round(2 * r)
    seams = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    colour = KINDS[kind](ImageDraw.Draw(seams), r, chance)
    tint = np.clip(np.array(colour) + chance.normal(0, 12, 3), 0, 255).astype(np.uint8)
    skin = Image.alpha_composite(Image.new("RGBA", (size, size), (*(int(c) for c in tint), 255)), seams)
    v, u = (np.mgrid[0:size, 0:size] - r) / r
    light = chance.random() * math.tau
    lit = (
        0.72 + 0.45 * np.sqrt(np.clip(1 - u**2 - v**2, 0, 1)) * 0.6 - 0.3 * (u * math.cos(light) + v * math.sin(light))
    )
    pixels = np.asarray(skin.convert("RGB")) * lit[..., None] + chance.normal(0, 7, (size, size, 1))
    disc = Image.fromarray(((u**2 + v**2 < 0.98) * 255).astype(np.uint8))
    shadow = disc.filter(ImageFilter.GaussianBlur(r / 6)).point(lambda value: value * 0.5)
    place = (round(x - r), round(y - r))
    picture.paste((20, 20, 20), (place[0] + round(r / 7), place[1] + round(r / 6)), shadow)
    picture.paste(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), place, disc)
    picture = picture.resize((SIDE, SIDE), Image.Resampling.BOX).filter(
        ImageFilter.GaussianBlur(chance.uniform(0, 1.3))
    )
    noisy = np.asarray(picture) * chance.uniform(0.55, 1.25) + chance.normal(0, chance.uniform(2, 14), (SIDE, SIDE, 3))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ASSETS / "balls" / "balls.zip"
    chance = np.random.default_rng(7)
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for kind, count in COUNTS.items():
                for number in range(1, count + 1):
                    with io.BytesIO() as picture:
                        ball(kind, chance).save(picture, "JPEG", quality=85)
                        entry = zipfile.ZipInfo(f"balls/{kind}/{number:03}.jpg", (2026, 1, 1, 0, 0, 0))
                        archive.writestr(entry, picture.getvalue())
        write_whole(target, file.getvalue())
    print(f"{target}: {sum(COUNTS.values())} pictures, {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
