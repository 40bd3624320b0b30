"""The optimizer Muon for weights of any number of dimensions. A program taken home has this class as it stands here."""

import math

import torch
from torch import Tensor, nn


class Muon(torch.optim.Optimizer):
    """Steps as long in every direction of a weight matrix: momentum, made orthogonal by five steps of Newton-Schulz
    (Jordan 2024), of filters as rows. Biases and scales, which are no matrices, take the steps of AdamW. The length of
    a step is that of AdamW at the same learning rate (Liu 2025)."""

    def __init__(
        self, weights: list[nn.Parameter], lr: float = 2e-3, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        super().__init__(weights, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                kept = self.state[weight]
                mean = kept.setdefault("mean", torch.zeros_like(weight))
                if weight.dim() >= 2:
                    move = self.orthogonal(weight.grad, mean, group["momentum"])
                else:
                    count = kept.setdefault("count", torch.zeros(()))
                    square = kept.setdefault("square", torch.zeros_like(weight))
                    move = self.as_adam(weight.grad, mean, square, count)
                weight.sub_(group["lr"] * move)

    def orthogonal(self, gradient: Tensor, mean: Tensor, momentum: float) -> Tensor:
        """Of the same shape; its singular values are all near 1, times the length of a step."""
        mean.lerp_(gradient, 1 - momentum)
        move: Tensor = gradient.lerp(mean, momentum).flatten(1)
        is_tall = move.shape[0] > move.shape[1]
        move = (move.T if is_tall else move) / move.norm().clamp(min=1e-7)
        for _ in range(5):
            square = move @ move.T
            move = 3.4445 * move + (2.0315 * square @ square - 4.7750 * square) @ move
        length = 0.2 * math.sqrt(max(move.shape))
        return length * (move.T if is_tall else move).reshape(gradient.shape)

    def as_adam(self, gradient: Tensor, mean: Tensor, square: Tensor, count: Tensor) -> Tensor:
        """Adam's move with betas of 0.9 and 0.999; `count` counts the steps."""
        count += 1
        mean.lerp_(gradient, 0.1)
        square.lerp_(gradient**2, 0.001)
        return mean / (1 - 0.9**count) / ((square / (1 - 0.999**count)).sqrt() + 1e-8)
