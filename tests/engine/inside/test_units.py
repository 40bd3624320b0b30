"""What is shown of one number adds up to that number, for layers with parameters at random."""

import random
from typing import Any

import pytest
import torch
from torch.nn import functional

from engine.catalogue.params import Choice, SpecError
from engine.inside.flow import Stage
from engine.inside.reading import Reading, unit_of
from engine.inside.units import checked, explain
from engine.network.spec import layer
from tests.engine.inside.a_reading import IMAGE, preset, stages_of

CLOSE = {"abs": 1e-4, "rel": 1e-4}
FLAT = layer("Flatten")


def some(dice: random.Random, stage: Stage, count: int = 6) -> list[dict[str, Any]]:
    shape = stage.output.shape
    return [explain(stage, tuple(dice.randrange(side) for side in shape)) for _ in range(count)]


def stage_of(kind: str, *layers: Choice) -> Stage:
    return next(stage for stage in reversed(stages_of(*layers)) if stage.kind == kind)


@pytest.mark.parametrize("seed", range(12))
def test_a_convolution_is_the_sum_of_its_products(seed: int) -> None:
    dice = random.Random(seed)
    groups = dice.choice([1, 2, 4])
    window = {"stride": dice.randint(1, 3), "padding": dice.randint(0, 3), "dilation": dice.randint(1, 3)}
    window |= {"kernel_width": dice.randint(0, 5), "stride_across": dice.randint(0, 3)}
    window |= {"padding_across": dice.randint(-1, 3)}
    conv = layer("Conv2d", channels=4 * groups, kernel_size=dice.randint(1, 5), groups=groups, **window)
    stage = stage_of("Conv2d", layer("Conv2d", channels=8), conv, FLAT)
    for told in some(dice, stage):
        assert told["sum"] == pytest.approx(told["value"], **CLOSE)
        for part in told["channels"]:
            product = torch.tensor(part["patch"]) * torch.tensor(part["kernel"])
            assert float(product.sum()) == pytest.approx(part["sum"], **CLOSE)
        shown = sum(part["sum"] for part in told["channels"])
        assert shown + told["others"]["sum"] + told["bias"] == pytest.approx(told["value"], **CLOSE)
        assert len(told["channels"]) + told["others"]["count"] == 8 // groups


def test_the_window_of_a_convolution_lies_where_its_patch_was_read() -> None:
    stage = stage_of("Conv2d", layer("Conv2d", channels=2, kernel_size=3, stride=2, padding=2, dilation=2), FLAT)
    told = explain(stage, (1, 5, 4))
    top, left = told["window"]["top"], told["window"]["left"]
    assert (top, left) == (5 * 2 - 2, 4 * 2 - 2)
    read = stage.inputs[0][0, top : top + 5 : 2, left : left + 5 : 2]
    torch.testing.assert_close(torch.tensor(told["channels"][0]["patch"]), read)


def test_a_convolution_along_steps_and_one_of_patches_add_up() -> None:
    dice, rows = random.Random(0), layer("RowsAsSteps")
    along = layer("Conv1d", channels=6, kernel_size=4, stride=2, padding=3, dilation=2)
    for told in some(dice, stage_of("Conv1d", rows, along, FLAT)):
        assert told["sum"] == pytest.approx(told["value"], **CLOSE)
    patches = layer("PatchEmbedding", patch=4, size=12)
    stage = stage_of("PatchEmbedding", layer("Conv2d", channels=3, padding=1), patches, FLAT)
    for told in some(dice, stage):
        assert told["sum"] == pytest.approx(told["value"], **CLOSE)


@pytest.mark.parametrize("layers", [(FLAT,), (layer("RowsAsSteps"),)])
def test_a_linear_unit_is_the_sum_of_its_products(layers: tuple[Choice, ...]) -> None:
    stage = stage_of("Linear", *layers, layer("Linear", units=30), FLAT, layer("ReLU"))
    first = next(s for s in stages_of(*layers, layer("Linear", units=30), FLAT) if s.kind == "Linear")
    for told in [*some(random.Random(0), stage), *some(random.Random(1), first)]:
        shown = sum(term["product"] for term in told["terms"])
        assert all(t["x"] * t["weight"] == pytest.approx(t["product"], **CLOSE) for t in told["terms"])
        assert shown + told["others"]["sum"] + told["bias"] == pytest.approx(told["value"], **CLOSE)
        sizes = [abs(term["product"]) for term in told["terms"]]
        assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["MaxPool2d", "AvgPool2d"])
