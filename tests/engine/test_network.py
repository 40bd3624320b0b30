import json
import random

import pytest

from engine.config import TrainConfig
from engine.layers import LAYERS
from engine.limits import check_training
from engine.network import (
    MAX_JSON_CHARACTERS,
    MAX_LAYERS,
    NetworkSpec,
    layer,
    mended,
    network_from_json,
    network_to_json,
    parsed_json,
    plan,
    shape_text,
    survey,
)
from engine.params import Choice, SpecError
from engine.presets import PRESETS


def network(*layers: Choice) -> NetworkSpec:
    return NetworkSpec(layers)


def mended_throughout(spec: NetworkSpec) -> tuple[NetworkSpec, list[str]]:
    """Click every cure that is offered, one after the other."""
    labels = []
    for _ in range(20):
        _, error = survey(spec)
        if error is None or error.mend is None:
            break
        labels.append(error.mend.label)
        spec = mended(spec, error.mend)
    return spec, labels


def test_one_click_after_the_other_leads_from_a_lone_convolution_to_a_network_that_trains() -> None:
    spec, labels = mended_throughout(network(layer("Conv2d")))
    assert labels == ["Add Flatten", "Add Linear 10"]
    assert plan(spec).layers[-1].out_shape == (10,)


@pytest.mark.parametrize("start", [(kind,) for kind in LAYERS] + [("Conv2d", "Linear"), ("Conv2d", "BatchNorm1d")])
def test_one_click_after_the_other_leads_from_any_first_layer_to_a_network_that_trains(start: tuple[str, ...]) -> None:
    spec, _ = mended_throughout(network(*(layer(kind) for kind in start)))
    assert plan(spec).layers[-1].out_shape == (10,)


def test_random_lists_of_layers_either_train_or_are_told_why_in_a_sentence() -> None:
    chance = random.Random(0)
    trainable = 0
    for _ in range(500):
        kinds = chance.choices(list(LAYERS), k=chance.randint(1, 12))
        spec, _ = mended_throughout(network(*(layer(kind) for kind in kinds)))
        planned, error = survey(spec)
        if error is None:
            trainable += 1
            assert planned[-1].out_shape == (10,)
        else:
            assert error.mend is None
            assert error.what.endswith(".")
            assert error.cure.endswith(".")
    assert trainable > 100


