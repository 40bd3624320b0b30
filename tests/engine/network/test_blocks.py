import json
import math
import time
from dataclasses import replace

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from engine.catalogue.params import Choice, Shape, SpecError
from engine.export.formats import recipe_from_link, recipe_to_link
from engine.limits import limits
from engine.network.build import build
from engine.network.load import check_batches
from engine.network.spec import (
    MAX_DEPTH,
    MAX_LAYERS,
    NetworkSpec,
    Plan,
    layer,
    mend_network,
    network_from_json,
    network_to_json,
    plan,
    survey,
    survey_cards,
)
from engine.training.config import TrainConfig

NORM, RELU, FLATTEN, OUT = layer("BatchNorm2d"), layer("ReLU"), layer("Flatten"), layer("Linear", units=10)
MEAN, ROWS = layer("AdaptiveAvgPool2d"), layer("RowsAsSteps")


def conv(channels: int, **values: int) -> Choice:
    return layer("Conv2d", **{"channels": channels, "padding": 1, **values})


def whole(*layers: Choice) -> NetworkSpec:
    """A classifier that begins with these."""
    return NetworkSpec((*layers, FLATTEN, OUT))


def only(block: Choice, shape: Shape = (4, 8, 8)) -> NetworkSpec:
    return NetworkSpec((block,), input_shape=shape, role="generator")


def nested(depth: int, inner: Choice) -> Choice:
    for _ in range(depth):
        inner = layer("Repeat", [inner])
    return inner


BLOCKS: list[tuple[Shape, Choice]] = [
    ((4, 8, 8), layer("Repeat", [conv(4), NORM, RELU], times=3)),
    ((4, 8, 8), layer("Repeat", [conv(6, stride=2), RELU], times=3)),
    ((4, 8, 8), layer("Residual", [conv(4), NORM, RELU, conv(4), NORM])),
    ((4, 8, 8), layer("Residual", [conv(9, stride=2), NORM])),
    ((4, 7, 7), layer("Residual", [conv(9, stride=3), NORM], join="concatenate")),
    ((4, 8, 8), layer("Residual", [conv(5)], join="concatenate")),
    ((12,), layer("Residual", [layer("Linear", units=7), RELU])),
    ((12,), layer("Residual", [layer("Linear", units=7)], join="concatenate")),
    ((5, 12), layer("Residual", [layer("LayerNorm"), layer("SelfAttention")])),
    ((5, 12), layer("Residual", [layer("LSTM", units=3, outputs="all")])),
    ((5, 12), layer("Residual", [layer("GRU", units=3, outputs="all")], join="concatenate")),
    ((4, 8, 8), layer("Branches", [conv(3)], [], [layer("MaxPool2d", kernel_size=3, stride=1, padding=1)])),
    ((4, 8, 8), layer("Branches", [conv(3)], [conv(3), RELU], join="add")),
    ((4, 8, 8), layer("Branches", [], [MEAN, layer("PReLU"), layer("Sigmoid")], join="multiply")),
    ((5, 12), layer("Branches", [layer("Linear", units=3)], [RELU])),
    ((12,), layer("Branches", [layer("Linear", units=3)], [RELU], [layer("Linear", units=2)])),
    ((2, 8, 8), layer("Repeat", [layer("Residual", [nested(2, conv(2))])], times=4)),
]


@pytest.mark.parametrize(("shape", "block"), BLOCKS)
def test_planned_shape_parameters_and_multiply_adds_of_a_block_are_those_of_torch(shape: Shape, block: Choice) -> None:
    network = only(block, shape)
    planned, _ = survey(network)
    model = build(Plan(network, planned))
    assert sum(p.numel() for p in model.parameters()) == planned[0].parameters
    with FlopCounterMode(display=False) as counter:
        out = model.to("meta")(torch.zeros(2, *shape, device="meta"))
    assert tuple(out.shape[1:]) == planned[0].out_shape
    assert planned[0].multiply_adds == counter.get_total_flops() / (2 * 2)


@pytest.mark.parametrize(("shape", "block"), BLOCKS)
def test_a_block_lets_every_weight_learn_once_its_norm_has_left_zero(shape: Shape, block: Choice) -> None:
    network = only(block, shape)
    model = build(Plan(network, survey(network)[0]))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        model(torch.rand(3, *shape)).square().sum().backward()
        optimizer.step()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in model.parameters())


