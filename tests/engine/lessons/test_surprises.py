"""What our lessons call a surprise comes true, whatever the seed."""

from dataclasses import replace

import pytest

from engine.data.mnist import load_mnist
from engine.lessons.lesson import Curve
from engine.lessons.shelf import lessons
from engine.network.build import build
from engine.network.spec import plan
from engine.training.events import Evaluated, Finished
from engine.training.presets import PRESETS
from engine.training.train import train


@pytest.mark.long
def test_more_pictures_are_read_as_the_curve_says_that_learners_guess() -> None:
    asks = next(step.asks for step in lessons().there["08-few-pictures"].steps if isinstance(step.asks, Curve))
    preset, seed = PRESETS["mlp"], 0
    for name, said, epochs in zip(asks.across, asks.right, (100, 100, 50, 20, 6), strict=True):
        images = int(name.replace(",", ""))
        config = replace(preset.config, images=images, epochs=epochs, batch_size=50, seed=seed)
        last = list(train(build(plan(preset.network), seed), config, load_mnist()))[-1]
        assert isinstance(last, Finished) and 100 * last.test_accuracy == pytest.approx(said, abs=1.5), name


@pytest.mark.long
def test_with_half_of_its_labels_wrong_a_network_reads_more_than_nine_of_ten_new_digits() -> None:
    preset = PRESETS["mlp"]
    for seed in range(5):
        config = replace(preset.config, label_noise=50.0, epochs=2, seed=seed)
        last = list(train(build(plan(preset.network), seed), config, load_mnist()))[-1]
        assert isinstance(last, Finished) and last.test_accuracy > 0.9, seed


@pytest.mark.long
def test_a_rare_class_is_hardly_read_while_validation_looks_well() -> None:
    preset = PRESETS["mlp"]
    for seed in range(5):
        config = replace(preset.config, images=5000, epochs=5, validation_share=0.2, imbalance=100.0, seed=seed)
        *events, last = list(train(build(plan(preset.network), seed), config, load_mnist()))
        validated = [event.accuracy for event in events if isinstance(event, Evaluated) and event.whole][-1]
        assert isinstance(last, Finished) and 0.94 < validated < 0.98 and 0.7 < last.test_accuracy < 0.8, seed
        nines = last.confusion[9]
        assert nines[9] < 0.2 * sum(nines) and nines[4] + nines[7] > 0.5 * sum(nines), seed
