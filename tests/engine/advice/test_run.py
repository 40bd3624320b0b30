"""Advice on runs: each rule is set off by a real run, and none by a healthy one."""

from dataclasses import fields, replace

import pytest

from engine.advice.run import advise, seen_in
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, choose
from engine.data.mnist import load_mnist
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.training.config import TrainConfig
from engine.training.events import StepDone, as_json
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from engine.training.train import train

MLP = (layer("Flatten"), layer("Linear", units=32), layer("ReLU"), layer("Linear", units=10))
SIGMOIDS = [one for _ in range(8) for one in (layer("Linear", units=32), layer("Sigmoid"))]
SHORT = TrainConfig(images=1500, epochs=3, batch_size=64, seed=0)


def with_rate(kind: str, lr: float, config: TrainConfig = SHORT) -> TrainConfig:
    return replace(config, optimizer=choose(OPTIMIZERS, kind, {"lr": lr}, ""))


def said_of(layers: tuple[Choice, ...], config: TrainConfig) -> list[str]:
    job = Classification(NetworkSpec(layers), config)
    events = [event for event in train(build(plan(job.network), config.seed), config, load_mnist()) if event]
    steps = [event for event in events if isinstance(event, StepDone)]
    message = {
        "events": [as_json(event) for event in events if not isinstance(event, StepDone)],
        "steps": {field.name: [getattr(step, field.name) for step in steps] for field in fields(StepDone)},
    }
    found = advise(seen_in(job, message, is_over=True))
    for one in found:
        assert str(one.saw).endswith(".") and str(one.why).endswith(".")
        if one.try_:
            plan(one.try_.network)
            assert one.try_ != job and one.change
    return [one.rule for one in found]


BROKEN = {
    "diverged": (MLP, with_rate("SGD", 10.0)),
    "exploding": (
        (layer("Flatten"), *[layer("Linear", units=32)] * 2, layer("Linear", units=10)),
        with_rate("Adam", 0.3),
    ),
    "vanishing": ((layer("Flatten"), *SIGMOIDS, layer("Linear", units=10)), SHORT),
    "resting": (MLP, with_rate("Adam", 1.0)),
    "still": (MLP, with_rate("SGD", 1e-6)),
    "jumpy": (
        (layer("Flatten"), layer("Linear", units=10)),
        replace(SHORT, optimizer=choose(OPTIMIZERS, "SGD", {"lr": 1.0, "weight_decay": 0.5}, "")),
    ),
    "over_fitting": (MLP, replace(SHORT, images=500, epochs=60)),
    "still_learning": (MLP, replace(SHORT, epochs=2)),
    "under_fitting": (MLP, with_rate("SGD", 3e-4)),
    "at_chance": (MLP, with_rate("SGD", 1.0)),
    "plateau": (MLP, with_rate("Adam", 0.1, replace(SHORT, epochs=12))),
    "oscillating": (MLP, with_rate("SGD", 0.2, replace(SHORT, epochs=12))),
    "clipped": (MLP, replace(SHORT, clip_norm=1e-3)),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_each_rule_is_set_off_by_a_real_run(rule: str) -> None:
    assert rule in said_of(*BROKEN[rule])


@pytest.mark.parametrize("name", ["quick", "mlp"])
def test_a_healthy_run_is_let_alone(name: str) -> None:
    preset = PRESETS[name]
    config = replace(preset.config, images=12_000, epochs=3)
    assert set(said_of(preset.network.layers, config)) <= {"still_learning"}
