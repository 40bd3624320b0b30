"""Films and posters, read back with Pillow."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image, ImageSequence

from engine.gan.film import (
    LAST_MS,
    MOST_FRAMES,
    MOST_MOMENTS,
    SIDE,
    caption,
    durations,
    film_gif,
    film_webp,
    pick_evenly,
    poster,
)
from engine.training.events import FrameDrawn

FILMS = {"gif": film_gif, "webp": film_webp}


def picture(number: int) -> Image.Image:
    """Light ink on black in the 16 shades of a frame, another picture for every number."""
    shades = np.random.default_rng(number).integers(0, 16, (SIDE // 28, SIDE // 28)) * 17
    return Image.fromarray(np.kron(shades, np.ones((28, 28))).astype(np.uint8))


def frame(number: int, kind: str = "png") -> FrameDrawn:
    with io.BytesIO() as file:
        picture(number).save(file, kind, lossless=True)
        return FrameDrawn(100 * number, 2.5 * number, number, f"image/{kind}", file.getvalue())


@pytest.mark.parametrize("name", FILMS)
@pytest.mark.parametrize("kind", ["png", "webp"])
def test_a_film_shows_every_frame_at_twice_its_size_dark_on_white(name: str, kind: str) -> None:
    content = FILMS[name]([frame(number, kind) for number in range(1, 6)])
    with Image.open(io.BytesIO(content)) as film:
        assert film.format == name.upper()
        assert film.size == (2 * SIDE, 2 * SIDE)
        shown = [still.convert("L") for still in ImageSequence.Iterator(film)]
    assert len(shown) == 5
    for number, still in enumerate(shown, 1):
        wanted = 255 - np.asarray(picture(number).resize((2 * SIDE, 2 * SIDE), Image.Resampling.NEAREST), int)
        assert np.array_equal(np.asarray(still), wanted)


@pytest.mark.parametrize("name", FILMS)
def test_a_film_runs_forever_and_rests_on_its_last_frame(name: str) -> None:
    with Image.open(io.BytesIO(FILMS[name]([frame(number) for number in range(1, 5)]))) as film:
        assert film.info["loop"] == 0
        shown = []
        for number in range(film.n_frames):
            film.seek(number)
            film.load()
            shown.append(film.info["duration"])
    assert shown == durations(4)
    assert shown[-1] == LAST_MS > shown[0]


@pytest.mark.parametrize("count", [30, 86, 150, 299, 300])
def test_a_film_of_many_frames_lasts_8_to_15_seconds(count: int) -> None:
    assert 8_000 <= sum(durations(count)) <= 15_000
    assert all(ms % 10 == 0 for ms in durations(count))  # a GIF counts in hundredths


@pytest.mark.parametrize("name", FILMS)
def test_one_frame_is_a_film_too(name: str) -> None:
    with Image.open(io.BytesIO(FILMS[name]([frame(1)]))) as film:
        assert film.size == (2 * SIDE, 2 * SIDE)


def test_too_many_frames_are_thinned_evenly_and_keep_both_ends() -> None:
    chosen = pick_evenly(range(10_000))
    assert len(chosen) == MOST_FRAMES
    assert (chosen[0], chosen[-1]) == (0, 9_999)
    gaps = {after - before for before, after in itertools.pairwise(chosen)}
    assert max(gaps) - min(gaps) <= 1
    assert pick_evenly(range(5)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("count", "across"), [(1, 1), (3, 3), (6, 3), (8, 4), (12, 4), (40, 4)])
def test_a_poster_has_its_moments_in_rows(count: int, across: int) -> None:
    with Image.open(io.BytesIO(poster([frame(n) for n in range(1, count + 1)], "Conditional GAN"))) as paper:
        assert paper.format == "PNG"
        pixels = np.asarray(paper.convert("L"))
    chosen = pick_evenly(range(1, count + 1), MOST_MOMENTS)
    for place, number in enumerate(chosen):
        left, top = 28 + place % across * 308, 80 + place // across * 348
        wanted = 255 - np.asarray(picture(number), int)
        assert np.array_equal(pixels[top : top + SIDE, left : left + SIDE], wanted)
        assert pixels[top + SIDE + 2 : top + SIDE + 36, left : left + SIDE].min() < 120  # its caption
    assert pixels[28:60, 28:].min() < 60  # the title


def test_a_caption_says_the_round_and_the_seconds() -> None:
    moments = [FrameDrawn(0, 0.04, 1, "image/png", b""), FrameDrawn(1240, 31.4, 9, "image/png", b"")]
    assert [caption(moment) for moment in moments] == ["round 0, 0.0 s", "round 1,240, 31 s"]


@pytest.mark.parametrize("make", [film_gif, film_webp, lambda frames: poster(frames, "None")])
def test_nothing_is_made_of_no_frames(make: object) -> None:
    with pytest.raises(ValueError, match="at least one frame"):
        make([])  # type: ignore[operator]
