"""Playing with a GAN: pictures it generates, the real ones nearest to them, D's verdict on a drawing, a quiz."""

import functools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist
from engine.gan.config import GanSpec
from engine.gan.losses import GAN_LOSSES
from engine.gan.quality import digits_of, features_of, find_nearest
from engine.gan.sampling import SHEET, Pixels, draw, fixed_z, make_judge, real_pictures, verdicts
from engine.gan.train import FIXED_SEED
from engine.text import Text
from engine.training.predict import data_url

COMPARED = 50  # pictures of each kind beside a verdict
COMPARED_SEED = 11
TYPICAL = 20  # real pictures of each digit whose nearest ones say what is typical
QUIZ = 8
DECIMALS = 4  # of the numbers that come back, so that sending them again makes the same picture
FEWEST_OF_A_KIND = 2

Label = int | tuple[int, int, float]  # a digit; or on the way from one to another, with the share of that way


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Pictures to generate: z float32 (N, Z) and labels int64 (N,); or float32 (N, 10), the shares of the ten digits,
    where some lie between two. A G without labels takes no notice of them."""

    z: Tensor
    labels: Tensor

    def labelled(self, labels: Sequence[Label]) -> "Wanted":
        """The same z with other labels."""
        digits = [label for label in labels if isinstance(label, int)]
        return Wanted(self.z, torch.tensor(digits) if len(digits) == len(labels) else _shares(labels))


def of_z(rows: Sequence[Sequence[float]]) -> Wanted:
    """Pictures of given random numbers; labels go round from 0 to 9."""
    return Wanted(_rounded(torch.tensor(rows, dtype=torch.float32)), torch.arange(len(rows)) % 10)


def of_sheet(gan: GanSpec, places: Sequence[int]) -> Wanted:
    """Pictures at places of the film's sheet, which always has the same z and labels."""
    z, labels = fixed_z(gan, SHEET, FIXED_SEED)
    return Wanted(_rounded(z[list(places)]), labels[list(places)])


def of_seed(gan: GanSpec, seed: int, count: int) -> Wanted:
    """`count` pictures by chance, every digit equally often; the same for a seed."""
    z, labels = fixed_z(gan, count, seed)
    return Wanted(_rounded(z), labels)


def _shares(labels: Sequence[Label]) -> Tensor:
    found = torch.zeros(len(labels), 10)
    for row, label in zip(found, labels, strict=True):
        start, end, share = (label, label, 0.0) if isinstance(label, int) else label
        row[start] += 1 - share
        row[end] += share
    return found


def _rounded(z: Tensor) -> Tensor:
    return torch.tensor([[round(value, DECIMALS) for value in row] for row in z.tolist()])


@dataclass(frozen=True, slots=True, eq=False)
class Player:
    """A GAN to play with, as it was after `step` rounds."""

    gan: GanSpec
    generator: nn.Module
    discriminator: nn.Module
    step: int

    def generate(self, wanted: Wanted) -> Tensor:
        """Pictures uint8 (N, 28, 28)."""
        return draw(self.generator, wanted.z, wanted.labels, self.gan.is_conditional)

    def says(self, judge: nn.Module, images: Tensor, labels: Tensor) -> list[float]:
        """D's verdicts, with as many decimals as anyone reads. Raises SpecError where they are no numbers."""
        found = verdicts(judge, images, labels, self.gan)
        if not all(map(math.isfinite, found)):
            raise SpecError(
                Text("This GAN's weights are no longer usable numbers."), Text("Train it again with smaller steps.")
            )
        return [round(value, DECIMALS) for value in found]

    def judge(self) -> nn.Module:
        return make_judge(self.generator, self.discriminator, self.gan)

    @property
    def verdict(self) -> str:
        """ "probability" or "score"."""
        return str(GAN_LOSSES[self.gan.config.loss.kind].verdict)


def sample(player: Player, wanted: Wanted) -> dict[str, Any]:
    """The pictures wanted, with D's verdict on each; like all below, plain data for JSON."""
    images = player.generate(wanted)
    return {
        "z": [[round(value, DECIMALS) for value in row] for row in wanted.z.tolist()],
        "labels": wanted.labels.tolist() if player.gan.is_conditional else None,
        "images": urls(images),
        "verdicts": player.says(player.judge(), images, wanted.labels),
        "verdict": player.verdict,
        "step": player.step,
    }


def compare(player: Player, wanted: Wanted) -> dict[str, Any]:
    """The generated picture, the training picture nearest to it, and how far real ones of its digit are from theirs."""
    images = player.generate(wanted)
    index, distance = find_nearest(images)
    data = load_mnist()
    label = int(data.train_labels[index[0]])
    found = {"label": label, "distance": round(float(distance[0]), DECIMALS)}
    found_image = urls(data.train_images[index[:1]])[0]
    return {
        "image": urls(images)[0],
        "nearest": {"image": found_image, **found},
        "typical": round(typical_distance(label), DECIMALS),
    }


@functools.cache
def typical_distance(digit: int) -> float:
    """How far test pictures of `digit` are from the nearest training picture (median)."""
    return float(find_nearest(real_pictures(TYPICAL, digit)[0])[1].median())


def judge_picture(player: Player, picture: Pixels, label: int | None) -> dict[str, Any]:
    """D's verdict on a picture uint8 (28, 28), beside those on real and on generated ones: of the same digit where D is
    told which digit is meant. Without a label it is the digit that is read in the picture."""
    image = torch.from_numpy(picture)
    read = int(digits_of(features_of(image[None]))[0]) if label is None else label
    told = player.gan.is_conditional
    real, real_labels = real_pictures(COMPARED, read if told else None)
    z, labels = fixed_z(player.gan, COMPARED, COMPARED_SEED)
    labels = torch.full_like(labels, read) if told else labels
    judge = player.judge()
    of_real = sorted(player.says(judge, real, real_labels))
    of_made = sorted(player.says(judge, player.generate(Wanted(z, labels)), labels))
    return {
        "verdict": player.says(judge, image[None], torch.tensor([read]))[0],
        "verdict_kind": player.verdict,
        "image": urls(image[None])[0],
        "label": read if told else None,
        "real": of_real,
        "made": of_made,
        "real_mean": round(sum(of_real) / COMPARED, DECIMALS),
        "made_mean": round(sum(of_made) / COMPARED, DECIMALS),
        "step": player.step,
    }


def make_quiz(player: Player, seed: int) -> dict[str, Any]:
    """Real and generated pictures in a random order, at least two of each kind; the same for a seed."""
    dice = random.Random(seed)
    made_count = dice.randint(FEWEST_OF_A_KIND, QUIZ - FEWEST_OF_A_KIND)
    kinds = [False] * made_count + [True] * (QUIZ - made_count)
    dice.shuffle(kinds)
    data = load_mnist()
    digits = [dice.randrange(10) for _ in kinds]
    z, _ = fixed_z(player.gan, QUIZ, seed)
    made = urls(player.generate(Wanted(z, torch.tensor(digits))))
    pictures = []
    for i, (real, digit) in enumerate(zip(kinds, digits, strict=True)):
        places = torch.nonzero(data.test_labels == digit).flatten()
        image = urls(data.test_images[places[dice.randrange(len(places))]][None])[0] if real else made[i]
        label = digit if real or player.gan.is_conditional else None
        pictures.append({"image": image, "real": real, "label": label})
    return {"step": player.step, "pictures": pictures}


def urls(images: Tensor) -> list[str]:
    """Pictures uint8 (N, 28, 28) as PNGs inside URLs."""
    return [data_url(Image.fromarray(image.numpy())) for image in images]
