"""A GAN over HTTP: its pictures against the engine's own, and every refusal in words."""

import base64
import io
import json
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.data.mnist import load_mnist
from engine.gan.config import GanSpec
from engine.gan.play import QUIZ, typical_distance
from engine.gan.quality import find_nearest
from engine.gan.sampling import SHEET, GanModels, draw, fixed_z, make_gan, make_judge, real_pictures, verdicts
from engine.gan.train import FIXED_SEED
from tests.ui.api.test_routes import JSON, SEVEN, Answer, Server
from tests.ui.gan.gan_shelf import STEPS, Shelf, Shown, Z, full_shelf, is_sentence, served, tiny
from ui.api import gan as gan_routes
from ui.api.gan import QUESTION_BYTES


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return full_shelf()


@pytest.fixture(scope="module")
def server(shelf: Shelf) -> Iterator[Server]:
    with served(shelf) as server:
        yield server


def ask(server: Server, what: str, question: Any, run: str = "told") -> Answer:
    return server.ask("POST", f"/api/gan/{run}/{what}", json.dumps(question), JSON)


def pixels(url: str) -> Any:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))))


@pytest.mark.parametrize("run", ["told", "plain"])
def test_pictures_of_given_z_are_those_the_engine_makes(server: Server, shelf: Shelf, run: str) -> None:
    z = [[0.5, -1.25, 0.0, 10.0], [1, 2, 3, -4.5]]
    answer = ask(server, "samples", {"z": z, "labels": [7, 3]}, run).data
    gan, models = shelf.runs[run].job, shelf.models[run]
    assert isinstance(gan, GanSpec)
    labels = torch.tensor([7, 3])
    made = draw(models.maker, torch.tensor(z), labels, gan.is_conditional)
    assert np.array_equal([pixels(url) for url in answer["images"]], made.numpy())
    assert answer["z"] == z
    assert answer["labels"] == ([7, 3] if run == "told" else None)
    assert answer["verdict"] == ("probability" if run == "told" else "score")
    judge = make_judge(models.maker, models.discriminator, gan)
    assert answer["verdicts"] == pytest.approx(verdicts(judge, made, labels, gan), abs=1e-3)
    assert answer["step"] == STEPS


def test_a_label_between_two_digits_is_generated_and_compared(server: Server) -> None:
    z = [0.5, -1.25, 0.0, 1.0]
    ends = ask(server, "samples", {"z": [z, z], "labels": [3, 8]}).data["images"]
    way = ask(server, "samples", {"z": [z] * 3, "labels": [[3, 8, 0], [3, 8, 0.5], [3, 8, 1]]}).data["images"]
    assert [way[0], way[2]] == ends
    assert way[1] not in ends
    assert ask(server, "nearest", {"z": z, "label": [3, 8, 0.5]}).data["image"] == way[1]


def test_what_comes_back_for_a_seed_makes_the_same_pictures_again(server: Server) -> None:
    first = ask(server, "samples", {"seed": 5, "count": 6}).data
    again = ask(server, "samples", {"z": first["z"], "labels": first["labels"]}).data
    assert again["images"] == first["images"]
    assert ask(server, "samples", {"seed": 6, "count": 6}).data["images"] != first["images"]


def test_places_of_the_sheet_give_the_pictures_of_the_film(server: Server, shelf: Shelf) -> None:
    gan = tiny(conditional=True)
    answer = ask(server, "samples", {"grid": [0, 37, 99]}).data
    z, labels = fixed_z(gan, SHEET, FIXED_SEED)
    assert answer["labels"] == [0, 3, 9]
    assert torch.tensor(answer["z"]).allclose(z[[0, 37, 99]], atol=1e-4)
    sheet = draw(shelf.models["told"].maker, z, labels, True)[[0, 37, 99]].int().numpy()
    shown = np.array([pixels(url) for url in answer["images"]], int)
    assert np.abs(shown - sheet).max() <= 1  # z comes back rounded


