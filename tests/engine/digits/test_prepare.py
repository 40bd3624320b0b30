"""Strokes and pictures on their way to 28x28: MNIST's own proportions, and everything that is refused."""

import json
import math
import struct
import subprocess
import sys
import zlib
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFilter

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist
from engine.digits.ink import digits_in
from engine.digits.pictures import KEPT_SIDE
from engine.digits.prepare import (
    MAX_POINTS,
    MAX_STROKES,
    Drawing,
    Prepared,
    drawing_from_json,
    picture_from_bytes,
    prepare,
)
from engine.files import ASSETS
from engine.training.predict import probabilities
from engine.training.saving import load_model
from tests.engine.digits.handwriting import HANDWRITING, drawn

SEVEN = {"size": [280, 280], "width": 16, "strokes": [[[60, 50], [200, 50], [120, 240]]]}


def encoded(picture: Image.Image, format: str = "PNG", **options: object) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()


def pixels(prepared: Prepared | None) -> np.ndarray:
    assert prepared is not None
    assert prepared.image.shape == (28, 28) and prepared.image.dtype == np.uint8
    return prepared.image.astype(float)


def box(image: np.ndarray) -> tuple[int, int]:
    rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
    return int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)


def centre_of_mass(image: np.ndarray) -> tuple[float, float]:
    places = np.arange(28)
    return (image.sum(1) @ places) / image.sum(), (image.sum(0) @ places) / image.sum()