def test_a_misfit_keeps_the_plan_of_what_is_before_it() -> None:
    planned, error = survey(network(layer("Conv2d"), layer("ReLU"), layer("Linear", units=10)))
    assert [shape_text(p.out_shape) for p in planned] == ["32 x 26 x 26", "32 x 26 x 26"]
    assert error is not None
    assert error.layer == 2
    assert str(error) == "Layer 3 (Linear): needs a flat vector but receives 32 x 26 x 26. Add Flatten before it."


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        ([], "The network is empty. Add a layer or start from a preset."),
        (
            [layer("Flatten"), layer("Linear", units=12)],
            "The network ends in 12 but must end in 10 numbers, one score for each digit. "
            "Add a Linear layer with 10 units.",
        ),
        (
            [layer("Conv2d", channels=10), layer("AdaptiveAvgPool2d")],
            "The network ends in 10 x 1 x 1 but must end in 10 numbers, one score for each digit. Add Flatten.",
        ),
    ],
)
def test_an_end_that_is_not_ten_numbers_is_refused_with_its_cure(layers: list[Choice], sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        plan(network(*layers))
    assert str(caught.value) == sentence


def test_totals_are_sums_over_the_layers() -> None:
    planned = plan(PRESETS["cnn"].network)
    assert planned.parameters == 121_930
    assert planned.multiply_adds == 26 * 26 * 32 * 9 + 11 * 11 * 64 * 32 * 9 + 1600 * 64 + 640
    assert planned.activations == sum(
        (26 * 26 * 32 * 2, 13 * 13 * 32, 11 * 11 * 64 * 2, 5 * 5 * 64, 1600, 64, 64, 10),
    )
    assert not planned.ends_in_softmax
    assert plan(network(*PRESETS["mlp"].network.layers, layer("Softmax"))).ends_in_softmax


@pytest.mark.parametrize(
    ("layers", "what"),
    [
        ([layer("Flatten"), *[layer("Linear", units=4096)] * 9], "parameters"),
        ([layer("Conv2d", channels=512), *[layer("Conv2d", channels=512, padding=1)] * 3], "multiply-adds"),
        ([layer("Conv2d", channels=512), *[layer("ReLU")] * 50], "numbers to remember for every picture"),
        ([layer("Conv2d", channels=1, kernel_size=1, padding=14)] * 90, "numbers to remember for every picture"),
    ],
)
def test_networks_that_would_outgrow_a_laptop_are_refused_at_the_layer(layers: list[Choice], what: str) -> None:
    with pytest.raises(SpecError, match=rf"^Layer \d+ \(\w+\): it would bring the network to [\d,]+ {what}") as caught:
        plan(network(*layers))
    assert caught.value.layer is not None


def test_batches_that_would_hold_up_a_shared_machine_are_refused() -> None:
    wide = plan(network(*[layer("Conv2d", channels=64, padding=1)] * 6, layer("Flatten"), layer("Linear", units=10)))
    with pytest.raises(SpecError, match=r"A batch of 1,024 pictures is too much.*at most \d+"):
        check_training(wide, TrainConfig(batch_size=1024))
    check_training(wide, TrainConfig(batch_size=64))
    for preset in PRESETS.values():
        check_training(plan(preset.network), TrainConfig(batch_size=1024))


@pytest.mark.parametrize(
    "config", [TrainConfig(batch_size=1), TrainConfig(batch_size=99, images=100, validation_share=0)]
)
def test_a_batch_of_one_picture_is_refused_where_it_would_be_normalised(config: TrainConfig) -> None:
    normalised = network(layer("Flatten"), layer("BatchNorm1d"), layer("Linear", units=10))
    with pytest.raises(SpecError, match=r"Layer 2 \(BatchNorm1d\).*Change the batch size"):
        check_training(plan(normalised), config)
    check_training(plan(PRESETS["quick"].network), config)
    check_training(plan(PRESETS["mlp"].network), config)


@pytest.mark.parametrize("name", PRESETS)
def test_networks_survive_json_text(name: str) -> None:
    spec = PRESETS[name].network
    assert network_from_json(json.dumps(network_to_json(spec))) == spec


NONSENSE: list[object] = [
    None,
    1,
    [],
    {},
    "",
    "{",
    "null",
    "NaN",
    '{"layers": NaN}',
    '{"layers": [{"kind": "Dropout", "p": NaN}]}',
    '{"layers": [{"kind": "Dropout", "p": 1e999}]}',
    "[" * 5_000,
    "[" * 900 + "]" * 900,
    '{"layers": [' + "[" * 900 + "]" * 900 + "]}",
    '{"layers": ' + "9" * 5_000 + "}",
    " " * (MAX_JSON_CHARACTERS + 1),
    {"layers": {}},
    {"layers": "Conv2d"},
    {"layers": [None]},
    {"layers": ["Conv2d"]},
    {"layers": [{"kind": "Transformer"}]},
    {"layers": [{"kind": "__class__"}]},
    {"layers": [{"kind": ["Linear"]}]},
    {"layers": [{"kind": "Linear", "units": -5}]},
    {"layers": [{"kind": "Linear", "units": 0}]},
    {"layers": [{"kind": "Linear", "units": 10.5}]},
    {"layers": [{"kind": "Linear", "units": "10"}]},
    {"layers": [{"kind": "Linear", "units": True}]},
    {"layers": [{"kind": "Linear", "units": 700_000}]},
    {"layers": [{"kind": "Linear", "units": float("nan")}]},
    {"layers": [{"kind": "Linear", "neurons": 10}]},
    {"layers": [{"kind": "Linear", 5: 10}]},
    {"layers": [{"kind": "ReLU"}] * 10_000},
    {"layers": [], "name": 7},
    {"layers": [], "name": "x" * 61},
    {"layers": [], "name": "line\nimport os"},
    {"layers": [], "name": "\ud800"},
    {"layers": [], "init": "clever"},
    {"layers": [], "init": []},
    {"layers": [], "init": None},
    {"layers": [], "input": [3, 224, 224]},
    {"layers": [], "input": 28},
]


@pytest.mark.parametrize("data", NONSENSE, ids=[repr(item)[:40] for item in NONSENSE])
def test_nonsense_is_refused_in_one_short_sentence_and_its_cure(data: object) -> None:
    with pytest.raises(SpecError) as caught:
        network_from_json(data)
    assert len(str(caught.value)) < 400
    assert "Traceback" not in str(caught.value)


def test_damaged_text_is_refused_or_still_a_network() -> None:
    chance = random.Random(1)
    text = json.dumps(network_to_json(PRESETS["lenet5"].network))
    for _ in range(2_000):
        place = chance.randrange(len(text))
        damaged = text[:place] + chance.choice('{}[]",:-.9aN\0é') + text[place + chance.randint(0, 3) :]
        try:
            survey(network_from_json(damaged))
        except SpecError as error:
            assert len(str(error)) < 400


def test_a_network_longer_than_the_limit_is_refused_before_it_is_planned() -> None:
    planned, error = survey(network(*[layer("ReLU")] * (MAX_LAYERS + 1)))
    assert planned == ()
    assert str(error) == f"101 layers are too many. Keep to {MAX_LAYERS} or fewer."


def test_json_that_python_alone_accepts_is_refused() -> None:
    for text in ("NaN", "Infinity", "-Infinity"):
        with pytest.raises(SpecError, match="not valid JSON"):
            parsed_json(text)
