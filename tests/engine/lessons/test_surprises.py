"""What our lessons call a surprise comes true, whatever the seed."""

from dataclasses import replace

import pytest

from engine.data.mnist import load_mnist
from engine.network.build import build
from engine.network.spec import plan
from engine.training.events import Finished
from engine.training.presets import PRESETS
from engine.training.train import train


@pytest.mark.long
def test_with_half_of_its_labels_wrong_a_network_reads_more_than_nine_of_ten_new_digits() -> None:
    preset = PRESETS["mlp"]
    for seed in range(5):
        config = replace(preset.config, label_noise=50.0, epochs=2, seed=seed)
        last = list(train(build(plan(preset.network), seed), config, load_mnist()))[-1]
        assert isinstance(last, Finished) and last.test_accuracy > 0.9, seed
