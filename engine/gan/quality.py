"""Measures the quality of made pictures with a small classifier: distance from real ones, digits, variety."""

import functools
import math
from collections.abc import Generator
from dataclasses import asdict, dataclass
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from engine.data.mnist import load_mnist, normalise
from engine.files import ASSETS, write_whole
from engine.gan.sampling import draw
from engine.training.saving import load_model

CLASSIFIER = ASSETS / "models" / "quality_classifier.safetensors"
REFERENCE = ASSETS / "models" / "quality_reference.safetensors"
NOISE_DISTANCE = 1046.0  # the distance of pure noise sets the scale
CHUNK = 100  # pictures read at a time: about 15 ms
COVERED = 0.01
REAL_COUNTS = (1000, 2000)


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures as `GanEvaluated` explains them."""

    distance: float
    digits_covered: int
    entropy: float
    agreement: float | None
    variety: float
    shares: tuple[float, ...]

    @property
    def figures(self) -> dict[str, Any]:
        """The figures for the fields of the same names in events."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class QualityClassifier:
    """The classifier in two parts, and its statistics of the 60,000 real training pictures: the mean (64,) and the
    covariance (64, 64) of their features, the variance of those within each digit (10,), and the scale of distances."""

    features: nn.Sequential
    last: nn.Module
    mean: Tensor
    covariance: Tensor
    within: Tensor
    scale: float
    real: dict[int, float]


@functools.cache
def quality_classifier() -> QualityClassifier:
    """Load the bundled classifier, once."""
    saved, kept = load_model(CLASSIFIER), load_file(REFERENCE)
    layers = list(saved.model.eval())
    real = {int(count): float(value) for count, value in saved.facts["real"].items()}
    scale = float(saved.facts["scale"])
    features = nn.Sequential(*layers[:-1])
    return QualityClassifier(features, layers[-1], kept["mean"], kept["covariance"], kept["within"], scale, real)


def real_distance(count: int) -> float:
    """The distance of `count` real pictures that nothing was trained on: the best value possible."""
    return quality_classifier().real[count]


def measure(maker: nn.Module, z: Tensor, labels: Tensor, conditional: bool) -> Generator[None, None, Quality]:
    """Let `maker` make a picture of each z, and measure them all. Yields now and then, so that other runs get their
    turn."""
    features, read = [], []
    for some, which in zip(torch.split(z, CHUNK), torch.split(labels, CHUNK), strict=True):
        yield None
        found = features_of(draw(maker, some, which, conditional))
        features.append(found)
        read.append(digits_of(found))
    yield None
    return judge_features(torch.cat(features), torch.cat(read), labels if conditional else None)


def quality_of(images: Tensor, labels: Tensor | None = None) -> Quality:
    """Measure pictures uint8 (N, 28, 28); `labels` int64 (N,) are the digits asked for."""
    features = torch.cat([features_of(chunk) for chunk in torch.split(images, CHUNK)])
    return judge_features(features, digits_of(features), labels)


def judge_features(features: Tensor, read: Tensor, asked: Tensor | None) -> Quality:
    """Compute the quality from features (N, 64) and the digits (N,) read in them."""
    reference = quality_classifier()
    shares = torch.bincount(read, minlength=10).double() / len(read)
    distance = reference.scale * frechet_distance(
        features.double().mean(0), torch.cov(features.double().T), reference.mean, reference.covariance
    )
    entropy = -sum(float(s) * math.log(float(s)) for s in shares if s > 0)
    agreement = None if asked is None else float((read == asked).double().mean())
    covered = int((shares >= COVERED).sum())
    return Quality(distance, covered, entropy, agreement, _variety(features, read), tuple(shares.tolist()))


def frechet_distance(mean: Tensor, covariance: Tensor, other_mean: Tensor, other_covariance: Tensor) -> float:
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) in float64. https://arxiv.org/abs/1706.08500"""
    values, vectors = torch.linalg.eigh(other_covariance)
    root = vectors * values.clamp_min(0).sqrt() @ vectors.T
    shared = torch.linalg.eigvalsh(root @ covariance @ root).clamp_min(0).sqrt().sum()
    total = (mean - other_mean).square().sum() + covariance.trace() + other_covariance.trace() - 2 * shared
    return max(0.0, float(total))


def features_of(images: Tensor) -> Tensor:
    """uint8 (N, 28, 28) to float32 (N, 64)."""
    with torch.no_grad():
        found: Tensor = quality_classifier().features(_input(images))
    return found


def digits_of(features: Tensor) -> Tensor:
    """Features (N, 64) to the digits read, int64 (N,)."""
    with torch.no_grad():
        scores: Tensor = quality_classifier().last(features)
    return scores.argmax(1)


def find_nearest(images: Tensor) -> tuple[Tensor, Tensor]:
    """Find for each of uint8 (N, 28, 28) the nearest of the 60,000 training pictures: its index int64 (N,) and its
    distance float32 (N,): the root of the mean squared difference of their pixels, from 0 to 1."""
    wanted = images.flatten(1).float() / 255
    best, where = torch.full((len(wanted),), math.inf), torch.zeros(len(wanted), dtype=torch.int64)
    start = 0
    for chunk in torch.split(load_mnist().train_images, 5000):
        squares = torch.cdist(wanted, chunk.flatten(1).float() / 255).square() / wanted.shape[1]
        least, index = squares.min(1)
        where = torch.where(least < best, index + start, where)
        best = torch.minimum(least, best)
        start += len(chunk)
    return where, best.sqrt()


def save_reference(model: nn.Sequential) -> dict[str, Any]:
    """Write REFERENCE for a classifier whose last layer reads its features; returns the facts to save with the
    model."""
    data, chance = load_mnist(), torch.Generator().manual_seed(0)
    body = nn.Sequential(*list(model.eval())[:-1])

    def look(images: Tensor) -> Tensor:
        with torch.no_grad():
            return torch.cat([body(_input(chunk)) for chunk in torch.split(images, CHUNK)]).double()

    train = look(data.train_images)
    mean, covariance = train.mean(0), torch.cov(train.T)
    within = torch.stack([train[data.train_labels == digit].var(0).sum() for digit in range(10)])
    write_whole(REFERENCE, save({"mean": mean, "covariance": covariance, "within": within}))

    def distance(found: Tensor) -> float:
        return frechet_distance(found.mean(0), torch.cov(found.T), mean, covariance)

    noise = torch.randint(0, 256, (max(REAL_COUNTS), 28, 28), generator=chance, dtype=torch.uint8)
    scale = NOISE_DISTANCE / distance(look(noise))
    order = torch.randperm(len(data.test_images), generator=chance)
    real = {str(n): scale * distance(look(data.test_images[order[:n]])) for n in REAL_COUNTS}
    return {"scale": scale, "real": real}


def _input(images: Tensor) -> Tensor:
    return normalise(images).to(memory_format=torch.channels_last)


def _variety(features: Tensor, read: Tensor) -> float:
    """The variance of the features within each digit over that of real pictures, weighted by how often it is drawn."""
    total = 0.0
    for digit in range(10):
        own = features[read == digit].double()
        if len(own) > 1:
            total += len(own) / len(read) * float(own.var(0).sum() / quality_classifier().within[digit])
    return total
