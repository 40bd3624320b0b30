"""Experiments: each differs in one thing, may be started, and comes out as its paper says."""

from dataclasses import replace

import pytest

from engine.catalogue.names import MAX_NAME
from engine.data.mnist import load_mnist
from engine.kinds import check_job, job_from_json, job_to_json
from engine.network.build import build
from engine.network.spec import plan
from engine.training.config import MOST_EPOCHS, TrainConfig
from engine.training.events import Finished
from engine.training.experiments import EXPERIMENTS, OVERFITTING, RATES, races
from engine.training.kind import Classification
from engine.training.presets import PRESETS, optimizer
from engine.training.train import train

CNN = PRESETS["cnn"]
ALL = EXPERIMENTS | OVERFITTING | races(CNN.network, CNN.config)


@pytest.mark.parametrize("name", ALL)
def test_every_training_may_be_started_and_has_a_name_of_its_own(name: str) -> None:
    trainings = ALL[name].trainings
    for network, config in trainings:
        check_job(Classification(network, config))
    assert 2 <= len(trainings) <= 8 and len({network.name for network, _ in trainings}) == len(trainings)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_all_networks_of_an_experiment_train_alike(name: str) -> None:
    configs = {config for _, config in EXPERIMENTS[name].trainings}
    assert len(configs) == 1 and configs.pop().seed == 0


def test_a_cure_is_all_that_two_trainings_differ_in() -> None:
    for name in ("dropout", "l2", "augmentation"):
        (plain, without), (cured, config) = OVERFITTING[name].trainings
        assert (plain.layers == cured.layers) != (without == config), name
        assert (without.seed, without.steps, without.train_images) == (0, 600, 500)


def test_a_race_changes_one_setting_of_one_network() -> None:
    for name, what in {"optimizers": "optimizer", "rates": "optimizer", "seeds": "seed"}.items():
        for network, config in races(CNN.network, CNN.config)[name].trainings:
            assert network.layers == CNN.network.layers
            assert replace(config, **{what: getattr(CNN.config, what)}) == CNN.config


def test_a_network_with_the_longest_name_may_race() -> None:
    network = replace(CNN.network, name="n" * MAX_NAME)
    for race in races(network, CNN.config).values():
        assert len({raced.name for raced, _ in race.trainings}) == len(race.trainings)
        for raced, config in race.trainings:
            check_job(job_from_json(job_to_json(Classification(raced, config))))


def test_fewer_pictures_are_seen_more_often() -> None:
    config = TrainConfig(epochs=2)
    steps = [each.steps for _, each in races(CNN.network, config)["amounts"].trainings]
    epochs = [each.epochs for _, each in races(CNN.network, config)["amounts"].trainings]
    assert epochs == [MOST_EPOCHS, MOST_EPOCHS, 12, 2] and max(steps[2:]) < 1.1 * min(steps[2:])


def test_rates_beyond_the_catalogue_are_left_out() -> None:
    config = replace(CNN.config, optimizer=optimizer("SGD", lr=1.0))
    assert len(races(CNN.network, config)["rates"].trainings) == len(RATES) - 1


def test_eight_sigmoid_layers_learn_nothing_where_others_do() -> None:
    reached = {}
    for network, config in EXPERIMENTS["vanishing"].trainings:
        stream = train(build(plan(network), config.seed), replace(config, images=12_000), load_mnist())
        last = [event for event in stream if isinstance(event, Finished)][-1]
        reached[network.name] = last.test_accuracy
    assert reached["8 x Sigmoid"] < 0.2 and min(reached["8 x Tanh"], reached["8 x ReLU"]) > 0.8, reached
