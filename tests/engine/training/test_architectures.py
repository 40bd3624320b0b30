import json
import re
from pathlib import Path

import pytest
import torch

from engine.catalogue.params import Choice
from engine.export.formats import recipe_from_json, recipe_from_link, recipe_to_json, recipe_to_link
from engine.gan.recipes import RECIPES
from engine.kinds import check_job
from engine.network.build import build
from engine.network.plans import leaves
from engine.network.spec import NetworkSpec, cards, plan, shape_text
from engine.training.architectures import ALL_PRESETS, ARCHITECTURES, FAMILIES
from engine.training.architectures.deep import resnet
from engine.training.kind import Classification
from engine.training.presets import PRESETS

DOCS = Path(__file__).parents[3] / "docs"
PARAMETERS = {
    "alexnet": 239_578,
    "vgg": 146_938,
    "googlenet": 32_022,
    "all-convolutional": 60_274,
    "mobilenet": 37_610,
    "tiny": 1_030,
    "resnet8": 77_898,
    "resnet20": 272_778,
    "resnet56": 857_418,
    "plain8": 75_242,
    "plain20": 270_122,
    "plain56": 854_762,
    "densenet": 34_750,
    "se-resnet": 80_726,
    "row-lstm": 82_186,
    "bi-gru": 37_386,
    "cnn-lstm": 79_690,
    "vit": 105_546,
    "mixer": 57_690,
}


def layers_of(network: NetworkSpec) -> list[Choice]:
    """Every layer that is no block and stands on no shortcut, its repeats counted out."""
    return [p.layer for p in leaves(plan(network).layers) if len(p.path) % 2]


def of_kind(network: NetworkSpec, *kinds: str) -> list[Choice]:
    return [choice for choice in layers_of(network) if choice.kind in kinds]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_known_networks_have_their_parameters_their_family_and_their_paper(name: str) -> None:
    preset = ARCHITECTURES[name]
    assert plan(preset.network).parameters == PARAMETERS[name]
    assert preset.family in FAMILIES and preset.family != "first"
    assert preset.paper.startswith("https://")
    assert str(preset.doc).endswith(".")
    assert re.search(r"\(.*\b(19|20)\d\d\b.*\)", str(preset.doc))


def test_table_in_the_docs_says_what_the_rows_say() -> None:
    table = re.findall(r"^\| `.*", (DOCS / "presets.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(table) == sorted(
        f"| `{name}` | {plan(preset.network).parameters:,} | {preset.config.epochs} | {preset.measured.seconds} "
        f"| {preset.measured.accuracy:.2%} |".replace("%", " %")
        for name, preset in ALL_PRESETS.items()
        if preset.measured
    )


def test_every_family_has_members_and_every_network_a_name_of_its_own() -> None:
    assert {preset.family for preset in ALL_PRESETS.values()} == FAMILIES.keys()
    names = [preset.network.name for preset in ALL_PRESETS.values()] + [recipe.gan.name for recipe in RECIPES.values()]
    assert len(set(names)) == len(names) and all(names)
    assert list(ALL_PRESETS)[: len(PRESETS)] == list(PRESETS)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_known_networks_may_be_trained_here_and_fit_a_file_and_a_link(name: str) -> None:
    network, config = ARCHITECTURES[name].network, ARCHITECTURES[name].config
    check_job(Classification(network, config))
    assert recipe_from_json(json.dumps(recipe_to_json(network, config))) == (network, config)
    assert recipe_from_link(recipe_to_link(network, config)) == (network, config)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_known_networks_get_better_at_a_batch(name: str) -> None:
    model = build(plan(ARCHITECTURES[name].network)).train()
    images = torch.rand(16, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(16) % 10
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    losses = []
    for _ in range(6):
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert min(losses[1:]) < losses[0]


@pytest.mark.parametrize("depth", [8, 20, 56])
def test_a_resnet_has_as_many_layers_as_its_name_says_and_the_plain_one_the_same(depth: int) -> None:
    for network in (resnet(depth), resnet(depth, has_shortcuts=False)):
        assert len(of_kind(network, "Conv2d", "Linear")) == depth
    assert layers_of(resnet(depth)) == layers_of(resnet(depth, has_shortcuts=False))
    assert len([choice for choice in cards(resnet(depth).layers) if choice.kind == "Residual"]) <= 6
    shortcuts = [p for p in plan(resnet(depth)).layers if p.shortcut]
    assert [shape_text(p.out_shape) for p in shortcuts] == ["32 × 7 × 7", "64 × 4 × 4"]


def test_known_networks_are_built_as_their_papers_say() -> None:
    network = {name: preset.network for name, preset in ARCHITECTURES.items()}
    assert {choice["kernel_size"] for choice in of_kind(network["vgg"], "Conv2d")} == {3}
    assert len(of_kind(network["alexnet"], "Conv2d")) == 5 and len(of_kind(network["alexnet"], "Linear")) == 3
    assert not of_kind(network["all-convolutional"], "Linear", "MaxPool2d", "AvgPool2d")
    depthwise = [choice for choice in of_kind(network["mobilenet"], "Conv2d") if choice["groups"] > 1]
    assert len(depthwise) == 5 and all(choice["groups"] == choice["channels"] for choice in depthwise)
    inception = [p for p in plan(network["googlenet"]).layers if p.layer.kind == "Branches"]
    assert len(inception) == 4 and all(len(p.bodies) == 4 for p in inception)
    dense = [p for p in leaves(plan(network["densenet"]).layers) if p.layer.kind == "Conv2d" and len(p.path) > 1]
    assert [p.in_shape[0] for p in dense[:4]] == [16, 24, 32, 40]
    squeezed = [choice for choice in cards(network["se-resnet"].layers) if choice.kind == "Branches"]
    assert [choice["join"] for choice in squeezed] == ["multiply"] * 3
    assert len(of_kind(network["vit"], "SelfAttention")) == 3
    assert not of_kind(network["mixer"], "SelfAttention", "Conv2d")
