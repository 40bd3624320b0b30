"""A run that goes on from the weights of a finished one: as plain data, in training, and as a program."""

from dataclasses import replace
from typing import Any

import pytest

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist, split
from engine.export.formats import PROGRAMS
from engine.kinds import check_job, job_from_json, job_to_json
from engine.network.build import build
from engine.network.spec import plan
from engine.training.events import StepDone
from engine.training.kind import CLASSIFIER, Classification, go_on
from engine.training.presets import PRESETS
from engine.training.saving import model_from_bytes, weights_bytes
from engine.training.train import train

MLP = PRESETS["mlp"]
FIRST = Classification(MLP.network, replace(MLP.config, images=600, epochs=2, schedule=PRESETS["cnn"].config.schedule))
MORE = go_on(FIRST, "run-17", 0.979, 0.002, 5)


def test_it_begins_with_the_weights_of_the_run_before_and_new_settings_of_its_optimizer() -> None:
    weights = weights_bytes(build(plan(FIRST.network), 7))
    by_hand = train(model_from_bytes(FIRST.network, weights), MORE.config, load_mnist())
    built = CLASSIFIER.begin(MORE, weights, None)
    steps = [[event for event in stream if isinstance(event, StepDone)] for stream in (by_hand, built.stream)]
    assert steps[0] == steps[1] and len(steps[0]) == MORE.config.steps
    fresh = CLASSIFIER.begin(replace(MORE, source=None), None, None)
    assert next(event for event in fresh.stream if isinstance(event, StepDone)).loss != steps[0][0].loss


def test_it_keeps_all_but_the_rate_the_epochs_and_the_order_of_the_pictures() -> None:
    assert MORE.config == replace(
        FIRST.config, optimizer=FIRST.config.optimizer.but(lr=0.002), epochs=5, seed=FIRST.config.seed + 1
    )
    labels = load_mnist().train_labels
    for config in (FIRST.config, replace(FIRST.config, stratified=True)):
        before, after = split(config, labels), split(replace(config, seed=config.seed + 1), labels)
        assert all(one.equal(other) for one, other in zip(before, after, strict=True))


def test_epochs_add_up_from_run_to_run_and_have_an_end() -> None:
    assert (FIRST.epochs, MORE.epochs, go_on(MORE, "again", 0.98, 0.002, 5).epochs) == (2, 7, 12)
    check_job(MORE)
    with pytest.raises(SpecError, match=r"it would train for 105 epochs. Stay within 100"):
        check_job(go_on(replace(FIRST, config=replace(FIRST.config, epochs=100)), "before", 0.9, 0.1, 5))


def test_its_json_comes_back_and_that_of_an_older_playground_still_opens() -> None:
    data = job_to_json(MORE)
    assert job_from_json(data) == MORE
    del data["source"]
    assert job_from_json(data) == replace(MORE, source=None)


@pytest.mark.parametrize(
    "source",
    [
        "before",
        [],
        {},
        {"run": "../../etc", "accuracy": 0.9, "epochs": 5},
        {"run": "a" * 65, "accuracy": 0.9, "epochs": 5},
        {"run": "before", "accuracy": 2.0, "epochs": 5},
        {"run": "before", "accuracy": float("nan"), "epochs": 5},
        {"run": "before", "accuracy": 0.9, "epochs": 0},
        {"run": "before", "accuracy": 0.9, "epochs": 5, "print": 1},
    ],
)
def test_nonsense_about_the_run_before_is_refused(source: Any) -> None:
    with pytest.raises(SpecError):
        job_from_json({**job_to_json(MORE), "source": source})


def test_without_weights_or_with_those_of_another_network_it_does_not_begin() -> None:
    with pytest.raises(SpecError, match="has no weights"):
        CLASSIFIER.begin(MORE, None, None)
    with pytest.raises(SpecError, match="do not fit"):
        CLASSIFIER.begin(MORE, weights_bytes(build(plan(PRESETS["cnn"].network))), None)


@pytest.mark.parametrize("name", PROGRAMS)
def test_its_program_trains_all_epochs_and_knows_nothing_of_the_run_before(name: str) -> None:
    program = PROGRAMS[name](MORE.network, MORE.in_one_go)
    assert "EPOCHS, BATCH_SIZE = 7, 64" in program and "run-17" not in program and "0.979" not in program
