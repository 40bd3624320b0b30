"""The map of digits, against plain torch: the same numbers, the same principal components, the same neighbours."""

import base64

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from engine.data.mnist import load_mnist, normalise
from engine.inside.digit_map import NEAREST, digit_map, map_to_json, placed, principal, telling_layer
from engine.inside.network import Network
from tests.engine.inside.a_reading import preset
from tests.engine.inside.test_learned import bundled

TEST = load_mnist()


def test_the_shares_are_those_of_the_network() -> None:
    network = bundled()
    told = map_to_json(digit_map(network, "shares", 300))
    with torch.no_grad():
        shares = network.model(normalise(TEST.test_images[:300])).softmax(1)
    sent = np.frombuffer(base64.b64decode(told["shares"]), np.uint8).reshape(300, 10)
    assert np.abs(sent / 255 - shares.numpy()).max() < 0.0021
    assert list(base64.b64decode(told["read"])) == shares.argmax(1).tolist()
    assert list(base64.b64decode(told["labels"])) == TEST.test_labels[:300].tolist()
    assert len(str(told)) < 60_000


@pytest.mark.parametrize("name", ["cnn", "mlp", "vit", "row-lstm", "resnet8"])
def test_every_layer_has_a_map_that_fits_in_a_frame(name: str) -> None:
    network = Network(*preset(name))
    for stage in network.stages():
        if stage.times:
            continue
        told = map_to_json(digit_map(network, stage.id, 100))
        assert told["count"] == 100 and len(str(told)) < 60_000
        if "places" in told:
            assert 0 <= told["explained"][1] <= told["explained"][0] <= 1


def test_the_two_directions_are_the_principal_components() -> None:
    network = bundled()
    layers = network.plan.layers
    flat = next(p for p in layers if p.layer.kind == "Flatten")
    found = digit_map(network, str(flat.index), 400)
    spread = found.numbers - found.numbers.mean(0)
    exact = torch.linalg.svdvals(spread) ** 2
    assert found.explained == pytest.approx((exact[:2] / exact.sum()).tolist(), rel=0.01)
    assert found.axes is not None
    assert torch.allclose(found.axes.T @ found.axes, torch.eye(2), atol=1e-4)
    told = map_to_json(found)
    pairs = np.frombuffer(base64.b64decode(told["places"]), np.uint8).reshape(400, 2, 2).astype(int)
    sent = ((pairs[..., 0] * 256 + pairs[..., 1]) / 65535 * 2 - 1) * told["most"]
    assert np.abs(sent - (spread @ found.axes).numpy()).max() < told["most"] / 30_000


def test_the_map_begins_with_what_the_scores_are_made_from() -> None:
    for name, units in (("mlp", 128), ("vit", 64), ("row-lstm", 128)):
        network = Network(*preset(name))
        layer = telling_layer(network)
        made = {stage.id: stage.output for stage in network.stages()}[layer]
        assert made.numel() == units


def test_few_or_equal_numbers_have_components_too() -> None:
    axes, explained = principal(torch.zeros(5, 3))
    assert axes.shape == (3, 2) and explained == (0.0, 0.0)
    axes, explained = principal(torch.tensor([[1.0], [-1.0]]))
    assert axes.shape == (1, 2) and explained == (1.0, 0.0)


def test_large_maps_are_averaged_and_the_neighbours_are_the_nearest_of_all() -> None:
    network = bundled()
    first = next(p for p in network.plan.layers if p.layer.kind == "Conv2d")
    found = digit_map(network, str(first.index), 200)
    with torch.no_grad():
        made = network.model[: 1 + list(network.model._modules).index(str(first.index))](
            normalise(TEST.test_images[:200])
        )
    assert found.side == 7
    own = F.adaptive_avg_pool2d(made, 7).flatten(1)
    assert torch.allclose(found.numbers, own, atol=1e-4)
    told = placed(network, found, TEST.test_images[17].numpy())
    far = (own - own[17]).norm(dim=1)
    assert told["nearest"] == far.argsort()[:NEAREST].tolist() and told["nearest"][0] == 17
    assert told["distances"][0] == pytest.approx(0, abs=1e-2)
