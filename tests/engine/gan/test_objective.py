import math

import pytest
import torch
from torch import Tensor

from engine.catalogue.params import Choice, choose
from engine.gan.losses import GAN_LOSSES
from engine.gan.objective import discriminator_loss, generator_loss, gradient_penalty, verdict

REAL, MADE = torch.tensor([[2.0], [-0.5]], dtype=torch.float64), torch.tensor([[-1.0], [0.3]], dtype=torch.float64)


def loss(kind: str) -> Choice:
    return choose(GAN_LOSSES, kind, {}, "Loss")


def likely(x: float) -> float:
    return 1 / (1 + math.exp(-x))


@pytest.mark.parametrize(
    ("kind", "of_d", "of_g"),
    [
        ("NonSaturating", lambda r, m: -math.log(likely(r) * (1 - likely(m))), lambda m: -math.log(likely(m))),
        ("Minimax", lambda r, m: -math.log(likely(r) * (1 - likely(m))), lambda m: math.log(1 - likely(m))),
        ("LeastSquares", lambda r, m: (r - 1) ** 2 + m**2, lambda m: (m - 1) ** 2),
        ("Hinge", lambda r, m: max(0, 1 - r) + max(0, 1 + m), lambda m: -m),
        ("WassersteinGP", lambda r, m: m - r, lambda m: -m),
    ],
)  # fmt: skip
def test_losses_are_the_formulas_of_their_papers(kind: str, of_d: object, of_g: object) -> None:
    pairs = list(zip(REAL.flatten().tolist(), MADE.flatten().tolist(), strict=True))
    expected_d = sum(of_d(r, m) for r, m in pairs) / 2  # type: ignore[operator]
    expected_g = sum(of_g(m) for _, m in pairs) / 2  # type: ignore[operator]
    assert discriminator_loss(loss(kind), REAL, MADE).item() == pytest.approx(expected_d)
    assert generator_loss(loss(kind), MADE).item() == pytest.approx(expected_g)
    assert str(GAN_LOSSES[kind].doc).startswith(("D:", "The game"))


def test_label_smoothing_asks_for_less_than_certainty() -> None:
    scores = torch.tensor([[0.4]], dtype=torch.float64, requires_grad=True)
    far = torch.tensor([[-50.0]], dtype=torch.float64)
    discriminator_loss(loss("NonSaturating"), scores, far, 0.1).backward()  # type: ignore[no-untyped-call]
    assert scores.grad is not None
    assert scores.grad.item() == pytest.approx(likely(0.4) - 0.9)


def test_minimax_saturates_where_the_other_does_not() -> None:
    slopes = {}
    for kind in ("NonSaturating", "Minimax"):
        sure = torch.tensor([[-8.0]], requires_grad=True)
        generator_loss(loss(kind), sure).backward()  # type: ignore[no-untyped-call]
        assert sure.grad is not None
        slopes[kind] = abs(sure.grad.item())
    assert slopes["NonSaturating"] > 0.99
    assert slopes["Minimax"] < 0.001


def test_the_penalty_measures_how_far_the_slope_is_from_one() -> None:
    points = torch.randn(5, 1, 4, 4, dtype=torch.float64).float()

    def judge(x: Tensor) -> Tensor:
        return 3 * x.flatten(1)[:, :1] + 4 * x.flatten(1)[:, 1:2]  # its slope is 5 everywhere

    chance = torch.Generator().manual_seed(0)
    assert gradient_penalty(judge, points, -points, chance).item() == pytest.approx(16)


def test_a_verdict_is_a_probability_only_where_the_loss_makes_it_one() -> None:
    scores = torch.tensor([[0.0], [2.0]])
    assert verdict(loss("Minimax"), scores).flatten().tolist() == pytest.approx([0.5, likely(2)])
    assert verdict(loss("Hinge"), scores).flatten().tolist() == [0, 2]
