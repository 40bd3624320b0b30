"""A step in slow motion: its numbers against a step written by hand, and a curve that it leaves as it is."""

import json
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import choose
from engine.data.mnist import load_mnist, normalise, split
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.training.config import TrainConfig
from engine.training.events import Event, StepDone, StepShown
from engine.training.saving import state_bytes
from engine.training.streams import Controls
from engine.training.train import train

CONFIG = TrainConfig(images=400, epochs=1, batch_size=64, seed=3)
LINEAR = NetworkSpec((layer("Flatten"), layer("Linear", units=10)))
RANDOM = NetworkSpec(
    (
        layer("Conv2d", channels=4, kernel_size=5, stride=2),
        layer("BatchNorm2d"),
        layer("ReLU"),
        layer("Dropout", p=0.5),
        layer("Flatten"),
        layer("Linear", units=10),
    )
)


def run(network: NetworkSpec, config: TrainConfig, order: str) -> tuple[list[Event], tuple[object, bytes]]:
    """All events, and the state after the last step: weights, running statistics and random numbers."""
    stream = train(build(plan(network), config.seed), config, load_mnist(), Controls(order=order))
    events, state = [], b""
    for event in stream:
        events.append(event)
        kept = stream.state()
        if kept:
            state = state_bytes(replace(kept, facts={**kept.facts, "seconds": 0.0}))
    length = int.from_bytes(state[:8], "little")  # of what safetensors writes first, in any order
    return events, (json.loads(state[8 : 8 + length]), state[8 + length :])


def test_slow_motion_leaves_curve_statistics_and_random_numbers_to_the_last_bit() -> None:
    (plain, at_end), (slow, slow_end) = (run(RANDOM, CONFIG, order) for order in ("", "slow"))
    shown = [event for event in slow if isinstance(event, StepShown)]
    steps = [event for event in slow if isinstance(event, StepDone)]
    assert steps == [event for event in plain if isinstance(event, StepDone)]
    assert slow_end == at_end
    assert [(one.step, one.loss, one.correct / one.images) for one in shown] == [
        (done.step, done.loss, done.accuracy) for done in steps
    ]
    assert not [event for event in plain if isinstance(event, StepShown)]


def test_each_phase_has_the_numbers_of_a_step_written_by_hand() -> None:
    config = replace(CONFIG, optimizer=choose(OPTIMIZERS, "SGD", {"lr": 0.1, "momentum": 0.0}, ""))
    data = load_mnist()
    indices, _ = split(config, data.train_labels)
    generator = torch.Generator().manual_seed(config.seed * 1_000_003 + 1)
    batch = indices[torch.randperm(len(indices), generator=generator)][:64]
    x, y = normalise(data.train_images[batch]).flatten(1), data.train_labels[batch]
    model = build(plan(LINEAR), config.seed)
    weights = [p.detach().clone().requires_grad_() for p in model.parameters()]
    loss = F.cross_entropy(F.linear(x, *weights), y)
    gradients = torch.autograd.grad(loss, weights)
    after = [w.detach() - 0.1 * g for w, g in zip(weights, gradients, strict=True)]
    norm, size = (torch.cat([t.flatten() for t in ts]).norm().item() for ts in (gradients, weights))
    now = F.linear(x, *after)

    shown = next(event for event in run(LINEAR, config, "slow")[0] if isinstance(event, StepShown))
    assert (shown.images, shown.layers, shown.optimizer, shown.lr) == (64, ("2 Linear",), "SGD", 0.1)
    assert shown.share == pytest.approx(F.linear(x, *weights).softmax(1)[torch.arange(64), y].mean().item(), rel=1e-4)
    assert shown.loss == pytest.approx(loss.item(), rel=1e-4)
    assert shown.gradients == (pytest.approx(norm, rel=1e-4),)
    assert shown.ratios == (pytest.approx(0.1 * norm / size, rel=1e-3),)
    assert shown.loss_after == pytest.approx(F.cross_entropy(now, y).item(), rel=1e-4)
    assert shown.share_after == pytest.approx(now.softmax(1)[torch.arange(64), y].mean().item(), rel=1e-4)
    assert shown.correct_after == int((now.argmax(1) == y).sum())


def test_the_loss_after_a_step_that_moves_nothing_is_the_one_before_also_with_dropout() -> None:
    still = replace(CONFIG, optimizer=choose(OPTIMIZERS, "SGD", {"lr": 1e-6, "momentum": 0.0}, ""))
    shown = next(event for event in run(RANDOM, still, "slow")[0] if isinstance(event, StepShown))
    assert shown.loss_after == pytest.approx(shown.loss, abs=1e-4)
    assert shown.layers == ("1 Conv2d", "2 BatchNorm2d", "6 Linear")


def test_a_layer_that_began_at_zero_has_no_ratio() -> None:
    zeros = replace(LINEAR, init="zeros")
    shown = next(event for event in run(zeros, CONFIG, "slow")[0] if isinstance(event, StepShown))
    assert shown.ratios == (None,)
    assert shown.gradients[0] and shown.loss_after and shown.loss and shown.loss_after < shown.loss
