"""Lessons are read or refused with a line; what ours state is computed; their conditions hold for who did it only."""

import random
from typing import Any

import pytest

from engine.catalogue.params import SpecError
from engine.lessons.conditions import condition_from_text
from engine.lessons.lesson import Choice, Curve, Lesson, Number
from engine.lessons.read import lesson_from_text
from engine.lessons.shelf import ASSETS, FOLDER, lessons
from engine.network.spec import NetworkSpec, layer, survey

OURS = sorted((ASSETS / "lessons").glob("*.md"))
SMALL = """title: A lesson
question: Why?
minutes: 5
goals:
- say why

## A guess
Some words.

number: How many? | 4
hint: Count.
tell: Four, for
  a reason.

## Do it
More words.

open: Build it | /build?preset=mlp
until: run accuracy >= 97, has ReLU
"""
RUN: dict[str, Any] = {
    "kind": "classifier",
    "name": "MLP",
    "status": "finished",
    "optimizer": "SGD",
    "steps": 1000,
    "epochs": 3,
    "pictures": 60_000,
    "parameters": 101_770,
    "layers": {"Flatten", "Linear", "ReLU"},
    "accuracy": 97.5,
}


def test_a_lesson_is_read_as_it_is_written() -> None:
    lesson = lesson_from_text(SMALL)
    assert (lesson.title, lesson.minutes, lesson.goals) == ("A lesson", 5, ("say why",))
    guess, do = lesson.steps
    assert (
        guess.asks == Number("How many?", 4.0) and guess.tells == "Four, for a reason." and guess.hints == ("Count.",)
    )
    assert do.ways[0].address == "/build?preset=mlp" and do.until and do.until.is_met([RUN])


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_each_of_ours_has_a_guess_a_thing_to_do_and_ends_in_ones_own(path: Any) -> None:
    lesson = lesson_from_text(path.read_text(encoding="utf-8"))
    assert lesson.goals and lesson.surprise and lesson.beliefs and lesson.talk and lesson.source
    assert isinstance(lesson.steps[0].asks, Choice | Number)
    assert "own" in lesson.steps[-1].title.lower() or lesson.steps[-1].asks
    conditions = [step.until for step in lesson.steps if step.until]
    assert conditions and not any(condition.is_met([]) for condition in conditions)  # nothing is met by doing nothing
    for step in lesson.steps:
        assert step.tells and (step.hints or step.until is None)


def numbers(key: str) -> list[float]:
    found = (ASSETS / "lessons" / f"{key}.md").read_text(encoding="utf-8")
    return [step.asks.right for step in lesson_from_text(found).steps if isinstance(step.asks, Number)]


def planned(*layers: Any) -> Any:
    return survey(NetworkSpec(layers))[0][-1]


CURVE = "curve: How does it go? | 1 10 1,000 | per cent, 0 to 100 | 20 40.5 90"


def test_a_curve_to_guess_is_read_and_a_guess_is_moved_into_its_bounds() -> None:
    asks = lesson_from_text(SMALL.replace("number: How many? | 4", CURVE)).steps[0].asks
    assert asks == Curve("How does it go?", ("1", "10", "1,000"), "per cent", 0.0, 100.0, (20.0, 40.5, 90.0))
    guess = asks.read("-5 40.5 1e9")
    assert guess == (0.0, 40.5, 100.0) and asks.off(guess) == 10.0
    for nonsense in ("", "1 2", "1 2 3 4", "a b c", "nan 1 2", "inf 1 2"):
        assert asks.read(nonsense) is None


