"""Limits: read from the environment, and told in words with number, limit and cure when they are met."""

import os
import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from engine import limits as module
from engine.catalogue.params import Choice, SpecError
from engine.gan.recipes import RECIPES
from engine.kinds import check_job, load_of
from engine.limits import Limits, limits, limits_from
from engine.network import load
from engine.network.spec import NetworkSpec, layer
from engine.plane.config import PlaneGan
from engine.study.config import Study
from engine.text import number
from engine.training.config import TrainConfig
from engine.training.kind import Classification
from engine.training.presets import PRESETS

ROOT = Path(__file__).parents[3]
GAN = RECIPES["conditional"].gan
WASSERSTEIN = RECIPES["wgan-gp"].gan
LONG_ROUND = replace(
    WASSERSTEIN,
    discriminator=replace(
        WASSERSTEIN.discriminator, layers=(layer("Dropout"),) * 20 + WASSERSTEIN.discriminator.layers
    ),
    config=replace(WASSERSTEIN.config, batch_size=512, discriminator_steps=10, generator_steps=10),
)
FLATTEN, OUT = layer("Flatten"), layer("Linear", units=10)


def classifier(*layers: Choice, batch: int = 64) -> Classification:
    return Classification(NetworkSpec((*layers, FLATTEN, OUT)), TrainConfig(batch_size=batch))


WIDE = classifier(*[layer("Conv2d", channels=64, padding=1)] * 6, batch=1024)
MANY_WEIGHTS = classifier(FLATTEN, *[layer("Linear", units=4000)] * 2, batch=1024)
DEEP = classifier(layer("Conv2d", channels=300, kernel_size=1), *[layer("ReLU")] * 3, batch=400)


def test_without_variables_the_limits_suit_a_laptop() -> None:
    assert limits_from({}) == Limits()
    assert limits_from({"PLAYGROUND_DATA": "/somewhere", "PLAYGROUND_MAXIMUM": "x"}) == Limits()


def test_every_limit_can_be_set_and_is_documented() -> None:
    for field in fields(Limits):
        variable = f"PLAYGROUND_MAX_{field.name.upper()}"
        assert getattr(limits_from({variable: "300"}), field.name) == 300
        assert f"| `{variable}` | {number(field.default)} |" in (module.__doc__ or "")


@pytest.mark.parametrize(
    ("variable", "text", "sentence"),
    [
        (
            "PLAYGROUND_MAX_RUNS_PER_OWNER",
            "many",
            "The environment variable PLAYGROUND_MAX_RUNS_PER_OWNER is 'many'. "
            "Set it to a whole number from 1 up, or leave it out for 16.",
        ),
        (
            "PLAYGROUND_MAX_STEP_SECONDS",
            "nan",
            "The environment variable PLAYGROUND_MAX_STEP_SECONDS is 'nan'. "
            "Set it to a number above 0, or leave it out for 2.",
        ),
        (
            "PLAYGROUND_MAX_BATCH",
            "100",
            "The environment variable PLAYGROUND_MAX_BATCH is '100'. "
            "Set it to a whole number from 256 up, or leave it out for 1,024.",
        ),
        ("PLAYGROUND_MAX_LAYERS", "0", None),
        ("PLAYGROUND_MAX_LAYERS", "-3", None),
        ("PLAYGROUND_MAX_LAYERS", "2.5", None),
        ("PLAYGROUND_MAX_LAYERS", "", None),
        ("PLAYGROUND_MAX_LIGHT_SECONDS", "0", None),
        ("PLAYGROUND_MAX_LIGHT_SECONDS", "inf", None),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_with_the_cure(variable: str, text: str, sentence: str | None) -> None:
    with pytest.raises(SpecError, match=variable) as refused:
        limits_from({variable: text})
    assert sentence in (None, str(refused.value))


def test_variables_reach_forms_networks_and_jobs() -> None:
    program = (
        "from engine.training.config import SETTINGS; from engine.gan.config import GAN_SETTINGS;"
        "from engine.network.spec import *;"
        "from engine.limits import limits;"
        "print(SETTINGS['batch_size'].high, GAN_SETTINGS['batch_size'].high, limits().runs_per_owner);"
        "print(survey(NetworkSpec((layer('ReLU'),) * 8))[1])"
    )
    chosen = {"PLAYGROUND_MAX_BATCH": "300", "PLAYGROUND_MAX_LAYERS": "7", "PLAYGROUND_MAX_RUNS_PER_OWNER": "3"}
    told = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, env=os.environ | chosen, text=True)
    assert told == "300 150 3\n8 layers are too many. Keep to 7 or fewer.\n"


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (WIDE, r"a step would take [\d,]+ multiply-adds, and 20,000,000,000 is the limit"),
        (MANY_WEIGHTS, r"times its [\d,]+ parameters that is [\d,]+, and 10,000,000,000 is the limit"),
        (DEEP, r"it would take about [\d,]+ MB of memory, and 1,125 MB is the limit"),
        (LONG_ROUND, r"a step would take about [\d.]+ s on one core, and 2 s is the limit"),
    ],
)
def test_a_batch_that_is_too_much_is_refused_with_the_largest_that_is_not(job: Any, words: str) -> None:
    with pytest.raises(SpecError, match=rf"^A batch of [\d,]+ pictures is too much: {words}\.") as refused:
        check_job(job)
    most = int(re.findall(r"a batch size of at most ([\d,]+)", str(refused.value.cure))[0].replace(",", ""))
    check_job(replace(job, config=replace(job.config, batch_size=most)))
    with pytest.raises(SpecError, match="is too much"):
        check_job(replace(job, config=replace(job.config, batch_size=most + 1)))


