"""The scores that a map explains: which digit is asked about, and their gradients, many pictures at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engine.data.mnist import normalise
from engine.inside.flow import before_softmax
from engine.network.load import picture_seconds
from engine.network.spec import Plan

AT_ONCE = 128  # pictures
MOST_KEPT = 20_000_000  # numbers that a chunk of pictures keeps for the way back

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Forward = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A network asked about one digit: why `asked`, or, where that is not what it reads, why `asked` rather than
    `against`. The model is in evaluation mode."""

    plan: Plan
    model: nn.Sequential
    asked: int
    against: int | None = None

    def scores(self, x: Tensor) -> Tensor:
        """(N, 1, 28, 28) to the scores (N, 10) before the softmax."""
        last = len(before_softmax(self.plan)) < len(self.plan.layers)
        return (self.model[:-1] if last else self.model)(x)  # type: ignore[no-any-return]

    def of(self, scores: Tensor) -> Tensor:
        """What is explained (N,): the score of `asked`, or how far it is above that of `against`."""
        value = scores[:, self.asked]
        return value if self.against is None else value - scores[:, self.against]

    def value(self, x: Tensor) -> Tensor:
        return self.of(self.scores(x))

    def values(self, xs: Tensor) -> Tensor:
        """The same for many pictures, without the way back."""
        with torch.no_grad():
            return torch.cat([self.value(x) for x in self._chunks(xs)])

    def all_scores(self, xs: Tensor) -> Tensor:
        with torch.no_grad():
            return torch.cat([self.scores(x) for x in self._chunks(xs)])

    def slope(self, xs: Tensor) -> Tensor:
        """The gradients with respect to the pictures (N, 1, 28, 28), added up over them: (28, 28)."""
        return torch.stack([gradient(self.value, x)[1].sum((0, 1)) for x in self._chunks(xs)]).sum(0)

    def along(self, xs: Tensor) -> tuple[Tensor, Tensor]:
        """What is explained (N,), and its gradients (N, 28, 28)."""
        values, slopes = zip(*(gradient(self.value, x) for x in self._chunks(xs)), strict=True)
        return torch.cat(values), torch.cat(slopes)[:, 0]

    def affordable(self, seconds: float, most: int, least: int = 8) -> int:
        """How many pictures go through the network and back in about so long."""
        return max(least, min(most, int(seconds / max(1e-9, picture_seconds(self.plan)))))

    def _chunks(self, xs: Tensor) -> Iterator[Tensor]:
        yield from torch.split(xs, at_once(self.plan))


def at_once(planned: Plan) -> int:
    """How many pictures may go through a network side by side."""
    return max(1, min(AT_ONCE, MOST_KEPT // max(1, planned.activations)))


def gradient(function: Forward, x: Tensor) -> tuple[Tensor, Tensor]:
    """`function(x)` (N,), each of its values made of one of the pictures x, and its gradient in the shape of x, 0 where
    it is constant. The weights gather no gradients."""
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        values = function(x)
        slope = torch.autograd.grad(values.sum(), x, allow_unused=True)[0] if values.requires_grad else None
    return values.detach(), torch.zeros_like(x) if slope is None else torch.nan_to_num(slope)


def as_input(image: Pixels) -> Tensor:
    """uint8 (28, 28) to (1, 1, 28, 28)."""
    return normalise(torch.from_numpy(image).unsqueeze(0))


def paper() -> Tensor:
    """An empty page (1, 1, 28, 28), what a picture is compared with."""
    return normalise(torch.zeros(1, 28, 28, dtype=torch.uint8))
