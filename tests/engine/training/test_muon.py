"""Muon against PyTorch's own, which takes matrices only, and against AdamW for the rest."""

import pytest
import torch
from torch import nn

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import choose
from engine.network.load import update_seconds
from engine.network.spec import plan
from engine.training.muon import Muon
from engine.training.objective import make_optimizer
from engine.training.presets import PRESETS


def gradients(shape: tuple[int, ...], count: int = 4) -> list[torch.Tensor]:
    dice = torch.Generator().manual_seed(3)
    return [torch.randn(shape, generator=dice) for _ in range(count)]


@pytest.mark.parametrize("shape", [(12, 40), (40, 12), (8, 3, 5, 5)])
def test_matrices_and_filters_move_as_with_pytorch_s_own(shape: tuple[int, ...]) -> None:
    start = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    one, other = nn.Parameter(start.clone()), nn.Parameter(start.flatten(1).clone())
    ours = Muon([one], lr=0.01, momentum=0.95, weight_decay=0.1)
    theirs = torch.optim.Muon([other], lr=0.01, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    for gradient in gradients(shape):
        one.grad, other.grad = gradient, gradient.flatten(1)
        ours.step()
        theirs.step()
    moved = (one.detach().flatten(1) - other.detach()).norm() / (other.detach() - start.flatten(1)).norm()
    assert moved < 0.02  # PyTorch multiplies the matrices in 16 bits


def test_biases_move_as_with_adamw() -> None:
    one, other = nn.Parameter(torch.ones(7)), nn.Parameter(torch.ones(7))
    ours, theirs = (
        Muon([one], lr=0.01, momentum=0.95, weight_decay=0.1),
        torch.optim.AdamW([other], lr=0.01, weight_decay=0.1),
    )
    for gradient in gradients((7,)):
        one.grad = other.grad = gradient
        ours.step()
        theirs.step()
    torch.testing.assert_close(one, other)


def test_every_direction_of_a_matrix_gets_a_step_of_about_the_same_length() -> None:
    weight = nn.Parameter(torch.zeros(16, 64))
    weight.grad = torch.randn(16, 64) * torch.logspace(0, -2, 16)[:, None]
    make_optimizer(choose(OPTIMIZERS, "Muon", {}, ""), [weight]).step()
    lengths = torch.linalg.svdvals(weight.detach())
    before = torch.linalg.svdvals(weight.grad)
    assert float(lengths.max() / lengths.min()) < 4 < 40 < float(before.max() / before.min())


def test_its_time_is_estimated_with_the_products_of_its_matrices() -> None:
    network = plan(PRESETS["mlp"].network)
    assert 3 < update_seconds(network, "Muon") / update_seconds(network, "AdamW") < 100
