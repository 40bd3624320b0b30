"""Advice on networks and settings: each rule is set off, what it proposes silences it, and no network of ours sets one
off."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.advice.advice import Advice, advice_by
from engine.advice.network import RULES, advise
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, choose
from engine.network.spec import NetworkSpec, layer, plan
from engine.text import Text
from engine.training.architectures import ALL_PRESETS
from engine.training.config import TrainConfig
from engine.training.experiments import EXPERIMENTS
from engine.training.kind import Classification, with_lr

FLAT, END = layer("Flatten"), layer("Linear", units=10)


def job(*layers: Choice, init: str = "default", **settings: object) -> Classification:
    return Classification(NetworkSpec(layers, init=init), replace(TrainConfig(), **settings))  # type: ignore[arg-type]


def linear(units: int) -> Choice:
    return layer("Linear", units=units)


SIGMOIDS = [one for _ in range(4) for one in (linear(20), layer("Sigmoid"))]
BROKEN = {
    "zero_weights": job(FLAT, linear(20), layer("ReLU"), END, init="zeros"),
    "dropout_last": job(FLAT, END, layer("Dropout", p=0.2)),
    "activation_last": job(FLAT, END, layer("ReLU")),
    "nothing_between": job(FLAT, linear(20), layer("Dropout", p=0.2), END),
    "bottleneck": job(FLAT, linear(1), layer("ReLU"), END),
    "heavy_dropout": job(FLAT, linear(20), layer("ReLU"), layer("Dropout", p=0.9), END),
    "sigmoids_in_a_row": job(FLAT, *SIGMOIDS, END),
    "wild_rate": job(FLAT, END, optimizer=choose(OPTIMIZERS, "Adam", {"lr": 1.0}, "")),
    "one_step_an_epoch": job(FLAT, END, images=100, batch_size=100),
    "norm_of_few": job(FLAT, linear(20), layer("BatchNorm1d"), layer("ReLU"), END, batch_size=2),
    "heavy_penalty": job(FLAT, END, l2=0.05),
    "wild_momentum": job(FLAT, END, optimizer=choose(OPTIMIZERS, "SGD", {"lr": 0.01, "momentum": 0.995}, "")),
    "other_digits": job(FLAT, END, horizontal_flip=True),
    "wrong_labels": job(FLAT, END, label_noise=50.0),
    "few_of_a_class": job(FLAT, END, images=5000, imbalance=50.0),
    "drowned_pictures": job(FLAT, END, input_noise=2.0),
}


@pytest.mark.parametrize("changes", [{"vertical_flip": True}, {"rotation_range": 180.0}])
def test_each_change_that_makes_other_digits_is_taken_back(changes: dict[str, bool | float]) -> None:
    (said,) = advise(job(FLAT, END, **changes))
    assert said.rule == "other_digits" and said.try_ and advise(said.try_) == []


@pytest.mark.parametrize("rule", BROKEN)
def test_each_rule_is_set_off_alone_and_silenced_by_what_it_proposes(rule: str) -> None:
    (said,) = advise(BROKEN[rule])
    assert said.rule == rule and said.change
    assert str(said.saw).endswith(".") and str(said.why).endswith(".")
    assert said.try_ and advise(said.try_) == []
    plan(said.try_.network)
    assert len(BROKEN) > len(RULES)


@pytest.mark.parametrize(
    "broken",
    [
        job(FLAT, END, l1=0.02),
        job(FLAT, END, optimizer=choose(OPTIMIZERS, "SGD", {"lr": 0.01, "weight_decay": 0.5}, "")),
        job(FLAT, END, rotation_range=180.0),
    ],
)
def test_the_other_ways_to_set_a_rule_off_are_silenced_too(broken: Classification) -> None:
    (said,) = advise(broken)
    assert said.try_ and advise(said.try_) == []


def test_a_decay_apart_from_the_gradient_may_be_large() -> None:
    assert advise(job(FLAT, END, optimizer=choose(OPTIMIZERS, "AdamW", {"weight_decay": 0.5}, ""))) == []


def test_no_network_that_comes_along_sets_one_off() -> None:
    for name, preset in ALL_PRESETS.items():
        said = [one.rule for one in advise(Classification(preset.network, preset.config))]
        assert said == (["other_digits"] if name == "photo" else []), name  # photos may be mirrored


def test_an_experiment_on_a_trouble_has_that_trouble_alone() -> None:
    found = {
        (experiment, said.rule)
        for experiment, row in EXPERIMENTS.items()
        for network, config in row.trainings
        for said in advise(Classification(network, config))
    }
    assert found == {("vanishing", "sigmoids_in_a_row")}


def test_a_change_that_no_run_may_have_is_not_proposed() -> None:
    def one(_: object) -> Iterator[Advice]:
        for rate in (0.1, 100.0):
            yield Advice("rate", Text("Seen."), Text("Why."), Text("a rate"), with_lr(BROKEN["bottleneck"], "lr", rate))

    possible, impossible = advice_by([one], None)
    assert possible.try_ and possible.change and not (impossible.try_ or impossible.change)