def test_a_pooling_shows_its_window_and_which_counts(kind: str, seed: int) -> None:
    dice = random.Random(seed)
    size = dice.randint(2, 5)
    wide = dice.randint(size, 6)
    values = {"kernel_width": wide, "stride_across": dice.randint(0, 4), "padding": dice.randint(0, size // 2)}
    pool = layer(kind, kernel_size=size, stride=dice.randint(1, 4), **values)
    for told in some(dice, stage_of(kind, layer("Conv2d", channels=3), pool, FLAT)):
        assert told["sum"] == pytest.approx(told["value"], **CLOSE)
        if kind == "MaxPool2d":
            row, column = told["counts"]
            assert told["numbers"][row][column] == pytest.approx(told["value"], **CLOSE)
        else:
            mean = sum(map(sum, told["numbers"])) / (size * wide)
            assert mean == pytest.approx(told["value"], **CLOSE)


@pytest.mark.parametrize(
    "layers",
    [
        (layer("AdaptiveAvgPool2d"), FLAT),
        (layer("AdaptiveMaxPool2d"), FLAT),
        (layer("BatchNorm2d"), FLAT),
        (layer("GroupNorm", groups=2), FLAT),
        (layer("LayerNorm"), FLAT),
        (FLAT, layer("BatchNorm1d")),
        (FLAT, layer("LayerNorm")),
        (layer("RowsAsSteps"), layer("LayerNorm"), FLAT),
        (layer("RowsAsSteps"), layer("MeanOverSteps")),
        (layer("RowsAsSteps"), layer("LearnedPositions"), FLAT),
        (layer("RowsAsSteps"), layer("SinusoidalPositions"), FLAT),
        (layer("RowsAsSteps"), layer("Delay"), layer("MeanOverSteps")),
        (layer("Residual", [layer("Conv2d", channels=4, padding=1)]), FLAT),
        (layer("Residual", [layer("ReLU")], join="concatenate"), FLAT),
        (layer("Branches", [layer("ReLU")], [layer("AdaptiveAvgPool2d")], join="multiply"), FLAT),
        (FLAT, layer("Linear", units=10), layer("Softmax")),
    ],
    ids=lambda layers: "-".join(choice.kind for choice in layers),
)
def test_every_other_sum_is_the_number_shown(layers: tuple[Choice, ...]) -> None:
    stages = stages_of(layer("Conv2d", channels=4), *layers)
    told = [told for stage in stages for told in some(random.Random(3), stage, 4)]
    added = [one for one in told if "sum" in one]
    assert len(added) >= 8
    for one in added:
        assert one["sum"] == pytest.approx(one["value"], **CLOSE)
    for one in (one for one in told if one["form"] == "moved"):
        assert one["x"] == one["value"]


@pytest.mark.parametrize("moving", [(FLAT,), (layer("RowsAsSteps", along="columns"), layer("Transpose"), FLAT)])
def test_a_number_that_only_moves_is_found_where_it_came_from(moving: tuple[Choice, ...]) -> None:
    for stage in stages_of(layer("Conv2d", channels=3), *moving):
        if stage.kind in ("Flatten", "RowsAsSteps", "Transpose"):
            for told in some(random.Random(0), stage):
                assert float(stage.inputs[0][tuple(told["from"])]) == pytest.approx(told["value"])


def test_an_activation_is_drawn_through_its_number_and_dropout_says_what_it_would_do() -> None:
    stages = stages_of(layer("Conv2d", channels=2), layer("GELU"), layer("Dropout", p=0.25), FLAT)
    told = explain(stages[2], (1, 4, 4))
    xs, ys = (torch.tensor(part) for part in told["curve"])
    torch.testing.assert_close(ys, functional.gelu(xs))
    assert float(functional.gelu(torch.tensor(told["x"]))) == pytest.approx(told["value"], abs=1e-6)
    dropout = explain(stages[3], (0, 1, 2))
    assert (dropout["x"], dropout["off"]) == (dropout["value"], round(0.25 * 2 * 26 * 26))


def test_without_a_place_it_is_the_largest_number_and_one_that_is_not_there_is_refused() -> None:
    stage = stages_of(layer("Conv2d", channels=2), FLAT)[1]
    assert explain(stage, checked(stage, None))["value"] == pytest.approx(float(stage.output.max()))
    for place in ((0, 0), (2, 0, 0), (0, 26, 0), (-1, 0, 0)):
        with pytest.raises(SpecError, match="no such number"):
            checked(stage, place)
    reading = Reading(*preset("mlp"), IMAGE.numpy())
    with pytest.raises(SpecError, match="no such layer"):
        unit_of(reading, "17")