def test_every_number_asked_for_is_computed() -> None:
    conv = layer("Conv2d", channels=32)
    assert numbers("01-picture") == [planned(layer("Flatten")).out_shape[0]]
    assert numbers("02-a-neuron") == [0.5 * 2 - 1 * 1 + 0.5]
    assert numbers("02-hidden-layers") == [planned(layer("Flatten"), layer("Linear", units=10)).parameters]
    sizes = [(4 - 3) // 1 + 1, (4 + 2 - 3) // 1 + 1]
    pooled = planned(conv, layer("MaxPool2d")).out_shape
    assert pooled[0] == 32
    assert numbers("03-convolution") == [sizes[0] ** 2, sizes[1] ** 2, pooled[1], planned(conv).parameters]
    assert numbers("05-vanishing") == [0.25**8 * 1e6]
    assert numbers("11-how-sure") == [60_000 * 4 / 5]
    patches = planned(layer("PatchEmbedding", patch=7, size=64)).out_shape[0]
    assert numbers("13-attention") == [patches, (patches + 1) ** 2]
    assert 785 * 32 * 26 * 26 == 16_981_120


@pytest.mark.parametrize(
    ("condition", "changes", "met"),
    [
        ("run accuracy >= 97", {}, True),
        ("run accuracy >= 98 %", {}, False),
        ("run accuracy >= 90", {"accuracy": None}, False),
        ("run parameters <= 20,000", {}, False),
        ("run finished, optimizer = SGD, kind = classifier", {}, True),
        ("run status = diverged", {"status": "diverged"}, True),
        ("run has Conv2d", {}, False),
        ("run noise >= 50, fold >= 2, seed >= 1", {"noise": 50.0, "fold": 2, "seed": 1}, True),
        ("run noise >= 50", {"noise": 0.0}, False),
        ("run has no Conv2d, pictures >= 10000", {}, True),
        ("2 runs accuracy >= 90", {}, False),
        ("run data = xor, rule = perceptron, hidden <= 0", {"data": "xor", "rule": "perceptron", "hidden": 0}, True),
        ("run data = xor", {}, False),
        ("run name = 8 x Sigmoid, finished", {"name": "8 x Sigmoid"}, True),
    ],
)
def test_a_condition_holds_for_who_did_it_and_for_nobody_else(
    condition: str, changes: dict[str, Any], met: bool
) -> None:
    assert condition_from_text(condition).is_met([RUN | changes]) is met


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("minutes: 5", "minutes: long", "Line 3: long is no number."),
        ("minutes: 5\n", "", "Line 1: the lesson has no minutes."),
        ("| 4", "", "Line 10: the answer is missing."),
        ("/build?preset=mlp", "https://elsewhere.example/", "Line 18: this leads nowhere in the playground."),
        ("preset=mlp", "preset=none", "Line 18: there is no preset none."),
        ("accuracy >= 97", "accuracy > much", "Line 19: accuracy > much is nothing that can be checked."),
        ("has ReLU", "has Relu", "Line 19: There is no layer Relu."),
        ("Some words.", "![](https://elsewhere.example/x.png)", "Line 8: pictures, HTML and links"),
        ("Some words.", "<script>alert(1)</script>", "Line 8: pictures, HTML and links"),
        ("Some words.\n", "", "Line 7: this step says nothing."),
        ("number: How many? | 4", "curve: How? | 1 2 | %, 0 to 9 | 1 2", "Line 10: a curve has 3 to 16 places"),
        ("number: How many? | 4", "curve: How? | 1 2 3 | %, 0 to 9 | 1 2", "Line 10: a curve has 3 to 16 places"),
        ("number: How many? | 4", "curve: How? | 1 2 3 | %, 0 to 9 | 1 2 10", "Line 10: the values lie outside"),
        ("number: How many? | 4", "curve: How? | 1 2 3 | % | 1 2 3", "Line 10: this curve cannot be drawn."),
        ("number: How many? | 4", "curve: How? | 1 2 3 | %, 0 to x | 1 2 3", "Line 10: x is no number."),
        ("goals:", "goal:", "Line 4: goal: is not known before the first step."),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, told: str) -> None:
    assert old in SMALL
    with pytest.raises(SpecError) as refused:
        lesson_from_text(SMALL.replace(old, new, 1))
    assert str(refused.value.text).startswith(told)


def test_mutated_lessons_are_refused_with_a_line_or_harmless() -> None:
    chance, texts = random.Random(0), [path.read_text(encoding="utf-8") for path in OURS]
    for _ in range(500):
        text = list(chance.choice(texts))
        for _ in range(chance.randint(1, 30)):
            at = chance.randrange(len(text))
            piece = chance.choice(
                ["\n", "## ", "- ", "* ", "|", "open: ", "curve: ", "until: run ", "<b", "![", "\0", "\u202e", ""]
            )
            text[at : at + chance.randint(0, 40)] = piece
        try:
            lesson = lesson_from_text("".join(text))
        except SpecError as error:
            assert str(error.text).startswith(("Line ", "A lesson has at most"))
        else:
            assert isinstance(lesson, Lesson) and lesson.steps


def test_a_folder_of_the_teachers_own_is_added_and_what_is_wrong_in_it_is_said(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "20-mine.md").write_text(SMALL, encoding="utf-8")
    (tmp_path / "21-broken.md").write_text("title: x", encoding="utf-8")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    lessons.cache_clear()
    found = lessons()
    lessons.cache_clear()
    assert list(found.there) == [*(path.stem for path in OURS), "20-mine"]
    assert str(found.broken["21-broken.md"]).startswith("Line 1: a lesson needs steps.")
