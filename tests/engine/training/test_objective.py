"""The short way to an optimizer's kernel against the optimizer itself."""

import pytest
import torch

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import choose
from engine.network.build import build
from engine.network.spec import plan
from engine.training.objective import make_optimizer, update_of
from engine.training.presets import PRESETS


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_short_update_is_the_optimizer_s_step_to_the_last_bit(kind: str) -> None:
    choice = choose(OPTIMIZERS, kind, {"weight_decay": 0.01}, "")
    images, labels = torch.rand(32, 1, 28, 28), torch.randint(0, 10, (32,))
    results = []
    for short in (False, True):
        model = build(plan(PRESETS["perceptron"].network), 0)
        optimizer = make_optimizer(choice, model.parameters())
        update = update_of(optimizer) if short else optimizer.step
        for step in range(1, 6):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.param_groups[0]["lr"] = 0.01 / step
            update()
        results.append([p.detach().clone() for p in model.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))