def test_a_hundred_pictures_come_at_once(server: Server) -> None:
    answer = ask(server, "samples", {"seed": 0, "count": 100}).data
    assert len(answer["images"]) == len(answer["verdicts"]) == 100
    assert answer["labels"] == [number // 10 for number in range(100)]


def test_the_nearest_picture_is_the_nearest_of_all_training_pictures(server: Server) -> None:
    z = [0.1, 0.2, -0.3, 0.4]
    answer = ask(server, "nearest", {"z": z, "label": 4}).data
    made = pixels(answer["image"]).astype(float) / 255
    train = load_mnist().train_images.numpy()
    distances = np.sqrt(((train.reshape(len(train), -1) / np.float32(255) - made.ravel()) ** 2).mean(1))
    index = int(distances.argmin())
    assert np.array_equal(pixels(answer["nearest"]["image"]), train[index])
    assert answer["nearest"]["label"] == int(load_mnist().train_labels[index])
    assert answer["nearest"]["distance"] == pytest.approx(float(distances.min()), abs=1e-3)
    assert answer["typical"] == pytest.approx(typical_distance(answer["nearest"]["label"]), abs=1e-3)


def test_typical_is_the_distance_of_unseen_real_pictures() -> None:
    images, labels = real_pictures(20, 1)
    assert set(labels.tolist()) == {1}
    assert typical_distance(1) == float(find_nearest(images)[1].median())
    assert 0 < typical_distance(1) < typical_distance(8)  # ones are all alike


@pytest.mark.parametrize("run", ["told", "plain"])
def test_a_drawing_is_judged_as_the_engine_judges_it(server: Server, shelf: Shelf, run: str) -> None:
    answer = ask(server, "judge", SEVEN | {"label": 7}, run).data
    gan, models = shelf.runs[run].job, shelf.models[run]
    assert isinstance(gan, GanSpec)
    judge = make_judge(models.maker, models.discriminator, gan)
    image = torch.from_numpy(pixels(answer["image"]).copy())[None]
    assert answer["verdict"] == pytest.approx(verdicts(judge, image, torch.tensor([7]), gan)[0], abs=1e-3)
    real, labels = real_pictures(len(answer["real"]), 7 if run == "told" else None)
    assert answer["real"] == pytest.approx(sorted(verdicts(judge, real, labels, gan)), abs=1e-3)
    assert answer["real_mean"] == pytest.approx(np.mean(answer["real"]), abs=1e-3)
    assert answer["made_mean"] == pytest.approx(np.mean(answer["made"]), abs=1e-3)
    assert answer["verdict_kind"] == ("probability" if run == "told" else "score")
    assert answer["label"] == (7 if run == "told" else None)


def test_a_drawing_without_a_label_is_judged_as_the_digit_that_is_read_in_it(server: Server) -> None:
    assert ask(server, "judge", SEVEN).data == ask(server, "judge", SEVEN | {"label": 7}).data
    assert ask(server, "judge", SEVEN | {"strokes": []}).data == {"verdict": None}


def test_a_quiz_has_pictures_of_both_kinds_the_real_ones_from_the_test_set(server: Server) -> None:
    known = {image.tobytes() for image in load_mnist().test_images.numpy()}
    sizes = set()
    for seed in range(8):
        pictures = ask(server, "quiz", {"seed": seed}).data["pictures"]
        assert len(pictures) == QUIZ
        assert [pixels(picture["image"]).tobytes() in known for picture in pictures] == [p["real"] for p in pictures]
        assert all(0 <= picture["label"] <= 9 for picture in pictures)
        sizes.add(sum(picture["real"] for picture in pictures))
    assert min(sizes) >= 2 and max(sizes) <= QUIZ - 2
    assert len(sizes) > 1
    assert ask(server, "quiz", {"seed": 1}).data == ask(server, "quiz", {"seed": 1}).data


def test_a_gan_without_labels_says_no_digit_of_what_it_made(server: Server) -> None:
    for picture in ask(server, "quiz", {"seed": 3}, "plain").data["pictures"]:
        assert (picture["label"] is None) == (not picture["real"])


@pytest.mark.parametrize(
    ("run", "status", "words"),
    [
        ("nobody", 404, "no run by this name"),
        ("waiting", 409, "not begun to learn"),
        ("lost", 409, "was not kept"),
        ("exploded", 409, "no longer numbers"),
        ("classifier", 409, "no GAN"),
        ("plane", 409, "no GAN"),
    ],
)
@pytest.mark.parametrize(
    ("what", "question"),
    [("samples", {"seed": 1}), ("nearest", {"z": [0] * Z}), ("judge", SEVEN), ("quiz", {"seed": 1})],
)
def test_a_run_that_cannot_be_played_with_says_why(
    server: Server, run: str, status: int, words: str, what: str, question: Any
) -> None:
    answer = ask(server, what, question, run)
    assert answer.status == status
    assert words in answer.data["error"]
    assert is_sentence(answer.data["error"])


def test_a_gan_that_is_about_to_begin_is_waited_for(
    server: Server, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def begun_at_the_third_look(run_id: str) -> GanModels | None:
        looks.append(run_id)
        return shelf.models["told"] if len(looks) > 2 else None

    monkeypatch.setattr(shelf, "learned", begun_at_the_third_look)
    monkeypatch.setattr(gan_routes, "PATIENCE", 60)
    monkeypatch.setattr(gan_routes, "LOOK_AGAIN", 0)
    assert ask(server, "samples", {"seed": 1}, "waiting").status == 200
    assert looks == ["waiting"] * 3


def test_weights_that_are_no_numbers_are_said_in_words(server: Server, shelf: Shelf) -> None:
    gan = tiny(conditional=False)
    broken = make_gan(gan)
    with torch.no_grad():
        next(broken.discriminator.parameters()).fill_(float("nan"))
    shelf.runs["broken"], shelf.models["broken"] = Shown(gan), broken
    status, sentence = ask(server, "samples", {"seed": 1}, "broken").refusal
    assert status == 409
    assert is_sentence(sentence)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("samples", text)
        for text in (
            *("{}", "[]", "null", "7", '"z"', "not json", "", "[" * 100_000, '{"seed": ' + "9" * 10_000 + "}"),
            *('{"z": []}', '{"z": [[]]}', '{"z": [[0, 0, 0]]}', '{"z": [[0, 0, 0, 0, 0]]}', '{"z": "0000"}'),
            *('{"z": [[0, 0, 0, NaN]]}', '{"z": [[0, 0, 0, Infinity]]}', '{"z": [[0, 0, 0, 1e999]]}'),
            *(
                '{"z": [[0, 0, 0, 10.1]]}',
                '{"z": [[0, 0, 0, true]]}',
                '{"z": [[0, 0, 0, "1"]]}',
                '{"z": [[0, 0, 0, null]]}',
            ),
            *('{"z": [[0, 0, 0, 1' + "0" * 400 + "]]}", '{"z": [0, 0, 0, 0]}', '{"z": {"0": 1}}'),
            *('{"z": [[0, 0, 0, 0]], "labels": [10]}', '{"z": [[0, 0, 0, 0]], "labels": [-1]}'),
            *('{"z": [[0, 0, 0, 0]], "labels": [1, 2]}', '{"z": [[0, 0, 0, 0]], "labels": 3}'),
            *(
                f'{{"z": [[0, 0, 0, 0]], "labels": [{label}]}}'
                for label in (
                    *(
                        "[]",
                        "[3, 8]",
                        "[3, 8, 0.5, 1]",
                        "[3, 10, 0.5]",
                        "[-1, 8, 0.5]",
                        "[3.0, 8, 0.5]",
                        "[3, true, 0.5]",
                    ),
                    *(
                        "[3, 8, -0.01]",
                        "[3, 8, 1.01]",
                        "[3, 8, NaN]",
                        "[3, 8, Infinity]",
                        '[3, 8, "1"]',
                        "[3, 8, true]",
                    ),
                )
            ),
            *('{"z": [[0, 0, 0, 0]], "labels": [1.0]}', '{"z": [[0, 0, 0, 0]], "labels": [true]}'),
            *('{"grid": [100]}', '{"grid": [-1]}', '{"grid": []}', '{"grid": 3}', '{"grid": [0], "seed": 1}'),
            *(
                '{"seed": 1, "count": 101}',
                '{"seed": 1, "count": 0}',
                '{"seed": -1}',
                '{"seed": 1.5}',
                '{"seed": null}',
            ),
            *('{"seed": 1, "count": 1e9}', '{"seed": 2147483648}', '{"seed": 1, "labels": [1, 2]}'),
        )
    ]
    + [
        ("nearest", text)
        for text in (
            *('{"z": []}', '{"z": [[0, 0, 0, 0]]}', '{"z": [0, 0, 0, NaN]}'),
            *('{"z": [0, 0, 0, 0], "label": 10}', '{"z": [0, 0, 0, 0], "label": [3, 8, 2]}'),
        )
    ]
    + [
        ("judge", text)
        for text in (
            "{}",
            '{"size": [400, 400], "width": 3, "strokes": [[[NaN, 1]]]}',
            json.dumps(SEVEN | {"label": "7"}),
        )
    ]
    + [("quiz", text) for text in ("{}", '{"seed": "x"}', '{"seed": -5}', "[1]")],
)
def test_a_question_that_cannot_be_answered_is_refused_in_a_sentence(server: Server, what: str, text: str) -> None:
    status, sentence = server.ask("POST", f"/api/gan/told/{what}", text, JSON).refusal
    assert status == 400
    assert is_sentence(sentence)


