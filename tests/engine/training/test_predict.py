"""Probabilities, against torch's own softmax of the same model."""

import pytest
import torch
from torch import nn

from engine.data.mnist import load_mnist, normalise
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.training.predict import probabilities
from engine.training.presets import PRESETS

SOFTMAX = NetworkSpec((layer("Flatten"), layer("Linear", units=10), layer("Softmax")))


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_gives_the_softmax_of_its_scores(name: str) -> None:
    model = build(plan(PRESETS[name].network), seed=3).eval()
    images = load_mnist().test_images[:230]
    with torch.no_grad():
        expected = torch.softmax(model(normalise(images)), 1)
    assert torch.allclose(probabilities(model, images), expected, atol=1e-5)


def test_a_softmax_at_the_end_is_not_applied_twice() -> None:
    model = build(plan(SOFTMAX)).eval()
    images = load_mnist().test_images[:5]
    with torch.no_grad():
        assert torch.allclose(probabilities(model, images), model(normalise(images)), atol=1e-6)


@pytest.mark.parametrize("training", [True, False])
def test_reading_leaves_mode_weights_and_statistics_as_they_were(training: bool) -> None:
    model = build(plan(PRESETS["quick"].network)).train(training)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    first, second = (probabilities(model, load_mnist().test_images[:150]) for _ in range(2))
    assert model.training is training and all(module.training is training for module in model)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert torch.equal(first, second) and not first.requires_grad


def test_the_mode_is_restored_when_reading_fails() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(5, 10)).train()
    with pytest.raises(RuntimeError):
        probabilities(model, load_mnist().test_images[:1])
    assert model.training


def test_one_picture_and_none_at_all_are_read_too() -> None:
    model = build(plan(PRESETS["cnn"].network))
    images = load_mnist().test_images
    together = probabilities(model, images[:101])
    assert torch.allclose(probabilities(model, images[100:101]), together[100:], atol=1e-6)
    assert probabilities(model, images[:0]).shape == (0, 10)
    assert torch.allclose(together.sum(1), torch.ones(101))
