"""The GAN losses in PyTorch, and the meaning of a discriminator's scores."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.catalogue.params import Choice
from engine.gan.losses import GAN_LOSSES


def discriminator_loss(loss: Choice, real: Tensor, made: Tensor, smoothing: float = 0.0) -> Tensor:
    """D's loss, from its scores (N, 1) on real and on made pictures; without a gradient penalty.

    `smoothing` is one-sided: real pictures count as `1 - smoothing` real. https://arxiv.org/abs/1606.03498
    """
    match loss.kind:
        case "NonSaturating" | "Minimax":
            target = torch.full_like(real, 1 - smoothing)
            return F.binary_cross_entropy_with_logits(real, target) + F.softplus(made).mean()
        case "LeastSquares":  # https://arxiv.org/abs/1611.04076
            return (real - (1 - smoothing)).square().mean() + made.square().mean()
        case "Hinge":  # https://arxiv.org/abs/1705.02894
            return F.relu(1 - smoothing - real).mean() + F.relu(1 + made).mean()
        case "WassersteinGP":
            return made.mean() - real.mean()
    raise ValueError(f"no GAN loss {loss.kind}")


def generator_loss(loss: Choice, made: Tensor) -> Tensor:
    """G's loss, from D's scores (N, 1) on its pictures."""
    match loss.kind:
        case "NonSaturating":  # https://arxiv.org/abs/1406.2661, below its equation 1
            return F.softplus(-made).mean()
        case "Minimax":
            return -F.softplus(made).mean()
        case "LeastSquares":
            return (made - 1).square().mean()
        case "Hinge" | "WassersteinGP":
            return -made.mean()
    raise ValueError(f"no GAN loss {loss.kind}")


def gradient_penalty(
    judge: Callable[[Tensor], Tensor], real: Tensor, made: Tensor, generator: torch.Generator
) -> Tensor:
    """Mean of (slope of `judge` - 1)^2 at points drawn between real and made ones. https://arxiv.org/abs/1704.00028"""
    share = torch.rand(len(real), *[1] * (real.dim() - 1), generator=generator).to(real.device)
    between = torch.lerp(real, made, share).requires_grad_()
    (slopes,) = torch.autograd.grad(judge(between).sum(), between, create_graph=True)
    excess: Tensor = torch.linalg.vector_norm(slopes.flatten(1), dim=1) - 1
    return excess.square().mean()


def verdict(loss: Choice, scores: Tensor) -> Tensor:
    """D's scores as probabilities of being real where the loss defines these, else as they are."""
    return scores.sigmoid() if GAN_LOSSES[loss.kind].verdict == "probability" else scores
