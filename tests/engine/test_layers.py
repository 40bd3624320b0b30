import itertools
import json
import random

import pytest
import torch
from torch import nn

from engine.layers import INITS, LAYERS
from engine.network import NetworkSpec, layer, mended, network_from_json, network_to_json, survey
from engine.params import Choice, Shape, SpecError, choice_from_json, choice_to_json

SHAPES: list[Shape] = [(1, 28, 28), (3, 7, 7), (5, 2, 2), (4, 1, 1), (64,), (1,), (10,)]
GROUPS = {"Core", "Convolution", "Pooling", "Normalisation", "Regularisation", "Activation"}


def settings_of(kind: str, count: int = 30) -> list[Choice]:
    """The defaults, both ends of every range, and some settings at random that are not too large to try."""
    chance = random.Random(kind)
    ends = {}
    for name, param in LAYERS[kind].params.items():
        high = min(param.high, 40)
        middle = chance.randint(int(param.low), int(high)) if param.kind == "int" else chance.uniform(param.low, high)
        ends[name] = (param.default, type(param.default)(param.low), type(param.default)(high), middle)
    all_of_them = [layer(kind, **dict(zip(ends, values, strict=True))) for values in itertools.product(*ends.values())]
    return [layer(kind), *chance.sample(all_of_them, min(count, len(all_of_them)))]


@pytest.mark.parametrize("kind", LAYERS)
def test_planned_shape_and_parameters_are_those_of_the_real_module(kind: str) -> None:
    fitting = 0
    for shape, choice in itertools.product(SHAPES, settings_of(kind)):
        planned, _ = survey(NetworkSpec((choice,), input_shape=shape))
        if not planned:
            continue
        fitting += 1
        module = getattr(nn, LAYERS[kind].torch)(**planned[0].args)
        images = torch.zeros(2, *shape)
        assert tuple(module(images).shape[1:]) == planned[0].out_shape, (shape, choice)
        assert sum(p.numel() for p in module.parameters()) == planned[0].parameters
    assert fitting


@pytest.mark.parametrize("kind", sorted(LAYERS.keys() - {"Linear", "Softmax", "AdaptiveAvgPool2d"}))
def test_what_is_refused_the_real_module_refuses_too(kind: str) -> None:
    """Except for three that torch would run on the wrong number of axes, along one that nobody means here."""
    for shape, choice in itertools.product(SHAPES, settings_of(kind)):
        planned, error = survey(NetworkSpec((choice,), input_shape=shape))
        if planned:
            continue
        assert error is not None
        assert error.layer == 0
        with pytest.raises((RuntimeError, ValueError, IndexError)):
            getattr(nn, LAYERS[kind].torch)(**LAYERS[kind].args(shape, dict(choice.values)))(torch.zeros(2, *shape))


@pytest.mark.parametrize("kind", LAYERS)
def test_every_one_click_mend_mends_its_layer(kind: str) -> None:
    for shape, choice in itertools.product(SHAPES, settings_of(kind)):
        network = NetworkSpec((choice,), input_shape=shape)
        planned, error = survey(network)
        if not planned and error and error.mend:
            after, _ = survey(mended(network, error.mend))
            assert after, (shape, choice, error)


@pytest.mark.parametrize("kind", LAYERS)
def test_every_row_explains_itself(kind: str) -> None:
    row = LAYERS[kind]
    assert row.group in GROUPS
    assert row.doc.endswith(".")
    assert len(row.doc) > 30
    for param in row.params.values():
        assert param.help.endswith(".")
        assert param.label
        assert param.low <= param.default <= param.high
    source = row.keras.format(**dict(layer(kind).values), strides="", same="", start="")
    assert source.startswith("layers.")


@pytest.mark.parametrize("kind", LAYERS)
def test_every_setting_survives_json_text(kind: str) -> None:
    for choice in settings_of(kind):
        assert choice_from_json(LAYERS, json.loads(json.dumps(choice_to_json(choice))), "Layer 1") == choice
    network = NetworkSpec(tuple(settings_of(kind)), "he", "Some")
    assert network_from_json(json.dumps(network_to_json(network))) == network


@pytest.mark.parametrize(("kind", "shape", "multiply_adds"), [
    ("Linear", (784,), 784 * 128),
    ("Conv2d", (3, 10, 10), 8 * 8 * 32 * 3 * 9),
    ("MaxPool2d", (3, 10, 10), 0),
    ("ReLU", (3, 10, 10), 0),
])  # fmt: skip
def test_multiply_adds_are_those_of_the_weights(kind: str, shape: Shape, multiply_adds: int) -> None:
    assert LAYERS[kind].multiply_adds(shape, dict(layer(kind).values)) == multiply_adds


@pytest.mark.parametrize(
    ("before", "misfit", "what", "mend"),
    [
        ([], layer("Linear"), "needs a flat vector but receives 1 x 28 x 28. Add Flatten before it.", "Add Flatten"),
        ([], layer("Softmax"), "needs a flat vector but receives 1 x 28 x 28. Add Flatten before it.", "Add Flatten"),
        ([], layer("BatchNorm1d"), "receives 1 x 28 x 28. Use BatchNorm2d here.", "Use BatchNorm2d"),
        ([layer("Flatten")], layer("BatchNorm2d"), "of 784 numbers. Use BatchNorm1d here.", "Use BatchNorm1d"),
        ([layer("Flatten")], layer("Conv2d"), "a flat vector of 784 numbers. Move it before Flatten.", None),
        ([layer("Flatten")], layer("AdaptiveAvgPool2d"), "784 numbers. Move it before Flatten.", None),
        (
            [layer("AvgPool2d", kernel_size=14, stride=14)],
            layer("Conv2d", kernel_size=3),
            "its 3 x 3 kernel is larger than the picture it receives, 2 x 2. Use a kernel of at most 2 x 2",
            "Use a 2 x 2 kernel",
        ),
        (
            [layer("AvgPool2d", kernel_size=14, stride=14)],
            layer("MaxPool2d", kernel_size=5, padding=1),
            "its 5 x 5 window is larger than the picture it receives, 2 x 2 with 1 of padding on each side. Use a",
            "Use a 2 x 2 window",
        ),
        ([], layer("MaxPool2d", padding=2), "its padding 2 is more than half its 2 x 2 window.", "Use padding 1"),
        ([layer("AdaptiveAvgPool2d")], layer("MaxPool2d"), "there is nothing left to pool: it receives 1 x 1.", None),
    ],
)
def test_misfit_names_the_layer_and_the_cure(before: list[Choice], misfit: Choice, what: str, mend: str | None) -> None:
    network = NetworkSpec((*before, misfit))
    planned, error = survey(network)
    assert len(planned) == len(before)
    assert isinstance(error, SpecError)
    assert error.what.startswith(f"Layer {len(before) + 1} ({misfit.kind}): ")
    assert what in str(error)
    assert (error.mend.label if error.mend else None) == mend


def test_there_are_four_initialisations_each_explained() -> None:
    assert list(INITS) == ["default", "he", "xavier", "zeros"]
    assert all(help.endswith(".") for help in INITS.values())
