"""D's verdicts outside training: as in a round, whatever its batch normalisation remembers."""

import copy
from dataclasses import replace

import pytest
import torch

from engine.data.mnist import load_mnist
from engine.gan.config import GanSpec
from engine.gan.recipes import RECIPES
from engine.gan.sampling import HALF, SEED, draw, fixed_z, from_pixels, make_gan, make_judge, real_pictures
from engine.network.spec import layer


@pytest.fixture(scope="module")
def gan() -> GanSpec:
    return RECIPES["conditional"].gan


def test_a_batch_of_a_round_is_judged_as_in_training(gan: GanSpec) -> None:
    models = make_gan(gan)
    before = copy.deepcopy(models.discriminator.state_dict())
    judge = make_judge(models.maker, models.discriminator, gan)
    z, labels = fixed_z(gan, HALF, SEED)
    real, real_labels = real_pictures(HALF)
    pictures = from_pixels(torch.cat([real, draw(models.maker, z, labels, True)]))
    asked = torch.cat([real_labels, labels])
    with torch.no_grad():
        found, wanted = judge(pictures, asked), copy.deepcopy(models.discriminator).train()(pictures, asked)
    torch.testing.assert_close(found, wanted, atol=0.01, rtol=0.01)  # variances with and without Bessel's correction
    assert all(torch.equal(value, before[name]) for name, value in models.discriminator.state_dict().items())


def test_a_verdict_does_not_depend_on_the_pictures_beside_it(gan: GanSpec) -> None:
    models = make_gan(gan)
    judge = make_judge(models.maker, models.discriminator, gan)
    pictures, labels = from_pixels(real_pictures(20)[0]), real_pictures(20)[1]
    with torch.no_grad():
        torch.testing.assert_close(judge(pictures, labels)[:1], judge(pictures[:1], labels[:1]))


def test_a_judge_without_batch_normalisation_is_d_itself(gan: GanSpec) -> None:
    kept = tuple(choice for choice in gan.discriminator.layers if not choice.kind.startswith("BatchNorm"))
    assert len(kept) < len(gan.discriminator.layers)
    plain = replace(gan, discriminator=replace(gan.discriminator, layers=(*kept[:-1], layer("LabelProjection"))))
    models = make_gan(plain)
    assert make_judge(models.maker, models.discriminator, plain) is models.discriminator
    assert not models.discriminator.training


def test_real_pictures_are_test_pictures_of_all_digits_alike() -> None:
    images, labels = real_pictures(50)
    assert torch.bincount(labels).tolist() == [5] * 10
    known = {image.tobytes() for image in load_mnist().test_images.numpy()}
    assert all(image.tobytes() in known for image in images.numpy())
    assert set(real_pictures(7, 4)[1].tolist()) == {4}
    assert len({image.tobytes() for image in real_pictures(7, 4)[0].numpy()}) == 7
