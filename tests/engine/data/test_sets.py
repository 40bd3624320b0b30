"""Data sets as rows: what is in the bundled ones, and how networks, settings, files and programs follow one."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.catalogue.params import SpecError
from engine.data.found import load_data
from engine.data.mnist import load_bundled, normalise
from engine.data.sets import FASHION, MNIST, SETS, DataSet, follow, settings_for
from engine.export.formats import keras_code, pytorch_code, recipe_from_json, recipe_from_link, recipe_to_json
from engine.export.formats import recipe_to_link as to_link
from engine.kinds import check_job
from engine.network.build import build
from engine.network.spec import DIGITS, Reads, network_from_json, network_to_json, plan
from engine.training.architectures import ALL_PRESETS
from engine.training.events import Finished
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from engine.training.train import train

QUICK = PRESETS["quick"]
BALLS = Reads("own-balls", ("golf ball", "tennis ball", "ball of wool"), 0.5, 0.25, 128)
COLOUR = (3, 32, 32)


@pytest.mark.parametrize("row", SETS.values(), ids=list(SETS))
def test_a_bundled_set_holds_what_its_row_says(row: DataSet) -> None:
    data = load_bundled(row.name)
    assert (len(data.train_labels), len(data.test_labels)) == (row.train, row.test)
    assert row.of_each == int(torch.bincount(data.train_labels).min())
    assert data.train_images.shape == (row.train, *row.shape[1:])
    assert sorted(set(data.test_labels.tolist())) == list(range(len(row.reads.classes)))
    pixels = normalise(data.train_images, row.reads)
    assert abs(pixels.mean()) < 1e-3 and abs(pixels.std() - 1) < 1e-3
    assert row.reads.paper == pixels.min()


def test_a_network_of_digits_is_written_as_before_there_were_other_sets() -> None:
    told = network_to_json(QUICK.network)
    assert "data" not in told and network_from_json(told).reads == DIGITS


@pytest.mark.parametrize("name", ["mlp", "lenet5", "quick"])
def test_a_preset_follows_a_data_set_and_comes_back_the_same(name: str) -> None:
    preset = ALL_PRESETS[name].network
    network = follow(preset, BALLS, COLOUR)
    assert plan(network).layers[-1].out_shape == (3,) and network.layers[:-1] == preset.layers[:-1]
    assert follow(network, DIGITS, (1, 28, 28)) == preset
    assert network_from_json(json.loads(json.dumps(network_to_json(network)))) == network
    recipe = network, settings_for(QUICK.config, FASHION)
    assert recipe_from_json(recipe_to_json(*recipe)) == recipe and recipe_from_link(to_link(*recipe)) == recipe


def test_scores_that_a_convolution_gives_follow_too() -> None:
    network = follow(ALL_PRESETS["all-convolutional"].network, BALLS, COLOUR)
    assert plan(network).layers[-1].out_shape == (3,)


def test_a_network_that_ends_in_too_few_scores_says_what_to_add() -> None:
    network = replace(follow(QUICK.network, BALLS, COLOUR), layers=QUICK.network.layers)
    with pytest.raises(SpecError, match=r"must end in 3 numbers, one score for each class\. Add a Linear layer with 3"):
        plan(network)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "../etc"},
        {"name": "mnist"},
        {"classes": ["one"]},
        {"classes": ["same", "same"]},
        {"classes": ["a", "two\nlines"]},
        {"classes": ["a", "x" * 41]},
        {"classes": [f"{i}" for i in range(101)]},
        {"mean": 2},
        {"std": 0},
        {"std": "0.3"},
        {"empty": 0.5},
        {"more": 1},
    ],
)
def test_what_a_network_reads_is_checked(wrong: dict[str, Any]) -> None:
    told = network_to_json(follow(QUICK.network, BALLS, COLOUR))
    told["data"] = told["data"] | wrong
    with pytest.raises(SpecError, match="not said as it is here"):
        network_from_json(told)


@pytest.mark.parametrize("shape", [[2, 32, 32], [3, 32, 33], [3, 8, 8], [3, 97, 97], [3, 32], "3", [3, 32.0, 32.0]])
def test_pictures_have_a_shape_within_bounds(shape: object) -> None:
    told = network_to_json(follow(QUICK.network, BALLS, COLOUR)) | {"input": shape}
    with pytest.raises(SpecError, match="input"):
        network_from_json(told)


def test_a_run_is_refused_where_the_data_set_does_not_fit_or_is_not_here() -> None:
    fashion, config = follow(QUICK.network, FASHION.reads, FASHION.shape), settings_for(QUICK.config, FASHION, MNIST)
    check_job(Classification(fashion, config))
    with pytest.raises(SpecError, match=r"8,000 pictures to train on\. Use at most 8,000"):
        check_job(Classification(fashion, replace(config, images=9000)))
    with pytest.raises(SpecError, match="Choose the data set again"):
        check_job(Classification(replace(fashion, reads=replace(FASHION.reads, mean=0.5)), config))
    with pytest.raises(SpecError, match="no data set"):
        check_job(Classification(follow(QUICK.network, BALLS, COLOUR), config))


def test_more_of_a_class_than_there_are_is_refused_with_what_can_be_had() -> None:
    row = SETS["mnist"]
    check_job(Classification(QUICK.network, replace(QUICK.config, images=13_000, imbalance=100.0)))
    with pytest.raises(SpecError, match=r"Use at most 13,\d\d\d pictures, or a smaller imbalance"):
        check_job(Classification(QUICK.network, replace(QUICK.config, images=14_000, imbalance=100.0)))
    check_job(Classification(QUICK.network, replace(QUICK.config, images=10 * row.of_each, imbalance=1.0)))
    with pytest.raises(SpecError, match="Use at most 54,210 pictures"):
        check_job(Classification(QUICK.network, replace(QUICK.config, images=60_000, imbalance=1.0)))


def test_it_trains_on_another_set_and_reads_most_of_it() -> None:
    network = follow(QUICK.network, FASHION.reads, FASHION.shape)
    config = replace(settings_for(QUICK.config, FASHION, MNIST), epochs=1)
    *_, end = train(build(plan(network), 0), config, load_data(network))
    assert isinstance(end, Finished) and end.test_accuracy > 0.7
    assert sum(map(sum, end.confusion)) == FASHION.test


def test_a_program_about_somebody_s_own_pictures_learns_from_the_file_they_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, labels = np.random.default_rng(0), np.arange(60) % 3
    images = (chance.integers(0, 60, (60, *COLOUR)) + 90 * labels[:, None, None, None]).astype(np.uint8)
    arrays: Any = {
        f"{part}_{sort}": value
        for part in ("train", "test")
        for sort, value in (("images", images), ("labels", labels))
    }
    np.savez_compressed(tmp_path / "pictures.npz", **arrays)
    network = follow(QUICK.network, BALLS, COLOUR)
    config = replace(QUICK.config, images=60, batch_size=10, epochs=8, stratified=True, rotation_range=5.0)
    monkeypatch.setattr(sys, "argv", ["program", str(tmp_path / "pictures.npz")])
    with torch.random.fork_rng(devices=[]):
        exec(compile(pytorch_code(network, config), "program", "exec"), {"__name__": "__main__"})
    assert float(capsys.readouterr().out.split("test accuracy ")[1].rstrip("%\n")) > 90
    compile(keras_code(network, config), "program", "exec")
    assert 'CLASSES = ("golf ball", "tennis ball", "ball of wool")' in keras_code(network, config)
