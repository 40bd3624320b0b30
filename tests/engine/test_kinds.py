"""Jobs as plain data: there and back through JSON, and what is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest

from engine.catalogue.params import SpecError
from engine.gan.recipes import RECIPES
from engine.kinds import change_job, check_job, job_from_json, job_to_json, kind_of
from engine.network.spec import layer, plan
from engine.plane.config import TARGETS, PlaneGan
from engine.training.kind import Classification
from engine.training.presets import PRESETS

CLASSIFIER = Classification(PRESETS["cnn"].network, PRESETS["cnn"].config)
GAN = RECIPES["conditional"].gan


def title_of(job: Any) -> str:
    return str(kind_of(job).title(job))


def parameters_of(job: Any) -> int:
    return kind_of(job).parameters(job)


JOBS: dict[str, Any] = {"classifier": CLASSIFIER, "gan": GAN, "plane": PlaneGan()}


@pytest.mark.parametrize("kind", JOBS)
def test_a_job_is_the_same_after_a_way_through_json(kind: str) -> None:
    job = JOBS[kind]
    text = json.dumps(job_to_json(job))
    assert kind_of(job).name == json.loads(text)["kind"] == kind
    assert job_from_json(json.loads(text)) == job
    check_job(job)


def test_every_preset_and_every_recipe_may_run() -> None:
    for preset in PRESETS.values():
        check_job(Classification(preset.network, preset.config))
    for recipe in RECIPES.values():
        check_job(recipe.gan)
    for target in TARGETS:
        check_job(PlaneGan(target, points=((0.0, 0.0),) * 9))


def test_jobs_have_a_name_and_a_size() -> None:
    assert (title_of(CLASSIFIER), parameters_of(CLASSIFIER)) == ("CNN", plan(CLASSIFIER.network).parameters)
    assert title_of(GAN) == GAN.name
    assert parameters_of(GAN) == plan(GAN.generator).parameters + plan(GAN.discriminator).parameters


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "gan",
        {},
        {"kind": "virus"},
        {"kind": ["gan"]},
        {"kind": "gan"},
        {"kind": "classifier"},
        {"kind": "plane", "target": "moon"},
        {**job_to_json(CLASSIFIER), "kind": "gan"},
    ],
)
def test_what_is_no_job_is_refused(data: object) -> None:
    with pytest.raises(SpecError):
        check_job(job_from_json(data))


def test_a_round_that_would_take_too_long_is_refused_with_the_cure() -> None:
    heavy = replace(GAN.config, batch_size=512, discriminator_steps=10, generator_steps=10)
    check_job(replace(GAN, config=replace(heavy, batch_size=32)))
    wide = [layer("Conv2d", channels=64, kernel_size=3, padding=1) for _ in range(3)]
    large = replace(GAN.discriminator, layers=(*wide, *GAN.discriminator.layers))
    with pytest.raises(SpecError, match="is too much: a step would take") as refused:
        check_job(replace(GAN, discriminator=large, config=heavy))
    most = int(str(refused.value.cure).split("at most ")[1].split(",")[0].split(" ")[0])
    check_job(replace(GAN, discriminator=large, config=replace(heavy, batch_size=most)))
    with pytest.raises(SpecError, match="is too much: a step would take"):
        check_job(replace(GAN, discriminator=large, config=replace(heavy, batch_size=most + 1)))


@pytest.mark.parametrize("job", [GAN, PlaneGan()])
def test_live_settings_are_checked_like_those_at_the_start(job: Any) -> None:
    for name, value in (("generator_lr", 0.01), ("discriminator_steps", 5), ("instance_noise", 0.1)):
        assert change_job(change_job(job, name, value), "generator_steps", 2) == change_job(
            change_job(job, "generator_steps", 2), name, value
        )
    for name, value in (("generator_lr", 0.0), ("discriminator_steps", 50), ("instance_noise", -0.1), ("seed", 1)):
        with pytest.raises(SpecError):
            change_job(job, name, value)


def test_a_classifier_has_no_live_settings_but_its_rate() -> None:
    with pytest.raises(SpecError, match="cannot be changed while it trains"):
        change_job(CLASSIFIER, "generator_lr", 0.1)
