"""The bundled model, on MNIST's test set and on what people really give it: drawings, screenshots and photos."""

from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from engine.data.mnist import load_mnist
from engine.digits.prepare import Drawing, picture_from_bytes, prepare
from engine.files import ASSETS
from engine.training.predict import probabilities
from engine.training.saving import Saved, load_model
from tests.engine.digits.handwriting import HANDWRITING, drawn

PATH = ASSETS / "models" / "demo.safetensors"


@pytest.fixture(scope="module")
def demo() -> Saved:
    return load_model(PATH)


def read(demo: Saved, source: Drawing | Image.Image) -> int:
    prepared = prepare(source)
    assert prepared is not None
    return int(probabilities(demo.model, torch.from_numpy(prepared.image)[None]).argmax())


def test_it_reads_995_of_1000_test_pictures_and_says_so(demo: Saved) -> None:
    data = load_mnist()
    correct = (probabilities(demo.model, data.test_images).argmax(1) == data.test_labels).double().mean().item()
    assert correct >= 0.995
    assert demo.facts["test_accuracy"] == pytest.approx(correct, abs=3e-4)  # the last bits differ between processors


def test_it_is_small_enough_to_bundle() -> None:
    assert PATH.stat().st_size < 2_000_000


@pytest.mark.parametrize("name", HANDWRITING)
def test_it_reads_drawings_with_any_pen_size_place_and_slant(demo: Saved, name: str) -> None:
    ways = [
        {"pen": pen, "height": height, "slant": slant, "at": at}
        for pen in (3, 8, 16, 30)
        for height, at in ((180, (0.5, 0.5)), (70, (0.2, 0.2)), (70, (0.8, 0.75)), (250, (0.5, 0.5)))
        for slant in (-0.1, 0.0, 0.15, 0.3)
    ]
    wrong = [way for way in ways if read(demo, drawn(name, **way)) != HANDWRITING[name][0]]
    assert not wrong


@pytest.mark.parametrize("name", HANDWRITING)
def test_it_reads_a_thin_pen_on_a_large_screen_and_a_finger_on_a_small_one(demo: Saved, name: str) -> None:
    digit = HANDWRITING[name][0]
    assert read(demo, drawn(name, pad=2400, height=2000, pen=4)) == digit
    assert read(demo, drawn(name, pad=120, height=100, pen=16)) == digit


def written(name: str, *, ink: int, paper: int, pen: int = 14) -> Image.Image:
    """The handwriting as a scan: hard edges, much paper around."""
    picture = Image.new("L", (400, 500), paper)
    draw = ImageDraw.Draw(picture)
    for stroke in drawn(name, pad=400, height=260, pen=pen).strokes:
        draw.line(stroke, ink, pen, joint="curve")
    return picture


def photographed(picture: Image.Image, seed: int) -> Image.Image:
    """The picture under a lamp from one side, the shadow of a hand over a corner, with grain and blur."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : picture.height * 1j, 0 : 1 : picture.width * 1j]
    light = 1 - 0.35 * x - 0.15 * y**2 - 0.2 / (1 + np.exp(-(x + y - 1.6) / 0.03))
    grain = random.normal(0, 4, light.shape)
    pixels = np.clip(np.asarray(picture) * light + grain, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(1))


def uploaded(picture: Image.Image, format: str, **options: object) -> Image.Image:
    buffer = BytesIO()
    picture.save(buffer, format, **options)
    return picture_from_bytes(buffer.getvalue())


@pytest.mark.parametrize("name", HANDWRITING)
def test_it_reads_scans_dark_on_light_and_light_on_dark(demo: Saved, name: str) -> None:
    for ink, paper in ((0, 255), (255, 0), (90, 200), (230, 60)):
        for pen in (3, 14, 30):
            assert read(demo, uploaded(written(name, ink=ink, paper=paper, pen=pen), "PNG")) == HANDWRITING[name][0]


@pytest.mark.parametrize("name", HANDWRITING)
def test_it_reads_photos_with_shade_grain_and_blur_taken_either_way_up(demo: Saved, name: str) -> None:
    sideways = Image.Exif()
    sideways[0x0112] = 6
    for seed, ink in enumerate((30, 80, 120)):
        photo = photographed(written(name, ink=ink, paper=210), seed)
        turned = uploaded(photo.rotate(90, expand=True), "JPEG", quality=85, exif=sideways)
        assert read(demo, uploaded(photo, "JPEG", quality=70)) == HANDWRITING[name][0]
        assert read(demo, turned) == HANDWRITING[name][0]


@pytest.mark.parametrize("digit", range(10))
def test_it_reads_printed_digits(demo: Saved, digit: int) -> None:
    for size, ink, paper in ((40, 0, 255), (120, 0, 255), (300, 240, 30)):
        picture = Image.new("L", (2 * size, 2 * size), paper)
        ImageDraw.Draw(picture).text((size, size), str(digit), ink, ImageFont.load_default(size), anchor="mm")
        assert read(demo, uploaded(picture, "PNG")) == digit