def test_too_many_pictures_are_refused(server: Server) -> None:
    assert ask(server, "samples", {"z": [[0.0] * Z] * 101}).refusal[0] == 400
    assert ask(server, "samples", {"grid": [0] * 101}).refusal[0] == 400


def test_a_question_that_is_too_large_is_refused_before_it_is_read(server: Server) -> None:
    for what in ("samples", "nearest", "judge", "quiz"):
        status, sentence = server.ask("POST", f"/api/gan/told/{what}", b" " * (QUESTION_BYTES + 1), JSON).refusal
        assert (status, sentence) == (413, "This is larger than 1 MB. Send less.")


def test_a_page_of_another_site_is_refused(server: Server) -> None:
    elsewhere = JSON | {"origin": "http://elsewhere.example"}
    assert server.ask("POST", "/api/gan/told/samples", '{"seed": 1}', elsewhere).refusal[0] == 403
    assert server.ask("GET", "/api/runs/told/film.gif", None, elsewhere).refusal[0] == 403


def test_no_question_makes_the_server_fail(server: Server) -> None:
    dice = random.Random(0)
    questions = {"samples": {"z": [[0.5] * Z], "labels": [3]}, "nearest": {"z": [0.5] * Z, "label": 3}}
    questions |= {"judge": SEVEN | {"label": 7}, "quiz": {"seed": 12}}
    for turn in range(100):
        what = list(questions)[turn % len(questions)]
        damaged = bytearray(json.dumps(questions[what]).encode())
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(damaged))
            damaged[at : at + dice.randint(0, 3)] = dice.choice([b"-", b"e9", b"[", b"null", b"\xff\x00", b'"', b"9"])
        answer = server.ask("POST", f"/api/gan/told/{what}", bytes(damaged), JSON)
        assert answer.status in (200, 400), (damaged, answer)
        assert answer.status == 200 or is_sentence(answer.data["error"])
