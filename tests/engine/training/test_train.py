"""The training stream: against hand-written oracles, repeatable to the last bit, steerable, and as good as promised."""

import itertools
import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import choose
from engine.data.mnist import load_mnist, normalise, split
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.training.config import TrainConfig
from engine.training.events import Diverged, EpochDone, Evaluated, Event, Finished, SettingChanged, Started, StepDone
from engine.training.presets import PRESETS
from engine.training.streams import Controls
from engine.training.train import train

SMALL = TrainConfig(images=1200, epochs=2, batch_size=64, seed=3)
SOFTMAX_REGRESSION = NetworkSpec((layer("Flatten"), layer("Linear", units=10)))


def run(network: NetworkSpec, config: TrainConfig, controls: Controls | None = None) -> list[Event]:
    return [event for event in train(build(plan(network), config.seed), config, load_mnist(), controls) if event]


def steps(events: list[Event]) -> list[StepDone]:
    return [event for event in events if isinstance(event, StepDone)]


def test_the_story_has_a_beginning_steps_epochs_and_an_end() -> None:
    events = run(PRESETS["mlp"].network, SMALL)
    assert events[0] == Started(101_770, 36, 18, 1100, 100, "cpu")
    assert [e.step for e in steps(events)] == list(range(1, 37))
    assert [e.epoch for e in events if isinstance(e, EpochDone)] == [1, 2]
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.step, last.epoch, last.stopped) == (36, 2, False)
    assert sum(map(sum, last.confusion)) == 10_000
    assert sum(last.confusion[d][d] for d in range(10)) / 10_000 == last.test_accuracy


def test_an_untrained_network_starts_at_the_loss_of_guessing() -> None:
    network = replace(PRESETS["mlp"].network, init="zeros")
    assert steps(run(network, replace(SMALL, epochs=1)))[0].loss == pytest.approx(math.log(10), abs=1e-6)


def test_each_step_is_gradient_descent_as_one_would_write_it() -> None:
    config = replace(SMALL, optimizer=choose(OPTIMIZERS, "SGD", {"lr": 0.1, "momentum": 0.0}, ""), epochs=1)
    data = load_mnist()
    indices, _ = split(config, data.train_labels)
    generator = torch.Generator().manual_seed(config.seed * 1_000_003 + 1)
    order = indices[torch.randperm(len(indices), generator=generator)]
    model = build(plan(SOFTMAX_REGRESSION), config.seed)
    weight, bias = (p.detach().clone() for p in model.parameters())
    for event, batch in zip(steps(run(SOFTMAX_REGRESSION, config)), order.split(64), strict=True):
        x, y = normalise(data.train_images[batch]).flatten(1), data.train_labels[batch]
        logits = x @ weight.T + bias
        assert event.loss == pytest.approx(F.cross_entropy(logits, y).item(), rel=1e-4)
        assert event.accuracy == pytest.approx((logits.argmax(1) == y).float().mean().item(), abs=1 / 64 + 1e-6)
        error = (logits.softmax(1) - F.one_hot(y, 10)) / len(y)
        weight, bias = weight - 0.1 * error.T @ x, bias - 0.1 * error.sum(0)


def test_epoch_figures_are_means_over_pictures() -> None:
    events = run(SOFTMAX_REGRESSION, replace(SMALL, epochs=1))
    sizes = [64] * 17 + [12]
    losses = [step.loss for step in steps(events)]
    (epoch,) = (e for e in events if isinstance(e, EpochDone))
    assert epoch.train_loss == pytest.approx(sum(n * x for n, x in zip(sizes, losses, strict=True)) / 1100)


def test_same_seed_same_losses_to_the_last_bit_alone_or_beside_others() -> None:
    network = PRESETS["mlp"].network
    alone = run(network, SMALL)
    streams = [
        train(build(plan(network), seed), replace(SMALL, seed=seed), load_mnist()) for seed in (SMALL.seed, 7, 8)
    ]
    beside: list[Event] = []
    for together in itertools.zip_longest(*streams):
        torch.rand(3)  # somebody else draws from the process's generator
        beside += [together[0]] if together[0] else []
    assert [e.loss for e in steps(beside)] == [e.loss for e in steps(alone)]
    assert [e for e in beside if isinstance(e, Evaluated)] == [e for e in alone if isinstance(e, Evaluated)]


