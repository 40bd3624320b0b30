"""A visitor's own digits: read from anywhere, mixed with the data set, learned without forgetting the others."""

import base64
import zlib
from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist
from engine.kinds import job_from_json, job_to_json
from engine.runs.results import BUNDLED, bundled_weights
from engine.training.config import TAUGHT_AGAIN, Source
from engine.training.events import Finished
from engine.training.kind import CLASSIFIER, Classification, go_on
from engine.training.own_digits import HELD_BACK, LEAST, MOST, PIXELS, OwnDigits, own_digits_from_data
from engine.training.presets import PRESETS
from engine.training.saving import load_model
from engine.training.teaching import REHEARSED, VALIDATION, read_right, teach
from engine.training.transfer import pictures_of, with_own_digits

DEMO = load_model(BUNDLED["demo"])


def turned(count: int) -> OwnDigits:
    """Digits of MNIST's test set, all turned by 50 degrees: nobody wrote so."""
    data = load_mnist()
    angle = torch.tensor(50.0).deg2rad()
    matrix = torch.tensor([[angle.cos(), -angle.sin(), 0], [angle.sin(), angle.cos(), 0]]).expand(count, 2, 3)
    images = data.test_images[:count].float().unsqueeze(1)
    pictures = F.grid_sample(
        images, F.affine_grid(matrix, list(images.shape), align_corners=False), align_corners=False
    )
    return OwnDigits(tuple(data.test_labels[:count].tolist()), pictures.round().byte().numpy().tobytes())


def job(digits: OwnDigits, rehearse: bool = True) -> Classification:
    return teach(DEMO.network, Source("demo", 0.9955, 1, taught=digits), "Taught", rehearse)


def learn(wanted: Classification) -> tuple[Finished, Any]:
    built = CLASSIFIER.begin(wanted, bundled_weights("demo"), None)
    end = next(event for event in built.stream if isinstance(event, Finished))
    assert CLASSIFIER.result
    return end, CLASSIFIER.result.from_bytes(wanted, built.weights())


def test_digits_and_the_job_that_teaches_them_survive_json() -> None:
    wanted = job(turned(24))
    again = job_from_json(job_to_json(wanted))
    assert again == wanted and again.source.taught.pictures == turned(24).pictures
    CLASSIFIER.check(wanted)
    assert go_on(wanted, "another", 0.99, 1e-3, 5).source.taught == turned(24)  # type: ignore[union-attr]


def test_a_quarter_is_held_back_of_each_of_those_who_draw_them_in_turn() -> None:
    assert len(HELD_BACK) == MOST // 4
    for count in (LEAST, 40, MOST):
        digits = OwnDigits(tuple(range(10)) * (count // 10), bytes(PIXELS * count))
        assert {*digits.taught} | {*digits.held_back} == set(range(count))
        assert len(digits.held_back) == pytest.approx(count / 4, abs=2)
    assert {place % 10 for place in HELD_BACK} == set(range(10))


def test_each_digit_that_is_taught_stands_many_times_before_the_pictures_of_mnist() -> None:
    digits, data = turned(20), load_mnist()
    wanted = job(digits)
    mixed = with_own_digits(data, wanted.source, wanted.config.images)
    count = TAUGHT_AGAIN * len(digits.taught)
    assert wanted.config.images == count + REHEARSED + VALIDATION == len(mixed.train_images) == len(mixed.train_labels)
    own = pictures_of(digits)[list(digits.taught)]
    assert torch.equal(mixed.train_images[:count], own.repeat(TAUGHT_AGAIN, 1, 1))
    assert torch.equal(mixed.train_images[count:], data.train_images[: REHEARSED + VALIDATION])
    held = {bytes(pictures_of(digits)[place].numpy()) for place in digits.held_back}
    assert not held & {bytes(picture.numpy()) for picture in mixed.train_images[:count]}
    assert with_own_digits(data, None, 100) is data


def test_a_hand_is_learned_and_what_it_costs_is_mnist_unless_that_is_mixed_in() -> None:
    digits = turned(40)
    before = read_right(DEMO.model, digits)
    end, model = learn(job(digits))
    taught, held = read_right(model, digits)
    assert before[0] < 27 and taught == len(digits.taught), "it reads what it was taught"
    assert held >= before[1], "and what it was not shown no worse"
    assert end.test_accuracy > 0.985
    forgetful, _ = learn(job(digits, rehearse=False))
    assert forgetful.test_accuracy < end.test_accuracy - 0.01, "without them it forgets"


GOOD = {"labels": "7" * LEAST, "pictures": base64.b64encode(zlib.compress(bytes(PIXELS * LEAST))).decode()}
BOMB = base64.b64encode(zlib.compress(bytes(50_000_000))).decode()


@pytest.mark.parametrize(
    "told",
    [
        *(None, [], "7", {}, {"labels": 7}, GOOD | {"labels": "7" * (LEAST - 1)}, GOOD | {"labels": "7" * (MOST + 1)}),
        *(GOOD | {"labels": "٧" * LEAST}, GOOD | {"labels": "7" * (LEAST + 1)}, GOOD | {"pictures": 7}),
        *(GOOD | {"pictures": "!"}, GOOD | {"pictures": "AAAA"}, GOOD | {"pictures": BOMB}, GOOD | {"pictures": None}),
    ],
)
def test_what_is_no_digits_is_refused_in_words(told: object) -> None:
    with pytest.raises(SpecError):
        own_digits_from_data(told)
    assert own_digits_from_data(GOOD).labels == (7,) * LEAST


def test_who_reads_no_digits_and_who_has_too_few_pictures_is_refused() -> None:
    wanted = job(turned(24))
    few = replace(wanted, config=replace(wanted.config, images=100))
    for bad in (few, replace(wanted, network=replace(PRESETS["cnn"].network, input_shape=(1, 32, 32)))):
        with pytest.raises(SpecError):
            CLASSIFIER.check(bad)
