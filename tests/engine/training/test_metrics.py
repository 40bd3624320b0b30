"""Evaluation against plain counting."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from engine.data.mnist import load_mnist, normalise
from engine.network.build import build
from engine.network.spec import plan
from engine.training.objective import Scores, evaluate
from engine.training.presets import PRESETS


def scores_of(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> Scores:
    stream = evaluate(model, images, labels, F.cross_entropy)
    while True:
        try:
            next(stream)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_scores_equal_plain_counting_and_leave_the_model_training(name: str) -> None:
    data = load_mnist()
    images, labels = data.test_images[:730], data.test_labels[:730]
    model = build(plan(PRESETS[name].network), 0).train()
    scores = scores_of(model, images, labels)
    assert model.training
    model.eval()
    logits = model(normalise(images)).detach()
    assert scores.loss == pytest.approx(F.cross_entropy(logits, labels).item(), rel=1e-5)
    confusion = [[0] * 10 for _ in range(10)]
    for true, read in zip(labels.tolist(), logits.argmax(1).tolist(), strict=True):
        confusion[true][read] += 1
    assert [list(row) for row in scores.confusion] == confusion
    assert scores.accuracy == pytest.approx(sum(confusion[d][d] for d in range(10)) / 730)
