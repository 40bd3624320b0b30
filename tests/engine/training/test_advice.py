"""The learning rate that is advised: a network that did not learn does with it."""

from dataclasses import replace
from itertools import islice

import pytest

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import choose
from engine.data.mnist import load_mnist
from engine.network.build import build
from engine.network.spec import plan
from engine.training.advice import advise_lr
from engine.training.config import TrainConfig
from engine.training.events import Diverged, StepDone
from engine.training.presets import PRESETS
from engine.training.train import train

STEPS, LAST = 150, 20


def with_rate(kind: str, lr: float, config: TrainConfig) -> TrainConfig:
    return replace(config, optimizer=choose(OPTIMIZERS, kind, {}, "").but(lr=lr))


@pytest.mark.parametrize("preset", ["perceptron", "mlp", "quick"])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_with_the_rate_that_is_advised_for_a_wild_one_a_preset_learns(kind: str, preset: str) -> None:
    network, config = PRESETS[preset].network, with_rate(kind, 10.0, PRESETS[preset].config)
    cured = with_rate(kind, advise_lr(config, 10.0), config)
    stream = train(build(plan(network), 0), cured, load_mnist())
    seen = [event.accuracy for event in islice(stream, STEPS) if isinstance(event, StepDone)]
    assert sum(seen[-LAST:]) / LAST > 0.8


def test_the_cure_of_a_run_that_diverged_names_that_rate() -> None:
    config = with_rate("SGD", 10.0, replace(PRESETS["mlp"].config, images=3000))
    last = list(train(build(plan(PRESETS["mlp"].network), 0), config, load_mnist()))[-1]
    assert isinstance(last, Diverged) and "learning rate 0.01" in str(last.cure)


def test_where_the_tried_rate_fails_a_smaller_one_is_advised_and_for_one_that_moves_nothing_a_larger() -> None:
    config = with_rate("Adam", 1e-3, PRESETS["mlp"].config)
    assert [advise_lr(config, lr) for lr in (1e-2, 1e-3, 5e-4, 1e-6)] == [1e-3, 1e-4, 5e-5, 1e-3]
