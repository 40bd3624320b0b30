"""Random variants of digits: still the same digits, and the same ones for the same seed."""

from pathlib import Path

import torch

from engine.data.batches import PLAIN_SHARE, augment
from engine.data.mnist import load_mnist
from engine.files import ASSETS
from engine.training.predict import probabilities
from engine.training.saving import load_model

DEMO: Path = ASSETS / "models" / "demo.safetensors"


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_variants_keep_shape_and_range_and_follow_the_seed() -> None:
    images = load_mnist().train_images[:200]
    varied = augment(images, generator())
    assert varied.shape == images.shape and varied.dtype == torch.float32
    assert varied.min() >= 0 and varied.max() <= 255
    assert torch.equal(varied, augment(images, generator()))
    assert not torch.equal(varied, augment(images, generator(1)))


def test_a_share_of_the_pictures_stays_as_it_is() -> None:
    images = load_mnist().train_images[:2000]
    plain = (augment(images, generator()).round() == images).all((1, 2)).double().mean()
    assert abs(plain - PLAIN_SHARE) < 0.03


def test_variants_are_still_read_as_the_same_digits() -> None:
    data = load_mnist()
    varied = augment(data.test_images[:2000], generator()).round().to(torch.uint8)
    read = probabilities(load_model(DEMO).model, varied).argmax(1)
    assert (read == data.test_labels[:2000]).double().mean() > 0.97


def test_an_empty_picture_stays_empty() -> None:
    assert not augment(torch.zeros(20, 28, 28, dtype=torch.uint8), generator()).any()
