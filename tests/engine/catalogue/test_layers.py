import itertools
import json
import random
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.catalogue.layers import GROUPS, INITS, LAYERS
from engine.catalogue.params import Choice, Shape, SpecError, choice_from_json, choice_to_json
from engine.network import label_layers
from engine.network.build import build
from engine.network.spec import NetworkSpec, Plan, layer, mend_network, network_from_json, network_to_json, survey

SHAPES: list[Shape] = [(1, 28, 28), (3, 7, 7), (5, 2, 2), (4, 1, 1), (64,), (784,), (1,), (10,)]
LABELS = torch.tensor([3, 7])


def settings_of(kind: str, count: int = 30) -> list[Choice]:
    """The defaults, both ends of every range, and some settings at random that are not too large to try."""
    chance = random.Random(kind)
    ends = {}
    for name, param in LAYERS[kind].params.items():
        high = min(param.high, 40)
        match param.kind:
            case "bool":
                ends[name] = (False, True)
            case "choice":
                ends[name] = param.options
            case "int":
                low, most = int(param.low), int(high)
                ends[name] = (param.default, low, most, chance.randint(low, most))
            case "float":
                ends[name] = (param.default, float(param.low), float(high), chance.uniform(param.low, high))
    all_of_them = [layer(kind, **dict(zip(ends, values, strict=True))) for values in itertools.product(*ends.values())]
    return [layer(kind), *chance.sample(all_of_them, min(count, len(all_of_them)))]


def alone(choice: Choice, shape: Shape) -> NetworkSpec:
    return NetworkSpec((choice,), input_shape=shape, role="generator")


def called(kind: str, args: dict[str, Any], shape: Shape) -> tuple[nn.Module, Tensor]:
    """PyTorch's own layer and what it makes of two pictures of this shape."""
    if LAYERS[kind].takes_label:
        module = getattr(label_layers, LAYERS[kind].torch)(**args)
        return module, module(torch.zeros(2, *shape), LABELS)
    module = getattr(nn, LAYERS[kind].torch)(**args)
    return module, module(torch.zeros(2, *shape))


@pytest.mark.parametrize("kind", LAYERS)
def test_planned_shape_and_parameters_are_those_of_the_real_module(kind: str) -> None:
    fitting = 0
    for shape, choice in itertools.product(SHAPES, settings_of(kind)):
        planned, _ = survey(alone(choice, shape))
        if not planned:
            continue
        fitting += 1
        module, out = called(kind, dict(planned[0].args), shape)
        assert tuple(out.shape[1:]) == planned[0].out_shape, (shape, choice)
        assert sum(p.numel() for p in module.parameters()) == planned[0].parameters
    assert fitting


@pytest.mark.parametrize("kind", sorted(LAYERS.keys() - {"Linear", "Softmax", "AdaptiveAvgPool2d", "Reshape"}))
def test_what_is_refused_the_real_module_refuses_too(kind: str) -> None:
    """Except for four that torch would run on the wrong number of axes, along one that nobody means here."""
    for shape, choice in itertools.product(SHAPES, settings_of(kind)):
        planned, error = survey(alone(choice, shape))
        if planned or "it would bring the network to" in str(error):
            continue
        assert error is not None
        assert error.layer == 0
        with pytest.raises((RuntimeError, ValueError, IndexError, NotImplementedError)):
            _, out = called(kind, LAYERS[kind].args(shape, dict(choice.values)), shape)
            if not out.numel():
                raise ValueError("nothing is left")


@pytest.mark.parametrize("kind", LAYERS)
def test_every_one_click_mend_mends_its_layer(kind: str) -> None:
    for shape, choice in itertools.product(SHAPES, settings_of(kind)):
        network = alone(choice, shape)
        planned, error = survey(network)
        if not planned and error and error.mend:
            network = mend_network(network, error.mend)
            assert survey(network)[0] or not network.layers, (shape, choice, error)


NORMED = [kind for kind, row in LAYERS.items() if "spectral_norm" in row.params]


@pytest.mark.parametrize("kind", NORMED)
def test_spectral_norm_leaves_shape_and_count_alone_and_keeps_every_singular_value_below_one(kind: str) -> None:
    shape: Shape = (16,) if kind.startswith("L") else (3, 7, 7)
    network = alone(layer(kind, spectral_norm=True), shape)
    planned, _ = survey(network)
    model = build(Plan(network, planned))
    for weights in model.parameters():
        with torch.no_grad():
            weights.mul_(5)
    for _ in range(100):  # each call in training comes closer to the largest singular value
        out = model(torch.ones(2, *shape), LABELS) if LAYERS[kind].takes_label else model(torch.ones(2, *shape))
    assert tuple(out.shape[1:]) == planned[0].out_shape
    assert sum(p.numel() for p in model.parameters()) == planned[0].parameters
    matrices = [part.weight.detach() for part in model.modules() if hasattr(part, "parametrizations")]
    assert len(matrices) == (2 if kind == "LabelProjection" else 1)
    for matrix in matrices:
        rows = matrix.transpose(0, 1) if kind == "ConvTranspose2d" else matrix
        assert float(torch.linalg.matrix_norm(rows.flatten(1), 2)) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("kind", LAYERS)
