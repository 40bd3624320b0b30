"""Blocks as modules: what goes in joined to what layers make of it, or several lists of layers side by side.

An exported program takes what it needs from here."""

import functools
import operator
from collections.abc import Sequence

import torch
from torch import Tensor, nn


def join_parts(parts: Sequence[Tensor], join: str) -> Tensor:
    """Add or multiply tensors, or put their channels (N, C, H, W), or numbers (N, T, F) or (N, F), side by side."""
    match join:
        case "add":
            return functools.reduce(operator.add, parts)
        case "multiply":
            return functools.reduce(operator.mul, parts)
        case _:
            return torch.cat(list(parts), 2 if parts[0].dim() == 3 else 1)


class Residual(nn.Module):
    """What goes in, or what `shortcut` makes of it, joined to what `body` makes of it. The norm at the place `zeroed`
    of the body starts at zero, so that the block begins as a mere shortcut. https://arxiv.org/abs/1512.03385"""

    def __init__(
        self, body: nn.Sequential, shortcut: nn.Module | None = None, join: str = "add", zeroed: int | None = None
    ) -> None:
        super().__init__()
        self.body, self.shortcut, self.join = body, shortcut or nn.Identity(), join
        if zeroed is not None:
            nn.init.zeros_(body[zeroed].weight)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        return join_parts([self.shortcut(x), self.body(x)], self.join)


class Branches(nn.Module):
    """Several lists of layers that read the same input, and what they make of it joined; an empty one passes it on."""

    def __init__(self, *branches: nn.Sequential, join: str = "concatenate") -> None:
        super().__init__()
        self.branches, self.join = nn.ModuleList(branches), join

    def forward(self, x: Tensor) -> Tensor:
        return join_parts([branch(x) for branch in self.branches], self.join)
