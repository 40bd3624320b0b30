"""Draws pictures with G and judges pictures with D, outside training, without using torch's random state."""

import copy
import functools
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from engine.data.mnist import load_mnist
from engine.gan.config import GanSpec
from engine.gan.objective import verdict
from engine.network.build import best_device, build
from engine.network.spec import plan

SHEET = 100  # pictures in a frame
CHUNK = 100
MOST_FRAME_BYTES = 14_500
GREYS = 16  # shades of a frame
WEBP_QUALITIES = (70, 40, 10, 0)

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def fixed_z(gan: GanSpec, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Make random numbers (N, Z) float32 and labels (N,) int64, ten of each digit in a row; the same for the same
    seed."""
    z = torch.randn(count, gan.generator.input_shape[0], generator=torch.Generator().manual_seed(seed))
    return z, torch.arange(count) * 10 // max(count, 10)


def draw(maker: nn.Module, z: Tensor, labels: Tensor, conditional: bool) -> Tensor:
    """Make pictures uint8 (N, 28, 28), light ink on 0, with the learned batch statistics."""
    device = next(maker.parameters()).device
    was_training = maker.training
    maker.eval()
    try:
        with torch.no_grad():
            parts = zip(torch.split(z.to(device), CHUNK), torch.split(labels.to(device), CHUNK), strict=True)
            made = torch.cat([maker(some, which) if conditional else maker(some) for some, which in parts])
    finally:
        maker.train(was_training)
    return to_pixels(made)


def verdicts(discriminator: nn.Module, images: Tensor, labels: Tensor, gan: GanSpec) -> list[float]:
    """Judge pictures uint8 (N, 28, 28): probabilities of being real, or scores, as the loss defines."""
    device = next(discriminator.parameters()).device
    was_training = discriminator.training
    discriminator.eval()
    try:
        with torch.no_grad():
            x = from_pixels(images).to(device)
            scores = discriminator(x, labels.to(device)) if gan.is_conditional else discriminator(x)
    finally:
        discriminator.train(was_training)
    return [float(value) for value in verdict(gan.config.loss, scores).flatten()]


def from_pixels(images: Tensor) -> Tensor:
    """uint8 (N, 28, 28) to float32 (N, 1, 28, 28) from -1 to 1."""
    return torch.add(torch.tensor(-1.0), images.unsqueeze(1), alpha=1 / 127.5)


def to_pixels(pictures: Tensor) -> Tensor:
    """float (N, 1, 28, 28) from -1 to 1 to uint8 (N, 28, 28)."""
    pixels = pictures.detach().cpu().squeeze(1).add(1).mul(127.5).round().nan_to_num(0).clamp(0, 255)
    return pixels.to(torch.uint8)


def contact_sheet(images: Tensor, columns: int = 10) -> Image.Image:
    """Join pictures uint8 (N, 28, 28) in rows of `columns`, without gaps."""
    rows = -(-len(images) // columns)
    sheet = torch.zeros(rows * columns, 28, 28, dtype=torch.uint8)
    sheet[: len(images)] = images
    pixels: Pixels = sheet.view(rows, columns, 28, 28).permute(0, 2, 1, 3).reshape(rows * 28, columns * 28).numpy()
    return Image.fromarray(pixels)


def frame_of(sheet: Image.Image) -> tuple[str, bytes]:
    """The sheet's media type and file of at most MOST_FRAME_BYTES: a PNG in 16 shades of grey, or a WebP, which blurs,
    where much noise would make that larger."""
    content = _png(sheet)
    if len(content) <= MOST_FRAME_BYTES:
        return "image/png", content
    for quality in WEBP_QUALITIES:
        content = _file(sheet, "WEBP", quality=quality, method=2)
        if len(content) <= MOST_FRAME_BYTES:
            break
    return "image/webp", content


def _png(sheet: Image.Image) -> bytes:
    levels = np.round(np.asarray(sheet, np.float32) * ((GREYS - 1) / 255)).astype(np.uint8)
    picture = Image.frombytes("P", sheet.size, levels.tobytes())
    picture.putpalette([shade for i in range(GREYS) for shade in [round(255 * i / (GREYS - 1))] * 3])
    return _file(picture, "PNG", bits=4, compress_level=6)


def _file(picture: Image.Image, kind: str, **options: int) -> bytes:
    with io.BytesIO() as file:
        picture.save(file, kind, **options)
        return file.getvalue()


@dataclass(frozen=True, slots=True, eq=False)
class GanModels:
    """Both networks, and the running mean of the generator's weights where the recipe asks for one."""

    generator: nn.Sequential
    discriminator: nn.Sequential
    average: nn.Sequential | None

    @property
    def maker(self) -> nn.Sequential:
        """The generator whose pictures are shown: the running mean where there is one."""
        return self.average or self.generator


def make_gan(gan: GanSpec) -> GanModels:
    """Make both networks on the best device, their weights drawn from the seed alone. Raises SpecError."""
    generator = build(plan(gan.generator), gan.config.seed).to(best_device())
    discriminator = build(plan(gan.discriminator), gan.config.seed + 1).to(best_device())
    return GanModels(generator, discriminator, copy.deepcopy(generator) if gan.config.ema else None)


HALF = 64  # pictures of each kind
SEED = 5


def make_judge(maker: nn.Module, discriminator: nn.Module, gan: GanSpec) -> nn.Module:
    """Copy D in evaluation mode, for `sampling.verdicts` on any number of pictures. The running means of batch
    normalisation come from earlier weights, and a D that changes fast would call everything made; so they are measured
    anew on a batch as a round has it, half of it real.
    """
    if not any(isinstance(layer, nn.modules.batchnorm._BatchNorm) for layer in discriminator.modules()):
        return discriminator.eval()
    judge = copy.deepcopy(discriminator).train()
    for layer in judge.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            layer.momentum = 1.0  # nothing of before
    device = next(judge.parameters()).device
    real, real_labels = real_pictures(HALF)
    z, labels = fixed_z(gan, HALF, SEED)
    pictures = from_pixels(torch.cat([real, draw(maker, z, labels, gan.is_conditional)])).to(device)
    with torch.no_grad():
        judge(pictures, torch.cat([real_labels, labels]).to(device)) if gan.is_conditional else judge(pictures)
    return judge.eval()


@functools.cache
def real_pictures(count: int, digit: int | None = None) -> tuple[Tensor, Tensor]:
    """Choose `count` test pictures of MNIST, always the same: uint8 (N, 28, 28), with labels int64 (N,); all digits
    equally often, or only `digit`. No GAN was trained on them."""
    data = load_mnist()
    digits = range(10) if digit is None else (digit,)
    found = [torch.nonzero(data.test_labels == d).flatten()[: -(-count // len(digits))] for d in digits]
    chosen = torch.cat(found)[torch.linspace(0, sum(map(len, found)) - 1, count).round().long()]
    return data.test_images[chosen], data.test_labels[chosen]
