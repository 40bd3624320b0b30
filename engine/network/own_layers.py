"""Layers that torch.nn lacks, or has with another form of input and output. Sequences are (N, T, F): T steps of F
numbers. An exported program takes the classes that it needs from here."""

import math

import torch
from torch import Tensor, nn


class Step(nn.Module):
    """1 where x > 0, else 0; backwards as if it were x between -1 and 1. https://arxiv.org/abs/1308.3432"""

    def forward(self, x: Tensor) -> Tensor:
        soft = x.clamp(-1, 1)
        return (x > 0).to(x.dtype) + (soft - soft.detach())


class Hardsigmoid(nn.Module):
    """min(max(x + 3, 0), 6) / 6; torch's own has no second derivative, which a gradient penalty needs."""

    def forward(self, x: Tensor) -> Tensor:
        return (x + 3).clamp(0, 6) / 6


class RowsAsSteps(nn.Module):
    """(N, C, H, W) to H steps of C * W numbers, or along the columns to W steps of C * H."""

    def __init__(self, along: str = "rows") -> None:
        super().__init__()
        self.along = along

    def forward(self, x: Tensor) -> Tensor:
        return x.movedim(2 if self.along == "rows" else 3, 1).flatten(2)


class PatchEmbedding(nn.Module):
    """(N, C, H, W) to a step of `size` numbers for each square of `patch` pixels. https://arxiv.org/abs/2010.11929"""

    def __init__(self, in_channels: int, size: int, patch: int) -> None:
        super().__init__()
        self.read = nn.Conv2d(in_channels, size, patch, patch)

    def forward(self, x: Tensor) -> Tensor:
        squares: Tensor = self.read(x)
        return squares.flatten(2).transpose(1, 2)


class SparseConv2d(nn.Conv2d):
    """A 1 x 1 convolution with a stride: leaves pixels out, then reads those that remain.

    torch 2.13 writes past the end of memory in its backward pass when fewer than 8 channels lie last in memory."""

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        rows, columns = map(int, self.padding)
        padded = nn.functional.pad(input, (columns, columns, rows, rows))
        down, across = self.stride
        # One layout in memory whatever came in: the sums are then the same to the last bit.
        kept = padded[:, :, ::down, ::across].contiguous(memory_format=torch.channels_last)
        return nn.functional.conv2d(kept, weight, bias, groups=self.groups)


class Conv1d(nn.Conv1d):
    """A convolution along the steps."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class RNN(nn.RNN):
    """What it knows after each step (N, T, F), or after the `last` one of each direction (N, F)."""

    def __init__(self, input_size: int, hidden_size: int, bidirectional: bool = False, last: bool = True) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, bidirectional=bidirectional)
        self.last = last

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        outputs, state = super().forward(x)
        return state.transpose(0, 1).flatten(1) if self.last else outputs


class LSTM(nn.LSTM):
    """What it knows after each step (N, T, F), or after the `last` one of each direction (N, F)."""

    def __init__(self, input_size: int, hidden_size: int, bidirectional: bool = False, last: bool = True) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, bidirectional=bidirectional)
        self.last = last

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        outputs, (state, _) = super().forward(x)
        return state.transpose(0, 1).flatten(1) if self.last else outputs


class GRU(nn.GRU):
    """What it knows after each step (N, T, F), or after the `last` one of each direction (N, F)."""

    def __init__(self, input_size: int, hidden_size: int, bidirectional: bool = False, last: bool = True) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, bidirectional=bidirectional)
        self.last = last

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        outputs, state = super().forward(x)
        return state.transpose(0, 1).flatten(1) if self.last else outputs


class SelfAttention(nn.Module):
    """Every step looks at every other in several heads. https://arxiv.org/abs/1706.03762"""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(size, 3 * size)
        self.out = nn.Linear(size, size)

    def forward(self, x: Tensor) -> Tensor:
        parts = self.qkv(x).unflatten(2, (3, self.heads, -1))  # (N, T, 3, heads, F / heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        # Not scaled_dot_product_attention, which on a CPU has no second derivative: a gradient penalty needs one.
        looks = (query @ key.transpose(2, 3) / math.sqrt(query.shape[3])).softmax(3)
        mixed: Tensor = self.out((looks @ value).transpose(1, 2).flatten(2))
        return mixed


class LearnedPositions(nn.Module):
    """Adds learned numbers to every step, which say where it is. https://arxiv.org/abs/1705.03122"""

    def __init__(self, steps: int, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(0.02 * torch.randn(steps, size))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight


class SinusoidalPositions(nn.Module):
    """Adds sines and cosines of the place of every step. https://arxiv.org/abs/1706.03762"""

    places: Tensor

    def __init__(self, steps: int, size: int) -> None:
        super().__init__()
        number = torch.arange(size)
        angles = torch.arange(steps)[:, None] / 10_000 ** (2 * (number // 2) / size)
        self.register_buffer("places", torch.where(number % 2 == 0, angles.sin(), angles.cos()), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.places


class ClassToken(nn.Module):
    """Puts one learned step before the others. https://arxiv.org/abs/1810.04805"""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(0.02 * torch.randn(size))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.weight.expand(len(x), 1, -1), x], 1)


class Delay(nn.Module):
    """The first `kept` steps, then others that say nothing: zeros, or noise that is the same for every picture."""

    filler: Tensor

    def __init__(self, kept: int, steps: int, noise: bool, size: int) -> None:
        super().__init__()
        self.kept = kept
        number = torch.arange(1, steps * size + 1, dtype=torch.float64)
        filler = (math.sqrt(2) * (number * number).sin()).float() if noise else torch.zeros(steps * size)
        self.register_buffer("filler", filler.view(steps, size), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x[:, : self.kept], self.filler.expand(len(x), -1, -1)], 1)


class PickStep(nn.Module):
    """The first step of a sequence, or the last."""

    def __init__(self, which: str = "first") -> None:
        super().__init__()
        self.which = which

    def forward(self, x: Tensor) -> Tensor:
        return x[:, 0 if self.which == "first" else -1]


class MeanOverSteps(nn.Module):
    """The mean of all steps."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(1)


class Transpose(nn.Module):
    """T steps of F numbers to F steps of T numbers. https://arxiv.org/abs/2105.01601"""

    def forward(self, x: Tensor) -> Tensor:
        return x.transpose(1, 2)