@pytest.mark.parametrize(("shape", "block"), BLOCKS)
def test_blocks_survive_json_and_links(shape: Shape, block: Choice) -> None:
    network = whole(block, *[block] * 2)
    assert network_from_json(json.dumps(network_to_json(network))) == network
    assert recipe_from_link(recipe_to_link(network, TrainConfig()))[0] == network


def test_a_residual_block_begins_as_a_mere_shortcut_where_a_norm_ends_its_layers() -> None:
    x = torch.rand(3, 4, 8, 8)
    for last, same in (([NORM], True), ([NORM, RELU], True), ([], False), ([NORM, conv(4)], False)):
        network = only(layer("Residual", [conv(4), *last]))
        assert torch.equal(build(Plan(network, survey(network)[0])).eval()(x), x) == same
    network = only(layer("Residual", [conv(4), NORM], zero_last_norm=False))
    assert not torch.equal(build(Plan(network, survey(network)[0])).eval()(x), x)


@pytest.mark.parametrize(
    ("shape", "body", "join", "expected"),
    [
        ((4, 8, 8), [conv(4)], "add", None),
        ((4, 8, 8), [conv(6, stride=2)], "add", {"channels": 6, "kernel_size": 1, "stride": 2}),
        ((4, 9, 9), [conv(4, stride=3)], "concatenate", {"channels": 4, "kernel_size": 1, "stride": 3}),
        ((4, 8, 8), [conv(6)], "concatenate", None),
        ((12,), [layer("Linear", units=5)], "add", {"units": 5}),
        ((12,), [layer("Linear", units=5)], "concatenate", None),
        ((5, 12), [layer("Linear", units=7)], "add", {"units": 7}),
    ],
)
def test_the_plan_chooses_what_stands_on_the_shortcut(
    shape: Shape, body: list[Choice], join: str, expected: dict[str, int] | None
) -> None:
    planned, _ = survey(only(layer("Residual", body, join=join), shape))
    shortcut = planned[0].shortcut
    assert (shortcut is None) == (expected is None)
    if shortcut and expected:
        assert {name: shortcut.layer[name] for name in expected} == expected


def test_every_card_of_a_block_has_its_path_shape_and_costs() -> None:
    block = layer("Repeat", [layer("Branches", [conv(3), RELU], [conv(5)])], times=2)
    seen, error = survey_cards(whole(conv(4), block))
    assert error is None
    assert {path: p.layer.kind for path, p in seen.items() if len(path) > 1} == {
        (1, 0, 0): "Branches",
        (1, 0, 0, 0, 0): "Conv2d",
        (1, 0, 0, 0, 1): "ReLU",
        (1, 0, 0, 1, 0): "Conv2d",
    }
    assert seen[1, 0, 0, 1, 0].out_shape == (5, 28, 28)
    assert seen[1, 0, 0, 1, 0].parameters == 5 * (4 * 9 + 1)
    assert seen[1,].parameters == (3 + 5) * (4 * 9 + 1) + (3 + 5) * (8 * 9 + 1)
    assert seen[1,].layer == block


def test_cards_of_a_broken_block_are_known_up_to_the_misfit() -> None:
    seen, error = survey_cards(whole(layer("Residual", [conv(4), layer("Linear")])))
    assert error is not None and error.path == (0, 0, 1)
    assert seen.keys() == {(0, 0, 0)}


