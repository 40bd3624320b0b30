import json
import random
from dataclasses import replace

import pytest

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Choice, SpecError
from engine.gan.recipes import RECIPES
from engine.network.load import check_batches
from engine.network.spec import (
    MAX_JSON_CHARACTERS,
    MAX_LAYERS,
    MAX_Z,
    NetworkSpec,
    layer,
    mend_network,
    network_from_json,
    network_to_json,
    parse_json,
    plan,
    shape_text,
    survey,
)
from engine.training.config import TrainConfig
from engine.training.presets import PRESETS


def network(*layers: Choice) -> NetworkSpec:
    return NetworkSpec(layers)


def mended_throughout(spec: NetworkSpec) -> tuple[NetworkSpec, list[str]]:
    """Click every cure that is offered, one after the other."""
    labels = []
    for _ in range(20):
        _, error = survey(spec)
        if error is None or error.mend is None:
            break
        labels.append(str(error.mend.label))
        spec = mend_network(spec, error.mend)
    return spec, labels


def test_one_click_after_the_other_leads_from_a_lone_convolution_to_a_network_that_trains() -> None:
    spec, labels = mended_throughout(network(layer("Conv2d")))
    assert labels == ["Add Flatten", "Add Linear 10"]
    assert plan(spec).layers[-1].out_shape == (10,)


STARTS = [(kind,) for kind in LAYERS] + [("Conv2d", "Linear"), ("Conv2d", "BatchNorm1d"), ("Linear", "Conv2d")]


@pytest.mark.parametrize("start", STARTS)
def test_one_click_after_the_other_leads_from_any_first_layer_to_a_network_that_trains(start: tuple[str, ...]) -> None:
    spec, _ = mended_throughout(network(*(layer(kind) for kind in start), layer("Flatten")))
    assert plan(spec).layers[-1].out_shape == (10,)


@pytest.mark.parametrize(("role", "out"), [("generator", (1, 28, 28)), ("discriminator", (1,))])
@pytest.mark.parametrize("start", STARTS)
def test_one_click_after_the_other_leads_to_a_network_that_does_what_its_role_asks(
    start: tuple[str, ...], role: str, out: tuple[int, ...]
) -> None:
    spec = replace(network(*(layer(kind) for kind in start)), role=role)
    spec, _ = mended_throughout(replace(spec, input_shape=(32,)) if role == "generator" else spec)
    assert plan(spec).layers[-1].out_shape == out


def test_a_layer_that_tells_the_label_is_taken_out_of_a_classifier_by_one_click() -> None:
    spec, labels = mended_throughout(network(layer("Flatten"), layer("LabelConcat"), layer("Linear", units=10)))
    assert labels == ["Remove LabelConcat"]
    assert spec == network(layer("Flatten"), layer("Linear", units=10))


@pytest.mark.parametrize(
    ("role", "layers", "sentence"),
    [
        (
            "generator",
            [layer("Linear", units=784), layer("Reshape"), layer("ConvTranspose2d")],
            "The network ends in 16 × 14 × 14 but must end in a picture of 1 × 28 × 28. "
            "Add a ConvTranspose2d with 1 channel: it doubles the sides.",
        ),
        (
            "generator",
            [layer("Linear", units=784), layer("Reshape"), layer("Upsample", scale=4)],
            "The network ends in 16 × 28 × 28 but must end in a picture of 1 × 28 × 28. "
            "Add a convolution with 1 channel.",
        ),
        (
            "generator",
            [layer("Linear", units=100)],
            "The network ends in 100 but must end in a picture of 1 × 28 × 28. "
            "Add a Linear layer with 784 units and Reshape.",
        ),
        (
            "generator",
            [layer("ConvTranspose2d")],
            "Layer 1 (ConvTranspose2d): needs a picture but receives a flat vector of 32 numbers. "
            "Move it before Flatten, or lay the numbers out with Reshape.",
        ),
        (
            "discriminator",
            [layer("Flatten"), layer("Linear", units=64)],
            "The network ends in 64 but must end in 1 number, its verdict. Add a Linear layer with 1 unit.",
        ),
    ],
)
def test_networks_of_a_gan_that_do_not_fit_are_told_so_in_words(role: str, layers: list[Choice], sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        plan(NetworkSpec(tuple(layers), role=role, input_shape=(32,) if role == "generator" else (1, 28, 28)))
    assert str(caught.value) == sentence


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
            assert str(error.what).endswith(".")
            assert str(error.cure).endswith(".")
    assert trainable > 100


def test_a_misfit_keeps_the_plan_of_what_is_before_it() -> None:
    planned, error = survey(network(layer("Conv2d"), layer("ReLU"), layer("Linear", units=10)))
    assert [shape_text(p.out_shape) for p in planned] == ["32 × 26 × 26", "32 × 26 × 26"]
    assert error is not None
    assert error.layer == 2
    assert str(error) == "Layer 3 (Linear): needs a flat vector but receives 32 × 26 × 26. Add Flatten before it."


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
            "The network ends in 10 × 1 × 1 but must end in 10 numbers, one score for each digit. Add Flatten.",
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


@pytest.mark.parametrize(
    "config", [TrainConfig(batch_size=1), TrainConfig(batch_size=99, images=100, validation_share=0)]
)
def test_a_batch_of_one_picture_is_refused_where_it_would_be_normalised(config: TrainConfig) -> None:
    normalised = network(layer("Flatten"), layer("BatchNorm1d"), layer("Linear", units=10))
    with pytest.raises(SpecError, match=r"Layer 2 \(BatchNorm1d\).*Change the batch size"):
        check_batches(plan(normalised), config.train_images, config.batch_size)
    check_batches(plan(PRESETS["quick"].network), config.train_images, config.batch_size)
    check_batches(plan(PRESETS["mlp"].network), config.train_images, config.batch_size)


@pytest.mark.parametrize("name", PRESETS)
def test_networks_survive_json_text(name: str) -> None:
    spec = PRESETS[name].network
    assert network_from_json(json.dumps(network_to_json(spec))) == spec


@pytest.mark.parametrize("size", [1, 32, MAX_Z])
def test_networks_of_a_gan_survive_json_text_with_role_and_input(size: int) -> None:
    for gan in (recipe.gan for recipe in RECIPES.values()):
        for spec in (replace(gan.generator, input_shape=(size,)), gan.discriminator):
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
    {"layers": [], "init": "clever"},
    {"layers": [], "init": []},
    {"layers": [], "init": None},
    {"layers": [], "input": [3, 224, 224]},
    {"layers": [], "input": 28},
    {"layers": [], "input": [32]},
    {"layers": [], "role": "judge"},
    {"layers": [], "role": ["generator"]},
    {"layers": [], "role": None},
    {"layers": [], "role": "generator"},
    {"layers": [], "role": "generator", "input": [1, 28, 28]},
    {"layers": [], "role": "generator", "input": [0]},
    {"layers": [], "role": "generator", "input": [-3]},
    {"layers": [], "role": "generator", "input": [513]},
    {"layers": [], "role": "generator", "input": [32.0]},
    {"layers": [], "role": "generator", "input": [True]},
    {"layers": [], "role": "generator", "input": "32"},
    {"layers": [], "role": "discriminator", "input": [32]},
    {"layers": [{"kind": "Upsample", "mode": "bicubic"}]},
    {"layers": [{"kind": "Linear", "spectral_norm": 1}]},
    {"layers": [{"kind": "Reshape", "channels": 0}]},
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
            parse_json(text)
