"""Layers that torch.nn lacks, or has with another form of input and output. Sequences are (N, T, F): T steps of F
numbers. An exported program takes the classes that it needs from here."""

from torch import Tensor, nn


class Step(nn.Module):
    """1 where x > 0, else 0; backwards as if it were x between -1 and 1. https://arxiv.org/abs/1308.3432"""

    def forward(self, x: Tensor) -> Tensor:
        soft = x.clamp(-1, 1)
        return (x > 0).to(x.dtype) + (soft - soft.detach())