def test_every_row_explains_itself(kind: str) -> None:
    row = LAYERS[kind]
    assert row.group in GROUPS
    assert str(row.doc).endswith(".")
    assert len(str(row.doc)) > 30
    for param in row.params.values():
        assert str(param.help).endswith(".")
        assert param.label
        assert param.check(param.default, kind) == param.default
    source = row.keras.format(**dict(layer(kind).values), strides="", same="", start="")
    assert source.startswith(kind if row.takes_label else "layers.")


@pytest.mark.parametrize("kind", LAYERS)
def test_every_setting_survives_json_text(kind: str) -> None:
    for choice in settings_of(kind):
        assert choice_from_json(LAYERS, json.loads(json.dumps(choice_to_json(choice))), "Layer 1") == choice
    network = NetworkSpec(tuple(settings_of(kind)), "he", "Some")
    assert network_from_json(json.dumps(network_to_json(network))) == network


@pytest.mark.parametrize(("kind", "shape", "multiply_adds"), [
    ("Linear", (784,), 784 * 128),
    ("Conv2d", (3, 10, 10), 8 * 8 * 32 * 3 * 9),
    ("ConvTranspose2d", (3, 10, 10), 10 * 10 * 3 * 16 * 4 * 4),
    ("LabelProjection", (20,), 2 * 20),
    ("MaxPool2d", (3, 10, 10), 0),
    ("ReLU", (3, 10, 10), 0),
])  # fmt: skip
def test_multiply_adds_are_those_of_the_weights(kind: str, shape: Shape, multiply_adds: int) -> None:
    assert LAYERS[kind].multiply_adds(shape, dict(layer(kind).values)) == multiply_adds


@pytest.mark.parametrize(
    ("before", "misfit", "what", "mend"),
    [
        ([], layer("Linear"), "needs a flat vector but receives 1 × 28 × 28. Add Flatten before it.", "Add Flatten"),
        ([], layer("Softmax"), "needs a flat vector but receives 1 × 28 × 28. Add Flatten before it.", "Add Flatten"),
        ([], layer("BatchNorm1d"), "receives 1 × 28 × 28. Use BatchNorm2d here.", "Use BatchNorm2d"),
        ([layer("Flatten")], layer("BatchNorm2d"), "of 784 numbers. Use BatchNorm1d here.", "Use BatchNorm1d"),
        (
            [layer("Flatten")],
            layer("Conv2d"),
            "a flat vector of 784 numbers. Move it before Flatten, or lay the numbers out with Reshape.",
            "Add Reshape",
        ),
        (
            [layer("Flatten"), layer("Linear", units=100)],
            layer("Reshape"),
            "needs 784 numbers for 16 × 7 × 7, but receives 100. Let 784 numbers come before it, or change its sides.",
            "Add Linear 784",
        ),
        ([], layer("Reshape"), "needs a flat vector but receives 1 × 28 × 28. Add Flatten before it.", "Add Flatten"),
        (
            [],
            layer("LabelConcat"),
            "tells the network the answer it is to find. Remove it: it is for GANs.",
            "Remove LabelConcat",
        ),
        (
            [layer("AvgPool2d", kernel_size=14, stride=14)],
            layer("ConvTranspose2d", kernel_size=2, stride=1, padding=3),
            "its padding 3 cuts all of the picture away. Use less padding.",
            "Use padding 0",
        ),
        (
            [layer("AvgPool2d", kernel_size=14, stride=14)],
            layer("Conv2d", kernel_size=3),
            "its 3 × 3 kernel is larger than the picture it receives, 2 × 2. Use a kernel of at most 2 × 2",
            "Use a 2 × 2 kernel",
        ),
        (
            [layer("AvgPool2d", kernel_size=14, stride=14)],
            layer("MaxPool2d", kernel_size=5, padding=1),
            "its 5 × 5 window is larger than the picture it receives, 2 × 2 with 1 of padding on each side. Use a",
            "Use a 2 × 2 window",
        ),
        ([], layer("MaxPool2d", padding=2), "its padding 2 is more than half its 2 × 2 window.", "Use padding 1"),
        (
            [layer("AdaptiveAvgPool2d")],
            layer("MaxPool2d"),
            "there is nothing left to pool: it receives 1 × 1.",
            "Remove MaxPool2d",
        ),
    ],
)
def test_misfit_names_the_layer_and_the_cure(before: list[Choice], misfit: Choice, what: str, mend: str | None) -> None:
    network = NetworkSpec((*before, misfit))
    planned, error = survey(network)
    assert len(planned) == len(before)
    assert isinstance(error, SpecError)
    assert str(error.what).startswith(f"Layer {len(before) + 1} ({misfit.kind}): ")
    assert what in str(error)
    assert (str(error.mend.label) if error.mend else None) == mend


def test_there_are_four_initialisations_each_explained() -> None:
    assert list(INITS) == ["default", "he", "xavier", "zeros"]
    assert all(str(help).endswith(".") for help in INITS.values())
