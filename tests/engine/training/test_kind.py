"""The estimated time of a training: in proportion to its work, and put right by what was measured."""

from dataclasses import replace

import pytest

from engine.network.spec import plan
from engine.training.config import TrainConfig
from engine.training.kind import estimate_seconds, measure_speed
from engine.training.presets import PRESETS

CNN, MLP = plan(PRESETS["cnn"].network), plan(PRESETS["mlp"].network)
CONFIG = TrainConfig(batch_size=128, epochs=2)
# Pictures a second on one quiet core of the machine that the constants were fitted on.
MEASURED = {"mlp": 74_000, "cnn": 3_700, "cnn3": 3_500, "lenet5": 9_500, "perceptron": 169_000, "quick": 13_000}


@pytest.mark.parametrize("name", MEASURED)
def test_every_preset_is_estimated_within_a_factor_of_its_measured_speed(name: str) -> None:
    network = plan(PRESETS[name].network)
    config = replace(CONFIG, epochs=10, validation_share=0.0)
    measured = config.epochs * config.train_images / MEASURED[name]
    assert measured / 1.7 < estimate_seconds(network, config) < measured * 1.7


def test_more_work_takes_longer() -> None:
    assert estimate_seconds(CNN, CONFIG) > 5 * estimate_seconds(MLP, CONFIG)
    assert estimate_seconds(CNN, replace(CONFIG, epochs=4)) > 1.8 * estimate_seconds(CNN, CONFIG)
    assert estimate_seconds(CNN, replace(CONFIG, images=30_000)) < 0.6 * estimate_seconds(CNN, CONFIG)
    assert estimate_seconds(MLP, replace(CONFIG, batch_size=8)) > 2 * estimate_seconds(MLP, CONFIG)


def test_a_machine_half_as_fast_is_noticed_and_doubles_the_estimate() -> None:
    alone = replace(CONFIG, validation_share=0.0)
    runs = [(network, alone, 0.5 / per_picture(network, alone)) for network in (CNN, MLP)]
    assert measure_speed(runs) == pytest.approx(0.5)
    assert estimate_seconds(CNN, CONFIG, measure_speed(runs)) == pytest.approx(2 * estimate_seconds(CNN, CONFIG))


def test_without_any_run_the_machine_counts_as_the_one_measured() -> None:
    assert measure_speed([]) == 1.0


def per_picture(network: object, config: TrainConfig) -> float:
    """Seconds for one picture more: the difference between two long trainings, their test at the end taken out."""
    longer = replace(config, epochs=config.epochs + 1)
    return (estimate_seconds(network, longer) - estimate_seconds(network, config)) / config.train_images  # type: ignore[arg-type]
