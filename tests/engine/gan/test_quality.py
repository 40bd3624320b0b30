import numpy as np
import pytest
import torch

from engine.data.mnist import load_mnist
from engine.gan.quality import (
    NOISE_DISTANCE,
    features_of,
    find_nearest,
    frechet_distance,
    measure,
    quality_classifier,
    quality_of,
    real_distance,
)
from engine.gan.sampling import draw
from engine.training.predict import probabilities

DATA = load_mnist()


def textbook_distance(first: np.ndarray, second: np.ndarray) -> float:
    """With the square root of a matrix from its eigenvalues, which need not be real on the way; all in float64."""
    means = first.mean(0), second.mean(0)
    covariances = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    roots = np.sqrt(np.linalg.eigvals(covariances[0] @ covariances[1]).astype(complex))
    trace = np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * roots.sum().real
    return float(np.sum((means[0] - means[1]) ** 2) + trace)


def test_the_distance_is_that_of_the_textbook() -> None:
    chance = np.random.default_rng(0)
    first = chance.normal(size=(500, 12)) @ chance.normal(size=(12, 12)) + 3
    second = chance.normal(size=(400, 12)) @ chance.normal(size=(12, 12))
    second[:, 0] = 1  # a feature that never changes
    tensors = [torch.from_numpy(values) for values in (first, second)]
    ours = frechet_distance(tensors[0].mean(0), torch.cov(tensors[0].T), tensors[1].mean(0), torch.cov(tensors[1].T))
    assert ours == pytest.approx(textbook_distance(first, second), rel=1e-6)


def test_pictures_are_measured_against_all_of_mnist() -> None:
    """Here against every tenth picture of it, which is nearly the same."""
    ones = DATA.test_images[DATA.test_labels == 1][:500]
    real = torch.cat([features_of(chunk) for chunk in DATA.train_images[::10].split(100)]).double().numpy()
    expected = quality_classifier().scale * textbook_distance(features_of(ones).double().numpy(), real)
    assert quality_of(ones).distance == pytest.approx(expected, rel=0.05)


def test_real_pictures_and_noise_are_the_two_ends_of_the_scale() -> None:
    order = torch.randperm(10_000, generator=torch.Generator().manual_seed(1))[:1000]
    real = quality_of(DATA.test_images[order], DATA.test_labels[order])
    noise = quality_of(torch.randint(0, 256, (1000, 28, 28), dtype=torch.uint8))
    assert real.distance == pytest.approx(real_distance(1000), abs=2)
    assert noise.distance == pytest.approx(NOISE_DISTANCE, rel=0.02)
    assert real.digits_covered == 10
    assert real.agreement is not None
    assert real.agreement > 0.97
    assert real.variety == pytest.approx(1, abs=0.1)
    assert 2.2 < real.entropy <= np.log(10)
    assert sum(real.shares) == pytest.approx(1)


def test_the_same_picture_again_and_again_has_no_variety() -> None:
    quality = quality_of(DATA.test_images[:1].expand(200, -1, -1), torch.zeros(200, dtype=torch.int64))
    assert quality.variety == pytest.approx(0, abs=1e-9)
    assert (quality.digits_covered, quality.entropy, quality.agreement) == (1, 0, 0)  # it is a 7
    assert quality.distance > 100


def test_few_made_copies_of_real_pictures_are_found_and_others_are_far() -> None:
    wanted = DATA.train_images[[7, 59_999]].clone()
    wanted[1, 14, 14] ^= 255
    where, far = find_nearest(wanted)
    assert where.tolist() == [7, 59_999]
    assert far.tolist() == pytest.approx([0, (1 / 784) ** 0.5 * abs(int(wanted[1, 14, 14]) * 2 - 255) / 255], abs=1e-3)
    image = DATA.test_images[3]
    by_hand = (DATA.train_images.double() - image).square().mean((1, 2)).min().sqrt() / 255
    assert find_nearest(image[None])[1].item() == pytest.approx(by_hand.item(), rel=1e-4)


def test_a_maker_is_measured_in_parts_with_the_same_result() -> None:
    maker = torch.nn.Sequential(torch.nn.Linear(4, 784), torch.nn.Unflatten(1, (1, 28, 28)), torch.nn.Tanh())
    z, labels = torch.randn(300, 4), torch.arange(300) % 10
    stream = measure(maker, z, labels, conditional=False)
    pauses = 0
    while True:
        try:
            next(stream)
            pauses += 1
        except StopIteration as end:
            quality = end.value
            break
    assert pauses >= 3
    assert quality == quality_of(draw(maker, z, labels, conditional=False))


def test_the_classifier_reads_as_well_as_it_says() -> None:
    from engine.gan.quality import CLASSIFIER
    from engine.training.saving import load_model

    saved = load_model(CLASSIFIER)
    right = (probabilities(saved.model, DATA.test_images[:2000]).argmax(1) == DATA.test_labels[:2000]).float().mean()
    assert right.item() == pytest.approx(saved.facts["test_accuracy"], abs=0.015)
