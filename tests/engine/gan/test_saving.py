"""GANs on disk and on the wire: what was saved is what is read, and anything else is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.catalogue.params import SpecError
from engine.gan.config import GAN_CODEC, GanSpec
from engine.gan.recipes import RECIPES
from engine.gan.sampling import GanModels, draw, fixed_z, make_gan
from engine.gan.saving import gan_bytes, gan_from_bytes, load_gan, save_gan
from engine.training.saving import load_model, save_model

HINGE, MLP = RECIPES["hinge"].gan, RECIPES["mlp"].gan
AVERAGED = replace(MLP, config=replace(MLP.config, ema=0.9))


def weights(models: GanModels) -> dict[str, torch.Tensor]:
    parts = {"generator": models.generator, "discriminator": models.discriminator, "average": models.average}
    return {f"{part}.{name}": t for part, model in parts.items() if model for name, t in model.state_dict().items()}


def same(one: GanModels, other: GanModels) -> bool:
    a, b = weights(one), weights(other)
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize("gan", [HINGE, AVERAGED], ids=["spectral norm", "with an average"])
def test_a_gan_is_read_as_it_was_saved(gan: GanSpec, tmp_path: Path) -> None:
    models, path = make_gan(gan), tmp_path / "gan.safetensors"
    save_gan(path, gan, models, {"step": 7})
    saved = load_gan(path)
    assert saved.gan == gan and saved.facts == {"step": 7}
    assert same(models, saved.models) and (saved.models.average is None) == (gan.config.ema == 0)
    assert not any(model.training for model in (saved.models.generator, saved.models.discriminator))
    z, labels = fixed_z(gan, 3, 0)
    made = [draw(m.maker, z, labels, gan.is_conditional) for m in (models, saved.models)]
    assert torch.equal(*made)


def test_weights_on_the_wire_are_read_by_who_knows_the_gan() -> None:
    models = make_gan(AVERAGED)
    assert same(models, gan_from_bytes(AVERAGED, gan_bytes(models)))
    for other in (MLP, HINGE):
        with pytest.raises(SpecError):
            gan_from_bytes(other, gan_bytes(models))
    with pytest.raises(SpecError, match="not a model"):
        gan_from_bytes(MLP, b"nonsense")


def test_weights_that_are_no_numbers_are_refused() -> None:
    models = make_gan(MLP)
    with torch.no_grad():
        next(models.discriminator.parameters()).fill_(float("nan"))
    with pytest.raises(SpecError, match="no longer finite"):
        gan_from_bytes(MLP, gan_bytes(models))


def test_files_of_another_kind_are_refused(tmp_path: Path) -> None:
    models, path = make_gan(MLP), tmp_path / "model.safetensors"
    save_model(path, MLP.generator, models.generator, {})
    with pytest.raises(SpecError, match="not a model"):
        load_gan(path)
    save_gan(path, MLP, models, {})
    with pytest.raises(SpecError, match="not a model"):
        load_model(path)


@pytest.mark.parametrize("part", ["discriminator", "critic"])
def test_a_file_with_a_part_missing_or_too_many_is_refused(part: str, tmp_path: Path) -> None:
    path, metadata = tmp_path / "gan.safetensors", {"version": "1", "gan": json.dumps(GAN_CODEC.to_json(MLP))}
    save_gan(path, MLP, make_gan(MLP), {})
    tensors = load_file(path)
    if part == "critic":
        tensors["critic.0.weight"] = torch.zeros(1)
    else:
        tensors = {name: t for name, t in tensors.items() if not name.startswith(part)}
    save_file(tensors, path, metadata)
    with pytest.raises(SpecError):
        load_gan(path)


def test_a_gan_whose_networks_do_not_fit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gan.safetensors"
    save_gan(path, replace(MLP, discriminator=MLP.generator), make_gan(MLP), {})
    with pytest.raises(SpecError, match="discriminator is a generator"):
        load_gan(path)