def test_where_no_batch_is_small_enough_the_cure_speaks_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "limits", lambda: Limits(step_seconds=1e-4))
    with pytest.raises(SpecError, match=r"and 0\.0001 s is the limit") as refused:
        check_job(Classification(PRESETS["cnn"].network, PRESETS["cnn"].config))
    assert str(refused.value.cure) == "Use a smaller network."
    with pytest.raises(SpecError, match="points is too much"):
        check_job(PlaneGan())


@pytest.mark.parametrize("name", PRESETS)
def test_presets_may_use_the_largest_batch(name: str) -> None:
    check_job(Classification(PRESETS[name].network, TrainConfig(batch_size=limits().batch)))


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_may_use_the_largest_batch(name: str) -> None:
    gan = RECIPES[name].gan
    check_job(replace(gan, config=replace(gan.config, batch_size=limits().batch // 2)))


def test_a_class_of_presets_fits_on_a_laptop_of_two_hosts() -> None:
    network, config = PRESETS["mlp"].network, PRESETS["mlp"].config
    assert 15 * load_of(Classification(network, config)).step_memory < limits().host_memory
    assert load_of(Classification(network, config)).step_seconds < limits().heavy_seconds / 50


def test_heavy_are_large_batches_of_convolutions_and_large_networks_that_are_evaluated() -> None:
    cnn = PRESETS["cnn"].network
    seconds = [load_of(Classification(cnn, TrainConfig(batch_size=size))).step_seconds for size in (128, 1024)]
    assert seconds[0] < limits().heavy_seconds < seconds[1]
    one_by_one = classifier(*[layer("Conv2d", channels=128, padding=1)] * 4, batch=1)
    assert load_of(one_by_one).step_seconds > limits().heavy_seconds
    assert all(load_of(job).step_seconds < limits().heavy_seconds for job in (GAN, PlaneGan(), Study("run", GAN)))


def test_a_study_takes_what_its_classifier_takes_and_its_pictures() -> None:
    small, large = Study("run", GAN), Study("run", GAN, per_digit=500, added_per_digit=1000)
    assert load_of(large).step_memory - load_of(small).step_memory == 4 * 784 * (large.pictures - small.pictures)
    alone = Classification(small.network, small.training(0))
    assert load_of(small).step_memory > load_of(alone).step_memory
    assert load_of(small).step_seconds == load_of(alone).step_seconds