MISFITS = [
    (
        whole(RELU, RELU, layer("Residual", [conv(4), layer("BatchNorm1d")])),
        "Layer 3 (Residual), layer 2 (BatchNorm1d): needs a flat vector but receives 4 × 28 × 28. "
        "Use BatchNorm2d here.",
        (2, 0, 1),
        "Use BatchNorm2d",
    ),
    (
        whole(layer("Branches", [conv(4)], [RELU, layer("GroupNorm")])),
        "Layer 1 (Branches), branch 2, layer 2 (GroupNorm): its 4 groups cannot share 1 channels equally. "
        "Use a number of groups that divides the channels.",
        (0, 1, 1),
        "Use groups 1",
    ),
    (
        whole(layer("Repeat", [layer("MaxPool2d")], times=8)),
        "Layer 1 (Repeat), repetition 5, layer 1 (MaxPool2d): there is nothing left to pool: it receives 1 × 1. "
        "Remove it, or shrink less before it.",
        (0, 0, 0),
        "Remove MaxPool2d",
    ),
    (
        whole(layer("Residual", [layer("Conv2d", channels=4), RELU])),
        "Layer 1 (Residual): its layers turn 1 × 28 × 28 into 4 × 26 × 26, and no 1 × 1 convolution can bring the "
        "shortcut there. Let them keep the height and width, or divide them by a stride: give its windows a padding.",
        (0,),
        "Use padding 1 in Conv2d",
    ),
    (
        whole(layer("Branches", [conv(4)], [layer("Conv2d", channels=4, kernel_size=5)])),
        "Layer 1 (Branches): its branches end in 4 × 28 × 28 and in 4 × 24 × 24, which cannot stand side by side. Let "
        "all end in the same height and width, or in as many steps.",
        (0,),
        "Use padding 2 in Conv2d",
    ),
    (
        whole(layer("Branches", [conv(4)], [conv(5)], join="add")),
        "Layer 1 (Branches): its branches end in 4 × 28 × 28 and in 5 × 28 × 28, which cannot be added. Let all end in "
        "the same shape.",
        (0,),
        None,
    ),
    (
        whole(layer("Residual", [ROWS])),
        "Layer 1 (Residual): its layers turn 1 × 28 × 28 into 28 steps of 28 numbers, which cannot be added to what "
        "goes in. Move what changes the form out of the block.",
        (0,),
        "Remove Residual",
    ),
    (
        whole(layer("Repeat")),
        "Layer 1 (Repeat): has no layers in it. Add one, or remove it.",
        (0,),
        "Add a layer",
    ),
    (
        whole(conv(4), layer("Branches", [conv(4)], [layer("Residual")])),
        "Layer 2 (Branches), branch 2, layer 1 (Residual): has no layers in it. Add one, or remove it.",
        (1, 1, 0),
        "Add a layer",
    ),
    (
        whole(layer("Repeat", [layer("LabelConcat")])),
        "Layer 1 (Repeat), layer 1 (LabelConcat): tells the network the answer it is to find. "
        "Remove it: it is for GANs.",
        (0, 0, 0),
        "Remove LabelConcat",
    ),
]


@pytest.mark.parametrize(("network", "sentence", "path", "mend"), MISFITS)
def test_a_misfit_in_a_block_says_where_it_is(
    network: NetworkSpec, sentence: str, path: tuple[int, ...], mend: str | None
) -> None:
    _, error = survey(network)
    assert error is not None
    assert str(error) == sentence
    assert (error.path, error.layer) == (path, path[0])
    assert (str(error.mend.label) if error.mend else None) == mend


@pytest.mark.parametrize(("network", "sentence", "path", "mend"), [case for case in MISFITS if case[3]])
def test_one_click_mends_a_layer_inside_a_block_and_nothing_else(
    network: NetworkSpec, sentence: str, path: tuple[int, ...], mend: str
) -> None:
    seen, error = survey_cards(network)
    assert error is not None and error.mend is not None
    mended = mend_network(network, error.mend)
    after, other = survey_cards(mended)
    assert other is None or str(other) != sentence
    kept = [at for at in seen if at != path and at[: len(error.mend.path)] != error.mend.path]
    assert all(after[at].layer == seen[at].layer for at in kept if at < path)


def test_a_label_layer_in_a_block_of_a_generator_is_refused() -> None:
    spec = NetworkSpec((layer("Residual", [layer("LabelConcat")]),), input_shape=(8,), role="generator")
    _, error = survey(spec)
    assert str(error) == (
        "Layer 1 (Residual), layer 1 (LabelConcat): stands in a block, where no label arrives. "
        "Move it out of the block."
    )


def test_blocks_stand_in_one_another_up_to_a_depth() -> None:
    assert plan(whole(nested(MAX_DEPTH, RELU)))
    too_deep = whole(nested(MAX_DEPTH + 1, RELU))
    _, error = survey(too_deep)
    assert str(error).endswith("stands in too many blocks. Put at most 4 blocks into one another.")
    with pytest.raises(SpecError, match="stands in too many blocks"):
        network_from_json(network_to_json(too_deep))


def test_a_file_with_blocks_without_end_is_refused_at_once() -> None:
    data: object = {"kind": "ReLU"}
    for _ in range(300):
        data = {"kind": "Repeat", "times": 64, "bodies": [[data]]}
    with pytest.raises(SpecError, match="stands in too many blocks"):
        network_from_json(json.dumps({"layers": [data]}))


