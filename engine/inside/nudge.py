"""What would make a digit another one: the smallest change of every pixel at once that helps the other digit."""

from typing import Any

import torch
from torch import Tensor, nn

from engine.data.mnist import normalise
from engine.inside.asking import Pixels, Question, as_input, gradient
from engine.inside.maps import eight_bits, shorts
from engine.network.spec import Plan

SIZES = tuple(round(0.02 * i, 2) for i in range(26))  # of the range from paper (0) to ink (1)


def nudge(plan: Plan, model: nn.Sequential, image: Pixels, target: int | None = None) -> dict[str, Any]:
    """The fast gradient sign method towards `target` (the runner-up, also where it is what is read): the sign of every
    pixel's change, and the shares of the ten digits for each of `sizes`. https://arxiv.org/abs/1412.6572"""
    question = Question(plan, model, 0)
    x = as_input(image)
    order = torch.nan_to_num(question.all_scores(x))[0].argsort(descending=True).tolist()
    target = order[1] if target in (None, order[0]) else target
    signs = gradient(lambda at: question.scores(at).log_softmax(1)[:, target], x)[1][0, 0].sign()
    shares = torch.nan_to_num(question.all_scores(normalise(changed(image, signs))).softmax(1))
    return {
        "target": target,
        "sizes": list(SIZES),
        "shares": shorts(shares),
        "signs": eight_bits(signs, -1, 1)["pixels"],
    }


def changed(image: Pixels, signs: Tensor) -> Tensor:
    """The picture changed by each of SIZES, within paper and ink: pixels 0 to 255, float32 (26, 28, 28)."""
    steps = 255 * torch.tensor(SIZES).view(-1, 1, 1)
    return (torch.from_numpy(image).float() + steps * signs).clamp(0, 255)
