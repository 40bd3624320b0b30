import json
from dataclasses import replace

import pytest

from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Param, SpecError, choose
from engine.catalogue.schedules import SCHEDULES
from engine.training.config import SETTINGS, TRAIN_CODEC, TrainConfig
from engine.training.presets import PRESETS

CATALOGUES = {"optimizer": OPTIMIZERS, "loss": LOSSES, "schedule": SCHEDULES}


@pytest.mark.parametrize("name", PRESETS)
def test_settings_survive_json_text(name: str) -> None:
    config = PRESETS[name].config
    assert TRAIN_CODEC.from_json(json.loads(json.dumps(TRAIN_CODEC.to_json(config)))) == config


@pytest.mark.parametrize(("part", "kind"), [(part, kind) for part, rows in CATALOGUES.items() for kind in rows])
def test_every_optimizer_loss_and_schedule_survives_json_and_explains_itself(part: str, kind: str) -> None:
    row = CATALOGUES[part][kind]
    assert str(row.doc).endswith(".")
    params: dict[str, Param] = dict(row.params)
    assert all(str(param.help).endswith(".") and param.label for param in params.values())
    choice = choose(CATALOGUES[part], kind, {}, part)
    config = TrainConfig(**{part: choice})
    assert TRAIN_CODEC.from_json(json.loads(json.dumps(TRAIN_CODEC.to_json(config)))) == config


def test_the_learning_rate_comes_first_in_every_optimizer() -> None:
    assert all(next(iter(row.params)) == "lr" for row in OPTIMIZERS.values())


def test_what_is_missing_takes_its_default() -> None:
    assert TRAIN_CODEC.from_json({}) == TrainConfig()
    assert TRAIN_CODEC.from_json({"epochs": 2, "optimizer": {"kind": "SGD"}}).optimizer["momentum"] == 0.9


def test_one_core_is_what_settings_have_that_do_not_say() -> None:
    stored = TRAIN_CODEC.to_json(replace(TrainConfig(), cores="all"))
    assert TRAIN_CODEC.from_json(stored).cores == "all"
    del stored["cores"]
    assert TRAIN_CODEC.from_json(stored).cores == "one"
    with pytest.raises(SpecError, match="Use one of one, all"):
        TRAIN_CODEC.from_json({"cores": "two"})


def test_defaults_of_the_settings_and_of_the_class_agree() -> None:
    for name, param in SETTINGS.items():
        assert getattr(TrainConfig(), name) == param.default
        assert str(param.help).endswith(".")


def test_steps_count_a_last_short_batch() -> None:
    config = TrainConfig(batch_size=64, epochs=3, images=1_000, validation_share=0.1)
    assert (config.train_images, config.validation_images) == (900, 100)
    assert config.steps_per_epoch == 15
    assert config.steps == 45


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "fast",
        {"epochs": 0},
        {"epochs": 1e3},
        {"epochs": True},
        {"batch_size": 100_000},
        {"validation_share": float("nan")},
        {"validation_share": 0.9},
        {"images": 10},
        {"seed": -1},
        {"seed": 2**31},
        {"stratified": 1},
        {"speed": 11},
        {7: 7},
        {"optimizer": "Adam"},
        {"optimizer": {"kind": "Adam", "lr": -0.1}},
        {"optimizer": {"kind": "Adam", "lr": float("inf")}},
        {"optimizer": {"kind": "Lion"}},
        {"loss": {"kind": "CrossEntropy", "label_smoothing": 1.5}},
        {"schedule": {"kind": "OneCycle", "warmup": 0.9}},
        {"schedule": None},
    ],
    ids=repr,
)
def test_nonsense_is_refused_in_a_short_sentence(data: object) -> None:
    with pytest.raises(SpecError) as caught:
        TRAIN_CODEC.from_json(data)
    assert len(str(caught.value)) < 200