@pytest.mark.parametrize("data", [
    {"kind": "Repeat", "bodies": 7},
    {"kind": "Repeat", "bodies": [7]},
    {"kind": "Repeat", "bodies": [[7]]},
    {"kind": "Repeat", "bodies": [[], []]},
    {"kind": "Branches", "bodies": [[]]},
    {"kind": "Branches", "bodies": [[]] * 7},
    {"kind": "ReLU", "bodies": [[]]},
    {"kind": "Repeat", "times": 0},
    {"kind": "Repeat", "times": 65},
    {"kind": "Residual", "join": "multiply"},
    {"kind": "Residual", "zero_last_norm": 1},
    {"kind": "Repeat", "bodies": [[{"kind": "ReLU"}] * 100_000]},
    {"kind": "Repeat", "bodies": [[{"kind": "Linear", "units": -1}]]},
    {"kind": ["Repeat"], "bodies": [[]]},
])  # fmt: skip
def test_nonsense_in_a_block_is_refused_in_a_sentence(data: object) -> None:
    with pytest.raises(SpecError) as caught:
        network_from_json({"layers": [data]})
    assert len(str(caught.value)) < 400


def test_a_bad_value_in_a_block_says_where() -> None:
    inner = {"kind": "Residual", "bodies": [[{"kind": "ReLU"}, {"kind": "Linear", "units": 0}]]}
    with pytest.raises(SpecError, match=r"^Layer 1 \(Branches\), branch 2, layer 1 \(Residual\), layer 2 \(Linear\): "):
        network_from_json({"layers": [{"kind": "Branches", "bodies": [[], [inner]]}]})


def test_cards_in_blocks_count_towards_the_longest_list() -> None:
    _, error = survey(whole(layer("Repeat", [RELU] * MAX_LAYERS)))
    assert str(error).startswith(f"{MAX_LAYERS + 3} layers are too many.")
    with pytest.raises(SpecError, match="layers are too many"):
        network_from_json(network_to_json(whole(layer("Repeat", [RELU] * MAX_LAYERS))))


@pytest.mark.parametrize(
    ("block", "what"),
    [
        (nested(3, layer("Repeat", [RELU], times=64)).but(times=64), "layers, its repeats counted out"),
        (layer("Repeat", [layer("Repeat", [conv(256), conv(256)], times=4)], times=9), "multiply-adds a picture"),
        (
            layer("Repeat", [layer("Repeat", [conv(60, kernel_size=1, padding=0)], times=9)], times=9),
            "numbers to remember for every picture",
        ),
        (layer("Repeat", [MEAN, conv(512), conv(512)], times=30), "parameters"),
    ],
)
def test_repeats_of_repeats_stay_within_the_limits_and_are_refused_fast(block: Choice, what: str) -> None:
    begun = time.process_time()
    _, error = survey(whole(block))
    assert time.process_time() - begun < 1
    assert error is not None and "it would bring the network to" in str(error)
    assert what in str(error), str(error)
    assert error.path[0] == 0


def test_the_largest_repeats_plan_at_once() -> None:
    begun = time.process_time()
    inner = layer("Repeat", [conv(2), RELU], times=13)
    assert plan(whole(layer("Repeat", [inner], times=23))).layers[0].calls == 2 * 13 * 23 == limits().unrolled - 2
    assert time.process_time() - begun < 1


def test_a_network_without_blocks_keeps_the_names_of_its_weights() -> None:
    model = build(plan(whole(conv(4), NORM, RELU)))
    assert [name for name, _ in model.named_parameters()] == [
        *("0.weight", "0.bias", "1.weight", "1.bias", "4.weight", "4.bias")
    ]


def test_a_batch_of_one_is_refused_where_a_block_compares_pictures() -> None:
    spec = whole(MEAN, layer("Residual", [NORM, RELU]))
    with pytest.raises(SpecError, match=r"Layer 2 \(Residual\), layer 1 \(BatchNorm2d\): the last batch"):
        check_batches(plan(spec), 60_000, 1)


def test_pooling_before_relu_changes_nothing_in_a_block_either() -> None:
    network = only(layer("Repeat", [conv(4), RELU, layer("MaxPool2d")]))
    model = build(Plan(network, survey(network)[0]))
    assert [name for name, _ in model[0][0].named_children()] == ["0", "2", "1"]  # type: ignore[index,union-attr]
    x = torch.rand(2, 4, 8, 8)
    plain = x
    for part in model[0]:  # type: ignore[union-attr]
        plain = torch.relu(part[0](plain))
        plain = torch.max_pool2d(plain, 2)
    assert torch.equal(model(x), plain)


def test_changing_a_value_of_a_block_keeps_what_is_in_it() -> None:
    block = layer("Repeat", [conv(4)], times=2)
    assert block.but(times=5) == layer("Repeat", [conv(4)], times=5)
    assert replace(block, bodies=()) != block
    assert math.prod(survey(only(block))[0][0].out_shape) == 4 * 8 * 8
