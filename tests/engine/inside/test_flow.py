"""What is shown of every layer is what torch makes there; and however large a network, what is sent stays small."""

import base64
import json
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.data.mnist import normalise
from engine.inside.flow import follow
from engine.inside.maps import page_of
from engine.inside.reading import Reading, flow_of
from engine.network.spec import NetworkSpec, layer
from engine.training.architectures import ALL_PRESETS
from engine.training.predict import probabilities
from tests.engine.inside.a_reading import IMAGE, model_of, preset

MOST_BYTES = 60_000


def as_planned(model: nn.Sequential) -> None:
    """Let every list do its layers in the order of the plan: a built one has a MaxPool2d before its ReLU."""
    for part in model.modules():
        if isinstance(part, nn.Sequential):
            part._modules = dict(sorted(part._modules.items(), key=lambda pair: int(pair[0])))  # type: ignore[assignment]


@pytest.mark.parametrize("name", ["cnn", "tiny", "resnet8", "googlenet", "se-resnet", "bi-gru", "cnn-lstm", "vit"])
def test_every_activation_is_what_torchs_hooks_see(name: str) -> None:
    planned, model = preset(name)
    stages = {stage.id: stage for stage in follow(planned, model, IMAGE)}
    as_planned(model)
    seen: dict[str, Tensor] = {}

    def note(place: str) -> Any:
        return lambda _, __, output: seen.update({place: output[0]})

    for place, module in model.named_modules():
        module.register_forward_hook(note(place))
    with torch.no_grad():
        scores = model(normalise(IMAGE.unsqueeze(0)))
    layers = {place: stage for place, stage in stages.items() if stage.module and place in seen}
    assert len(layers) >= len(planned.layers) - 1
    for place, stage in layers.items():
        torch.testing.assert_close(stage.output, seen[place])
    joins = [stage for stage in stages.values() if len(stage.inputs) > 1]
    for stage in joins:
        torch.testing.assert_close(stage.output, seen[stage.id.rpartition(".")[0]])
    assert bool(joins) == any(kind in str(planned.network.layers) for kind in ("Residual", "Branches"))
    torch.testing.assert_close(stages["shares"].output, scores.softmax(1)[0])


def test_the_answer_is_the_one_that_draw_gives() -> None:
    planned, model = preset("quick")
    told = flow_of(Reading(planned, model, IMAGE.numpy()))
    expected = probabilities(model, IMAGE.unsqueeze(0))[0]
    assert told["probabilities"] == pytest.approx(expected.tolist(), abs=2e-6)
    assert told["digit"] == int(expected.argmax())
    for strip in told["strips"]:
        assert len(base64.b64decode(strip["pixels"])) == torch.Size(strip["size"]).numel()
        assert strip["size"][0] <= 16


@pytest.mark.parametrize("name", list(ALL_PRESETS))
def test_no_network_is_too_large_to_be_sent(name: str) -> None:
    planned, model = preset(name)
    told = flow_of(Reading(planned, model, IMAGE.numpy()))
    assert len(json.dumps(told)) < MOST_BYTES
    assert len(told["strips"]) <= 24


def test_large_pictures_of_many_channels_are_sent_in_bounds_and_paged() -> None:
    large = (layer("Upsample", scale=4), *[layer("Conv2d", channels=4, kernel_size=1)] * 30)
    end = (layer("AdaptiveAvgPool2d"), layer("Flatten"), layer("Linear", units=10))
    planned, model = model_of(NetworkSpec((*large, *end)))
    reading = Reading(planned, model, IMAGE.numpy())
    ids, seen = [stage.id for stage in reading.stages()], list[str]()
    while len(seen) < len(ids):
        told = flow_of(reading, len(seen))
        assert told["strips"] and told["count"] == len(ids)
        assert len(json.dumps(told)) < MOST_BYTES
        seen += [strip["id"] for strip in told["strips"]]
    assert seen == ids


def test_repetitions_are_folded_but_for_the_first_until_they_are_turned() -> None:
    planned, model = preset("vit")
    reading = Reading(planned, model, IMAGE.numpy())
    heads = {strip["id"]: strip["open"] for strip in flow_of(reading)["strips"] if "times" in strip}
    assert heads == {"3.0": True, "3.1": False, "3.2": False}
    turned = flow_of(reading, turned=["3.0", "3.1"])["strips"]
    inside = [strip["id"] for strip in turned if strip["id"].startswith("3.") and "times" not in strip]
    assert inside and all(place.startswith("3.1.") for place in inside)


def test_other_maps_come_when_they_are_asked_for() -> None:
    made = torch.arange(40 * 6, dtype=torch.float32).reshape(40, 2, 3)
    page = page_of(made, 32)
    assert (page.first, page.total) == (32, 40)
    assert torch.equal(page.pictures, made[32:])
    assert page_of(made, 10_000).first == 39