def test_another_seed_gives_another_curve() -> None:
    first, second = (run(SOFTMAX_REGRESSION, replace(SMALL, seed=seed, epochs=1)) for seed in (0, 1))
    assert [e.loss for e in steps(first)] != [e.loss for e in steps(second)]


def test_the_outside_random_state_is_left_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    run(PRESETS["mlp"].network, replace(SMALL, epochs=1))
    assert torch.rand(1) == expected


def test_a_new_learning_rate_is_marked_and_used_from_the_next_step() -> None:
    controls = Controls()
    events: list[Event] = []
    for event in train(build(plan(SOFTMAX_REGRESSION), 0), SMALL, load_mnist(), controls):
        events += [event] if event else []
        if isinstance(event, StepDone) and event.step == 5:
            controls.changes["lr"] = 0.5
    (mark,) = (e for e in events if isinstance(e, SettingChanged))
    assert mark == SettingChanged(5, "lr", 0.5)
    assert [e.lr for e in steps(events)[4:6]] == [1e-3, 0.5]


def test_stopping_ends_soon_with_figures_on_the_test_set() -> None:
    controls = Controls()
    events: list[Event] = []
    for event in train(build(plan(SOFTMAX_REGRESSION), 0), SMALL, load_mnist(), controls):
        events += [event] if event else []
        controls.stop = len(steps(events)) == 4
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.step, last.stopped) == (4, True)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_falls(loss: str) -> None:
    events = run(SOFTMAX_REGRESSION, replace(SMALL, loss=choose(LOSSES, loss, {}, "")))
    first, last = steps(events)[0], steps(events)[-1]
    assert last.loss < first.loss
    assert events[-1].test_accuracy > 0.6  # type: ignore[union-attr]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_learns(optimizer: str) -> None:
    events = run(SOFTMAX_REGRESSION, replace(SMALL, optimizer=choose(OPTIMIZERS, optimizer, {}, "")))
    assert events[-1].test_accuracy > 0.6  # type: ignore[union-attr]


def test_a_softmax_at_the_end_trains_like_its_logits() -> None:
    with_softmax = NetworkSpec((*SOFTMAX_REGRESSION.layers, layer("Softmax")))
    plain, softmax = (steps(run(n, replace(SMALL, epochs=1))) for n in (SOFTMAX_REGRESSION, with_softmax))
    assert [e.loss for e in softmax] == pytest.approx([e.loss for e in plain], rel=1e-3)


@pytest.mark.parametrize("lr", [100.0, 1e30])
def test_an_exploding_loss_ends_the_run_and_says_what_to_try(lr: float) -> None:
    mlp = PRESETS["mlp"].network
    optimizer = choose(OPTIMIZERS, "SGD", {}, "").but(lr=lr)
    last = run(mlp, replace(SMALL, optimizer=optimizer, epochs=20))[-1]
    assert isinstance(last, Diverged)
    assert "loss" in str(last.why) and "learning rate" in str(last.cure)


def test_training_without_a_validation_set_works() -> None:
    events = run(SOFTMAX_REGRESSION, replace(SMALL, validation_share=0.0, epochs=1))
    assert not [e for e in events if isinstance(e, Evaluated)]
    assert [e.validation_loss for e in events if isinstance(e, EpochDone)] == [None]


@pytest.mark.long
def test_a_preset_reaches_what_it_promises() -> None:
    """The others are trained by benchmarks/presets.py."""
    preset = PRESETS["mlp"]
    last = run(preset.network, replace(preset.config, seed=0))[-1]
    assert isinstance(last, Finished)
    assert last.test_accuracy >= 0.975
