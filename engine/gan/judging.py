"""Verdicts of a discriminator on single pictures, as in a round of training."""

import copy
import functools

import torch
from torch import Tensor, nn

from engine.data.mnist import load_mnist
from engine.gan.config import GanSpec
from engine.gan.sampling import draw, fixed_z, from_pixels

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
