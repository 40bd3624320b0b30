import itertools
import json
import math
import random
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from engine.catalogue.layers import GROUPS, INITS, LAYERS
from engine.catalogue.params import Choice, Shape, SpecError
from engine.network.build import HOMES, build
from engine.network.own_layers import Step
from engine.network.spec import (
    NetworkSpec,
    Plan,
    is_block,
    layer,
    layer_from_json,
    layer_to_json,
    mend_network,
    network_from_json,
    network_to_json,
    survey,
)
from engine.text import Text

SHAPES: list[Shape] = [(1, 28, 28), (3, 7, 7), (8, 9, 6), (5, 2, 2), (4, 1, 1), (64,), (784,), (1,), (10,)]
SEQUENCES: list[Shape] = [(28, 28), (5, 8), (1, 12), (7, 1)]
LABELS = torch.tensor([3, 7])
KINDS = [kind for kind in LAYERS if not is_block(kind)]  # what is a module of its own


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
    total = math.prod(map(len, ends.values()))
    picked = set(chance.sample(range(total), min(count, total)))
    some = (values for place, values in enumerate(itertools.product(*ends.values())) if place in picked)
    return [layer(kind), *(layer(kind, **dict(zip(ends, values, strict=True))) for values in some)]


def alone(choice: Choice, shape: Shape) -> NetworkSpec:
    return NetworkSpec((choice,), input_shape=shape, role="generator")


def called(kind: str, args: dict[str, Any], shape: Shape) -> tuple[nn.Module, Tensor]:
    """PyTorch's own layer and what it makes of two pictures of this shape."""
    module = getattr(HOMES[LAYERS[kind].home], LAYERS[kind].torch)(**args)
    return module, module(torch.zeros(2, *shape), *([LABELS] if LAYERS[kind].takes_label else []))


@pytest.mark.parametrize("kind", KINDS)
def test_planned_shape_and_parameters_are_those_of_the_real_module(kind: str) -> None:
    fitting = 0
    for shape, choice in itertools.product(SHAPES + SEQUENCES, settings_of(kind)):
        planned, _ = survey(alone(choice, shape))
        if not planned:
            continue
        fitting += 1
        module, out = called(kind, dict(planned[0].args), shape)
        assert tuple(out.shape[1:]) == planned[0].out_shape, (shape, choice)
        assert sum(p.numel() for p in module.parameters()) == planned[0].parameters
    assert fitting


# torch would run these on the wrong number of axes, along one that nobody means here, or on single numbers.
MORE_IS_REFUSED = {
    "Linear",
    "Softmax",
    "LogSoftmax",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "Reshape",
    "GroupNorm",
} | {kind for kind, row in LAYERS.items() if row.group == "Sequence"}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - MORE_IS_REFUSED))
def test_what_is_refused_the_real_module_refuses_too(kind: str) -> None:
    """But for sequences, which torch takes for pictures without a batch axis."""
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
    for shape, choice in itertools.product(SHAPES + SEQUENCES, settings_of(kind)):
        network = alone(choice, shape)
        for _ in range(2):  # a kernel that is too large may have the wrong groups, too
            planned, error = survey(network)
            if not planned and error and error.mend:
                network = mend_network(network, error.mend)
        assert not error or not error.mend or survey(network)[0] or not network.layers, (shape, choice, error)


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


BEFORE_SOURCES = {  # what no single paper is behind, or too old a one
    *("Linear", "Flatten", "Conv2d", "ConvTranspose2d", "Upsample", "Reshape", "MaxPool2d", "AvgPool2d", "ReLU"),
    *("LeakyReLU", "ELU", "GELU", "SiLU", "Sigmoid", "Tanh", "Softplus", "Softmax"),
    *("LabelConcat", "LabelEmbedding", "LabelProjection"),
}


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
    if kind not in BEFORE_SOURCES:
        assert row.source.startswith("https://")


