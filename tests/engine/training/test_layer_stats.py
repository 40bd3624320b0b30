"""What a step does in each layer: its numbers against a step written by hand, on a curve that they leave as it is."""

from dataclasses import replace
from itertools import islice

import pytest
import torch
from torch.nn import functional as F

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import choose
from engine.data.batches import shuffle
from engine.data.mnist import load_mnist, normalise, split
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.training.config import TrainConfig
from engine.training.events import LayersMeasured, StepDone
from engine.training.layer_stats import measured_steps
from engine.training.train import train

CONFIG = TrainConfig(images=640, epochs=1, batch_size=64, seed=3, validation_share=0.0)
SGD = replace(CONFIG, optimizer=choose(OPTIMIZERS, "SGD", {"lr": 0.1, "momentum": 0.0}, ""))
MLP = NetworkSpec(
    (
        *(layer("Flatten"), layer("Linear", units=20), layer("ReLU")),
        *(layer("Repeat", [layer("Linear", units=12), layer("Tanh")], times=1), layer("Linear", units=10)),
    )
)


def test_gradients_moves_and_units_at_rest_are_those_of_a_step_written_by_hand() -> None:
    data = load_mnist()
    model = build(plan(MLP), SGD.seed)
    weights = [p.detach().clone().requires_grad_() for p in model.parameters()]
    measured = next(event for event in train(model, SGD, data) if isinstance(event, LayersMeasured))
    indices, _ = split(SGD, data.train_labels)
    batch = indices[shuffle(len(indices), SGD.seed, 1)][:64]
    x, y = normalise(data.train_images[batch]).flatten(1), data.train_labels[batch]

    hidden = F.relu(F.linear(x, *weights[:2]))
    inner = torch.tanh(F.linear(hidden, *weights[2:4]))
    gradients = torch.autograd.grad(F.cross_entropy(F.linear(inner, *weights[4:]), y), weights)
    pairs = [slice(0, 2), slice(2, 4), slice(4, 6)]
    norms = [torch.cat([g.flatten() for g in gradients[pair]]).norm().item() for pair in pairs]
    sizes = [torch.cat([w.flatten() for w in weights[pair]]).norm().item() for pair in pairs]
    assert (measured.step, measured.layers) == (1, ("2 Linear", "4 Repeat", "5 Linear"))
    assert measured.gradients == pytest.approx(norms, rel=1e-4)
    assert measured.ratios == pytest.approx([0.1 * n / s for n, s in zip(norms, sizes, strict=True)], rel=1e-3)
    assert measured.units == ("3 ReLU", "4 Repeat")
    dead, ends = (hidden <= 0).all(0).float().mean().item(), (inner.abs() > 0.94).float().mean().item()
    assert measured.resting == pytest.approx([dead, ends])


def test_it_leaves_the_curve_as_it_is_and_is_told_before_its_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def events() -> list[object]:
        return list(islice(train(build(plan(MLP), 0), CONFIG, load_mnist()), 40))

    told = events()
    places = [place for place, event in enumerate(told) if isinstance(event, LayersMeasured)]
    assert [told[place].step for place in places] == sorted(measured_steps(CONFIG))  # type: ignore[attr-defined]
    assert all(isinstance(told[place + 1], StepDone) for place in places)
    monkeypatch.setattr("engine.training.train.measured_steps", lambda _: set())
    steps = [event for event in told if isinstance(event, StepDone)]
    assert steps == [event for event in events() if isinstance(event, StepDone)]


def test_a_run_of_any_length_is_measured_often_enough_and_in_few_of_its_steps() -> None:
    for images, epochs in ((6_000, 1), (60_000, 1), (60_000, 10), (60_000, 100)):
        config = replace(CONFIG, images=images, epochs=epochs)
        steps = measured_steps(config)
        assert {1, 2, 5, 10, 20} < steps and 10 < len(steps) < min(60, 0.15 * config.steps)
