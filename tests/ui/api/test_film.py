"""The film of a GAN over HTTP, read back with Pillow, and every refusal in words."""

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image

from engine.catalogue.names import clean
from tests.engine.export.hostile import CHOSEN
from tests.ui.api.test_routes import Server
from tests.ui.gan.gan_shelf import Shelf, Shown, full_shelf, is_sentence, served
from ui.api.requests import download


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return full_shelf()


@pytest.fixture(scope="module")
def server(shelf: Shelf) -> Iterator[Server]:
    with served(shelf) as server:
        yield server


def film_of(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_frames_are_kept_by_the_browser(server: Server, shelf: Shelf) -> None:
    answer = server.ask("GET", "/api/runs/told/frames/3")
    assert answer.body == shelf.films["told"][2].content
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert server.ask("GET", "/api/runs/plane/frames/1").headers["content-type"] == "application/json"


@pytest.mark.parametrize(("kind", "part", "count"), [("gif", "", 20), ("webp", "", 20), ("gif", "?from=3&to=6", 4)])
def test_the_film_is_a_file_to_take_home(server: Server, shelf: Shelf, kind: str, part: str, count: int) -> None:
    answer = server.ask("GET", f"/api/runs/told/film.{kind}{part}")
    assert answer.headers["content-type"] == f"image/{kind}"
    assert answer.headers["content-disposition"] == f'attachment; filename="tiny-gan-film.{kind}"'
    film = film_of(answer.body)
    assert film.size == (560, 560)
    assert film.info["loop"] == 0
    shown = 0.0
    for number in range(film.n_frames):  # type: ignore[attr-defined]
        film.seek(number)
        film.load()
        shown += film.info["duration"]
    assert shown == sum([400] * (count - 1) + [2500])


def test_a_poster_has_the_moments_asked_for(server: Server) -> None:
    wide = film_of(server.ask("GET", "/api/runs/told/poster.png?frames=1,8,20").body)
    assert wide.size == (3 * 308 + 28, 52 + 348 + 28)
    answer = server.ask("GET", "/api/runs/told/poster.png")
    assert answer.headers["content-disposition"] == 'attachment; filename="tiny-gan-poster.png"'
    assert film_of(answer.body).size == (4 * 308 + 28, 52 + 3 * 348 + 28)


def test_a_file_to_take_home_has_a_plain_name_whatever_the_run_is_called(server: Server, shelf: Shelf) -> None:
    shelf.films["hostile"] = shelf.films["told"][:1]
    for name in CHOSEN:
        shelf.runs["hostile"] = Shown(shelf.runs["told"].job, name=clean(name))
        for path in ("film.gif", "poster.png"):
            answer = server.ask("GET", f"/api/runs/hostile/{path}")
            assert answer.status == 200
            named = answer.headers["content-disposition"]
            assert re.fullmatch(r'attachment; filename="[a-z0-9][a-z0-9-]{0,70}\.[a-z]{3}"', named), named
            assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("file", ["", "..", "a/b.gif", 'a".gif', "a\r\nb", "a.gif\n", "ä.gif", ".gif", "a" * 200])
def test_a_download_under_any_other_name_is_a_mistake(file: str) -> None:
    with pytest.raises(ValueError, match="not a plain name"):
        download(b"", "image/gif", file)


@pytest.mark.parametrize(
    "path",
    [
        "/api/runs/nobody/frames/1",
        "/api/runs/told/frames/999",
        "/api/runs/told/frames/0",
        "/api/runs/nobody/film.gif",
        "/api/runs/told/film.mp4",
        "/api/runs/told/film.gif?from=500",
        "/api/runs/told/film.gif?from=9&to=3",
        "/api/runs/classifier/film.webp",
        "/api/runs/told/poster.png?frames=77",
        "/api/runs/..%2f..%2fetc/frames/1",
    ],
)
def test_what_is_not_there_is_said_in_words(server: Server, path: str) -> None:
    status, sentence = server.ask("GET", path).refusal
    assert status == 404
    assert is_sentence(sentence)


@pytest.mark.parametrize(
    "path",
    [
        "frames/x",
        "frames/-1",
        "frames/1e3",
        "frames/%C2%B2",
        "frames/" + "9" * 400,
        "film.gif?from=x",
        "film.gif?to=-3",
        "poster.png?frames=1,,2",
        "poster.png?frames=" + ",".join(map(str, range(13))),
        "poster.png?frames=" + "1," * 5000,
    ],
)
def test_a_number_that_is_none_is_refused(server: Server, path: str) -> None:
    status, sentence = server.ask("GET", f"/api/runs/told/{path}").refusal
    assert status == 400
    assert is_sentence(sentence)


def test_points_make_no_film(server: Server) -> None:
    for path in ("film.gif", "poster.png"):
        status, sentence = server.ask("GET", f"/api/runs/plane/{path}").refusal
        assert status == 409
        assert "points" in sentence