@pytest.mark.parametrize("kind", LAYERS)
def test_every_setting_survives_json_text(kind: str) -> None:
    for choice in settings_of(kind):
        assert layer_from_json(json.loads(json.dumps(layer_to_json(choice))), Text("Layer 1")) == choice
    network = NetworkSpec(tuple(settings_of(kind)), "he", "Some")
    assert network_from_json(json.dumps(network_to_json(network))) == network


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not LAYERS[kind].takes_label])
def test_multiply_adds_are_those_that_torch_counts(kind: str) -> None:
    for shape, choice in itertools.product(SHAPES + SEQUENCES, settings_of(kind, 8)):
        planned, _ = survey(alone(choice, shape))
        if not planned:
            continue
        with torch.device("meta"), FlopCounterMode(display=False) as counter:
            called(kind, dict(planned[0].args), shape)
        assert planned[0].multiply_adds == counter.get_total_flops() / (2 * 2), (shape, choice)


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
            [layer("AvgPool2d", kernel_size=14, stride=14)],
            layer("Conv2d", kernel_size=2, dilation=3),
            "its 4 × 4 kernel is larger than the picture it receives, 2 × 2. Use dilation 1 and a kernel of at most 2",
            "Use a 2 × 2 kernel",
        ),
        (
            [layer("Conv2d", channels=12)],
            layer("Conv2d", channels=8, groups=6),
            "its 6 groups cannot share 12 channels coming in and 8 going out equally. Use a number of groups that",
            "Use groups 2",
        ),
        ([], layer("LSTM"), "needs steps but receives a picture of 1 × 28 × 28. Add RowsAsSteps", "Add RowsAsSteps"),
        (
            [layer("Flatten")],
            layer("GRU"),
            "needs steps but receives a flat vector of 784 numbers. Move it before Flatten, or lay the numbers out",
            "Add Reshape",
        ),
        (
            [layer("RowsAsSteps")],
            layer("Conv2d"),
            "needs a picture but receives 28 steps of 28 numbers. Move it before the picture becomes steps, or lay",
            "Add Flatten",
        ),
        ([layer("RowsAsSteps")], layer("BatchNorm1d"), "cannot compare 28 steps of 28 numbers. Use", "Use LayerNorm"),
        ([layer("RowsAsSteps")], layer("Softmax"), "needs a flat vector but receives 28 steps of 28", "Add Flatten"),
        ([layer("RowsAsSteps")], layer("PatchEmbedding"), "receives 28 steps of 28 numbers", "Remove PatchEmbedding"),
        (
            [],
            layer("PatchEmbedding", patch=9),
            "28 × 28 cannot be cut into whole patches of 9 × 9. Use a side that divides both.",
            "Use patches of 7 × 7",
        ),
        (
            [layer("RowsAsSteps")],
            layer("SelfAttention", heads=6),
            "its 6 heads cannot share 28 numbers equally. Use a number of heads that divides the numbers of a step.",
            "Use 2 heads",
        ),
        (
            [layer("RowsAsSteps"), layer("Conv1d", kernel_size=28)],
            layer("Conv1d", kernel_size=3),
            "its kernel of 3 steps is longer than the sequence it receives, 1 step.",
            "Use a kernel of 1",
        ),
        ([], layer("GroupNorm"), "its 4 groups cannot share 1 channels equally.", "Use groups 1"),
        (
            [layer("Conv2d", channels=4), layer("AdaptiveMaxPool2d")],
            layer("GroupNorm"),
            "each of its 4 groups would be a single number. Use fewer groups.",
            "Use groups 1",
        ),
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


def test_what_is_advanced_and_as_usual_is_not_saved_and_an_older_file_without_it_opens() -> None:
    saved = network_to_json(NetworkSpec((layer("Conv2d"), layer("Conv2d", dilation=2, groups=32))))["layers"]
    older = {"kind": "Conv2d", "channels": 32, "kernel_size": 3, "stride": 1, "padding": 0}
    assert saved == [older, {**older, "dilation": 2, "groups": 32}]
    opened = network_from_json({"layers": [{**older, "spectral_norm": False}]})
    assert opened.layers == (layer("Conv2d"),)


def test_step_is_the_perceptrons_and_lets_gradients_straight_through_near_zero() -> None:
    x = torch.tensor([-3.0, -0.4, 0.0, 0.3, 1.7], requires_grad=True)
    y = Step()(x)
    assert y.tolist() == [0, 0, 0, 1, 1]
    (y * torch.tensor([1.0, 2, 3, 4, 5])).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [0, 2, 3, 4, 0]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not LAYERS[kind].takes_label])
def test_a_gradient_penalty_can_be_taken_through_every_layer(kind: str) -> None:
    """Which needs the gradient of a gradient; not all that torch computes fast has one."""
    shape = next(s for s in SHAPES[1:] + SEQUENCES if survey(alone(layer(kind), s))[0])
    planned, _ = survey(alone(layer(kind), shape))
    x = torch.rand(2, *shape, requires_grad=True)
    out = getattr(HOMES[LAYERS[kind].home], LAYERS[kind].torch)(**planned[0].args)(x)
    (slopes,) = torch.autograd.grad(out.square().sum(), x, create_graph=True)
    slopes.square().sum().backward()
    assert x.grad is not None and torch.isfinite(x.grad).all()


def test_there_are_four_initialisations_each_explained() -> None:
    assert list(INITS) == ["default", "he", "xavier", "zeros"]
    assert all(str(help).endswith(".") for help in INITS.values())
