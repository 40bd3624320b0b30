"""Layers that take the label of a digit as a second input: `forward(x, labels)` with labels int64 (N,), or
float32 (N, 10), the shares of the ten digits in each label."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LabelConcat(nn.Module):
    """One-hot labels joined to (N, F), or as ten planes to (N, C, H, W). https://arxiv.org/abs/1411.1784"""

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        told = (F.one_hot(labels, 10) if labels.dim() == 1 else labels).to(x.dtype)
        return torch.cat([x, told.view(*told.shape, *[1] * (x.dim() - 2)).expand(-1, -1, *x.shape[2:])], 1)


class LabelEmbedding(nn.Module):
    """`size` learned numbers for every digit joined to (N, F), or as many learned planes of `sides` to (N, C, H, W)."""

    def __init__(self, size: int, sides: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(10, size, *sides))

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        return torch.cat([x, self.weight[labels] if labels.dim() == 1 else torch.tensordot(labels, self.weight, 1)], 1)


class LabelProjection(nn.Module):
    """(N, F) to a score (N, 1) for picture and label together. https://arxiv.org/abs/1802.05637"""

    def __init__(self, in_features: int) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, 1)
        self.embedding = nn.Embedding(10, in_features)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        score: Tensor = self.linear(x)
        told = self.embedding(labels) if labels.dim() == 1 else labels @ self.embedding.weight
        return torch.add(score, (told * x).sum(1, keepdim=True))


class LabelledSequential(nn.Sequential):
    """Layers in a row, of which some take the label."""

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:  # type: ignore[override]
        for layer in self:
            x = layer(x, labels) if isinstance(layer, LabelConcat | LabelEmbedding | LabelProjection) else layer(x)
        return x