def likeness(first: np.ndarray, second: np.ndarray) -> float:
    """Cosine of the angle between two digits, each blurred so that a shift by one pixel counts little."""
    a, b = (
        np.asarray(Image.fromarray(image.astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.5)), float).ravel()
        for image in (first, second)
    )
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def sketch(mode: str = "L", ink: object = 0, paper: object = 255, size: tuple[int, int] = (200, 240)) -> Image.Image:
    """A large 7 on paper."""
    picture = Image.new(mode, size, paper)
    ImageDraw.Draw(picture).line([(50, 50), (150, 50), (90, 200)], ink, 18, joint="curve")
    return picture


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A grey PNG whose header says what it likes."""
    header = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in (header, *chunks, (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("name", HANDWRITING)
@pytest.mark.parametrize("way", [{}, {"pen": 1}, {"pen": 48}, {"height": 30, "pen": 4}, {"pad": 3000, "height": 2500}])
def test_drawings_get_mnist_s_box_and_centre_of_mass(name: str, way: dict[str, float]) -> None:
    image = pixels(prepare(drawn(name, **way)))
    assert max(box(image)) in (19, 20, 21) and image.max() == 255
    assert all(abs(place - 14) <= 0.5 for place in centre_of_mass(image))


def test_place_and_size_of_a_drawing_do_not_matter() -> None:
    middle = pixels(prepare(drawn("5", height=150, pen=16)))
    corner = pixels(prepare(drawn("5", height=150, pen=16, at=(0.3, 0.3))))
    large = pixels(prepare(drawn("5", pad=1120, height=600, pen=64)))
    assert likeness(corner, middle) > 0.99 and likeness(large, middle) > 0.99


def test_any_pen_leaves_strokes_as_wide_as_in_mnist() -> None:
    ink = [pixels(prepare(drawn("3", pen=pen))).sum() for pen in (1, 8, 16, 32, 64)]
    mnist = load_mnist().train_images[load_mnist().train_labels == 3].sum((1, 2)).double()
    assert sorted(ink) == ink
    assert mnist.quantile(0.02) < ink[0] and ink[-1] < mnist.quantile(0.98)


def test_a_dot_is_drawn_and_an_empty_pad_is_blank() -> None:
    dot = pixels(prepare(drawing_from_json({**SEVEN, "strokes": [[[10, 270]]]})))
    assert max(box(dot)) <= 6 and dot[14, 14] == 255
    assert prepare(drawing_from_json({**SEVEN, "strokes": []})) is None
    assert prepare(drawing_from_json({**SEVEN, "strokes": [[], []]})) is None


def test_steps_are_pictures_with_names() -> None:
    prepared = prepare(drawing_from_json(SEVEN))
    assert prepared is not None
    assert [name for name, _ in prepared.steps] == ["ink", "crop", "20 x 20", "centred"]
    assert max(prepared.steps[2][1].size) == 20 and prepared.steps[3][1].size == (28, 28)
    of_picture = prepare(sketch())
    assert of_picture is not None
    assert [name for name, _ in of_picture.steps] == ["picture", "ink", "crop", "20 x 20", "centred"]
    assert all(picture.mode == "L" for _, picture in (*prepared.steps, *of_picture.steps))


def test_points_outside_the_pad_are_moved_to_its_edge() -> None:
    far = {**SEVEN, "strokes": [[[-1e300, 50], [10**300, 240]]]}
    assert drawing_from_json(far).strokes == (((0.0, 50.0), (280.0, 240.0)),)


@pytest.mark.parametrize(
    "changed",
    [
        {"strokes": [[[math.nan, 1]]]},
        {"strokes": [[[1, math.inf]]]},
        {"strokes": [[[1, -math.inf]]]},
        {"strokes": [[[1, 10**400]]]},
        {"strokes": [[[1]]]},
        {"strokes": [[[1, 2, 3]]]},
        {"strokes": [[["1", 2]]]},
        {"strokes": [[[True, 2]]]},
        {"strokes": [[None]]},
        {"strokes": [1]},
        {"strokes": [[[[1, 2]]]]},
        {"strokes": {"0": []}},
        {"strokes": None},
        {"strokes": [[[1, 1]] * (MAX_POINTS + 1)]},
        {"strokes": [[]] * (MAX_STROKES + 1)},
        {"size": [280]},
        {"size": [0, 280]},
        {"size": [280, 100_000]},
        {"size": [math.nan, 280]},
        {"size": "280"},
        {"width": 0},
        {"width": -3},
        {"width": math.nan},
        {"width": 10**400},
        {"width": None},
    ],
)
def test_bad_drawings_are_refused_in_a_sentence_and_a_cure(changed: dict[str, object]) -> None:
    with pytest.raises(SpecError) as refused:
        drawing_from_json({**SEVEN, **changed})
    assert (
        str(refused.value.what).endswith(".")
        and str(refused.value.cure).endswith(".")
        and len(str(refused.value)) < 150
    )


@pytest.mark.parametrize("data", [None, [], "strokes", 7, {}, json.loads("[" * 900 + "]" * 900)])
def test_what_is_no_drawing_is_refused(data: object) -> None:
    with pytest.raises(SpecError):
        drawing_from_json(data)


def test_mnist_s_own_pictures_come_through_nearly_unchanged() -> None:
    for image in load_mnist().test_images[:200].numpy():
        for picture in (image, 255 - image):
            assert likeness(pixels(prepare(Image.fromarray(picture))), image) > 0.9


def test_dark_on_light_and_light_on_dark_are_the_same_digit() -> None:
    dark, light = prepare(sketch(ink=20, paper=235)), prepare(sketch(ink=235, paper=20))
    assert np.array_equal(pixels(dark), pixels(light))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_every_format_is_opened(format: str) -> None:
    picture = picture_from_bytes(encoded(sketch(), format))
    assert picture.mode == "L" and picture.size == (200, 240)
    assert likeness(pixels(prepare(picture)), pixels(prepare(sketch()))) > 0.97


@pytest.mark.parametrize(
    "picture",
    [
        sketch("RGB", (160, 0, 0), (250, 240, 220)),
        sketch("RGB", (0, 0, 0), (255, 255, 255)).quantize(),
        sketch("1", 0, 1),
        sketch("RGBA", (0, 0, 0, 255), (0, 0, 0, 0)),
        sketch("RGBA", (255, 255, 255, 255), (255, 255, 255, 0)),
        sketch("LA", (0, 255), (0, 0)),
        sketch("I;16", 1000, 60_000),
    ],
    ids=lambda picture: picture.mode,
)
def test_colours_transparency_and_16_bits_are_read_as_seen(picture: Image.Image) -> None:
    assert likeness(pixels(prepare(picture_from_bytes(encoded(picture)))), pixels(prepare(sketch()))) > 0.97


def test_an_animation_gives_its_first_frame() -> None:
    film = encoded(sketch(), "GIF", save_all=True, append_images=[Image.new("L", (200, 240), 255)] * 3)
    assert np.array_equal(pixels(prepare(picture_from_bytes(film))), pixels(prepare(sketch())))


@pytest.mark.parametrize(("orientation", "turn"), [(1, 0), (3, 180), (6, 90), (8, 270)])
def test_a_photo_taken_sideways_is_turned_upright(orientation: int, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(sketch().rotate(turn, expand=True), "JPEG", quality=95, exif=exif)
    picture = picture_from_bytes(content)
    assert picture.size == (200, 240)
    assert likeness(pixels(prepare(picture)), pixels(prepare(sketch()))) > 0.97


def test_a_large_photo_is_kept_small() -> None:
    picture = picture_from_bytes(encoded(sketch(size=(6000, 4000)), "JPEG"))
    assert max(picture.size) == KEPT_SIDE


def test_shading_grain_specks_and_a_table_s_edge_are_not_ink() -> None:
    random = np.random.default_rng(1)
    y, x = np.mgrid[0:1:300j, 0:1:240j]
    paper = 210 - 90 * x - 40 * y * y + random.normal(0, 4, x.shape)
    paper[:, :14] = 40
    for row, column in random.integers(20, 220, (20, 2)):
        paper[row : row + 3, column : column + 3] -= 60
    digit = np.zeros_like(paper)
    digit[40:280, 30:230] = np.asarray(sketch())[:, :] == 0
    photo = Image.fromarray(np.clip(paper - 70 * digit, 0, 255).astype(np.uint8))
    read = pixels(prepare(picture_from_bytes(encoded(photo, "JPEG", quality=80))))
    assert likeness(read, pixels(prepare(sketch()))) > 0.95


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_without_ink_is_blank(level: int) -> None:
    assert prepare(picture_from_bytes(encoded(Image.new("L", (300, 200), level)))) is None
    grain = np.random.default_rng(0).normal(level, 3, (200, 300)).clip(0, 255).astype(np.uint8)
    assert prepare(Image.fromarray(grain)) is None


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 300), (5000, 1), (3, 28)])
def test_odd_sizes_do_not_trouble_it(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, size[::-1]).astype(np.uint8)
    prepare(picture_from_bytes(encoded(Image.fromarray(noise))))


TRUNCATED = encoded(sketch(), "JPEG")[:1500]
HUGE = png(10_000, 10_000, (b"IDAT", zlib.compress(bytes(100))))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"just some text, named digit.png", "not a picture"),
        (b"", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (encoded(sketch(), "TIFF"), "not a picture"),
        (encoded(sketch(), "PDF"), "not a picture"),
        (HUGE, "more than 40 megapixels"),
        (png(60_000, 60_000), "more than 40 megapixels"),
        (png(2**31 - 1, 2**31 - 1), "megapixels|not a picture|damaged"),
        (png(0, 0), "not a picture|damaged"),
        (TRUNCATED, "damaged"),
        (encoded(sketch())[:200], "damaged"),
        (png(100, 100, (b"IDAT", b"\x00" * 50)), "damaged"),
        (png(100, 100, (b"IDAT", zlib.compress(b"a" * 10))), "damaged"),
        (b"RIFF\xff\xff\xff\x7fWEBPVP8X\n\x00\x00\x00\x02\x00\x00\x00\xff\x3f\x00\xff\x3f\x00", "picture|damaged"),
        (b"GIF89a\xff\xff\xff\xff\x00\x00\x00,", "picture|damaged|megapixels"),
        (b"BM" + b"\xff" * 100, "picture|damaged|megapixels"),
        (bytes(20_000_001), "more than 20 MB"),
    ],
)
def test_bad_pictures_are_refused_in_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(SpecError, match=says) as refused:
        picture_from_bytes(content)
    assert len(str(refused.value)) < 120


def test_a_hundred_megapixels_are_refused_before_they_are_decoded() -> None:
    whole = png(10_000, 10_000, (b"IDAT", zlib.compress(bytes(10_001) * 10_000)))
    script = (
        "import sys, resource\nfrom engine.digits.prepare import picture_from_bytes\n"
        "from engine.catalogue.params import SpecError\n"
        "resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))\n"
        "try:\n    picture_from_bytes(sys.stdin.buffer.read())\nexcept SpecError as error:\n    print(error)\n"
    )
    pytest.importorskip("resource")
    done = subprocess.run([sys.executable, "-c", script], input=whole, capture_output=True, check=True)
    assert b"more than 40 megapixels" in done.stdout


def test_random_bytes_behind_every_signature_never_do_more_than_be_refused() -> None:
    random = np.random.default_rng(0)
    for format in ("PNG", "JPEG", "WEBP", "GIF", "BMP"):
        good = bytearray(encoded(sketch(), format))
        for _ in range(60):
            bad = bytearray(good)
            for place in random.integers(4, len(bad), 12):
                bad[place] = random.integers(256)
            try:
                prepare(picture_from_bytes(bytes(bad)))
            except SpecError as error:
                assert "picture" in str(error.what)


def test_neither_drawing_nor_picture_needs_torch() -> None:
    script = "import sys, engine.digits.prepare; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout.strip() == b"False"


def beside(first: np.ndarray, second: np.ndarray, gap: int) -> Image.Image:
    """Two MNIST digits in one picture, dark on light, `gap` px of paper between their ink."""
    one, two = (digit[:, digit.any(0)] for digit in (first, second))
    line = np.hstack([np.zeros((28, 6)), one, np.zeros((28, gap)), two, np.zeros((28, 6))])
    return Image.fromarray((255 - np.pad(line, ((6, 6), (0, 0)))).astype(np.uint8)).resize((480, 400))


def test_single_digits_of_mnist_are_nearly_never_called_two() -> None:
    images = np.asarray(load_mnist().test_images).reshape(-1, 28, 28)
    assert sum(bool(digits_in(image)) for image in images) <= 3


def test_two_digits_of_mnist_beside_each_other_are_called_two() -> None:
    images = np.asarray(load_mnist().test_images).reshape(-1, 28, 28)[:200]
    seen = [prepare(beside(images[i], images[i + 1], 3)) for i in range(0, 80, 2)]
    assert sum(len(one.parts) == 2 for one in seen if one) >= 0.85 * len(seen)


@pytest.mark.parametrize("name", HANDWRITING)
def test_one_drawn_digit_is_one_and_two_are_two(name: str) -> None:
    one = drawn(name, height=110, pen=10, at=(0.25, 0.5))
    other = drawn("1", height=110, pen=10, at=(0.75, 0.5))
    assert [prepared.parts for prepared in (prepare(one),) if prepared] == [()]
    both = prepare(Drawing(one.width_px, one.height_px, one.pen_px, one.strokes + other.strokes))
    assert both and len(both.parts) == 2
    alone = prepare(one)
    assert alone and np.array_equal(both.parts[0].image, alone.image), "as if it stood there alone"
    (left, top, right, bottom), (begins, *_) = both.parts[0].box, both.parts[1].box
    assert 0 <= left < right <= begins <= 1 and 0 <= top < bottom <= 1


def read(images: list[np.ndarray]) -> list[int]:
    """What the bundled network reads."""
    model = load_model(ASSETS / "models" / "demo.safetensors").model
    digits: list[int] = probabilities(model, torch.from_numpy(np.stack(images))).argmax(1).tolist()
    return digits


def test_a_year_is_cut_into_its_digits_and_each_is_read() -> None:
    strokes = [drawn(name, height=66, pen=8, at=(0.14 + 0.24 * i, 0.5)) for i, name in enumerate(("2", "0", "2", "6"))]
    whole = Drawing(280, 280, 8, tuple(stroke for one in strokes for stroke in one.strokes))
    prepared = prepare(whole)
    assert prepared and len(prepared.parts) == 4
    assert read([part.image for part in prepared.parts]) == [2, 0, 2, 6]
    assert [part.box for part in prepared.parts] == sorted(part.box for part in prepared.parts)


def test_a_picture_of_several_digits_is_cut_and_each_is_read() -> None:
    data = load_mnist()
    images = np.asarray(data.test_images).reshape(-1, 28, 28)
    right = whole = 0
    for i in range(0, 60, 3):
        line = np.hstack([np.pad(images[i + k][:, images[i + k].any(0)], ((6, 6), (3, 3))) for k in range(3)])
        picture = Image.fromarray(255 - np.pad(line, 8)).resize((4 * (line.shape[1] + 16), 4 * 56))
        prepared = prepare(picture)
        assert prepared
        if len(prepared.parts) == 3:
            whole += 1
            right += read([part.image for part in prepared.parts]) == data.test_labels[i : i + 3].tolist()
    assert whole >= 16 and right >= whole - 1
