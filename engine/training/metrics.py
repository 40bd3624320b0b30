"""Evaluates a model in small batches: mean loss, accuracy and the confusion matrix."""

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.data.mnist import normalise
from engine.network.spec import CLASSES
from engine.training.objective import LossFunction

CHUNK, CONVOLUTIONAL_CHUNK = 500, 100  # the feature maps of 100 pictures stay in the cache


@dataclass(frozen=True, slots=True)
class Scores:
    """Mean loss over all pictures, share read correctly, and `confusion[true][read]` in pictures."""

    loss: float
    accuracy: float
    confusion: tuple[tuple[int, ...], ...]


def evaluate(model: nn.Module, images: Tensor, labels: Tensor, loss_of: LossFunction) -> Generator[None, None, Scores]:
    """Score uint8 `images` (N, 28, 28), N > 0, against `labels` (N,). Sets evaluation mode, and the former mode
    afterwards. Yields None after every chunk, so that other runs get their turn.
    """
    device = next(model.parameters()).device
    was_training = model.training
    loss_sum = torch.zeros((), dtype=torch.float64)
    counts = torch.zeros(CLASSES * CLASSES, dtype=torch.int64)
    size = CONVOLUTIONAL_CHUNK if any(isinstance(layer, nn.Conv2d) for layer in model.children()) else CHUNK
    for chunk, truth in zip(torch.split(images, size), torch.split(labels, size), strict=True):
        chunk, truth = chunk.to(device), truth.to(device)
        model.eval()
        with torch.inference_mode():
            outputs = model(normalise(chunk))
            loss_sum += loss_of(outputs, truth).double().cpu() * len(truth)
            counts += torch.bincount(truth * CLASSES + outputs.argmax(1), minlength=CLASSES * CLASSES).cpu()
        model.train(was_training)
        yield None
    confusion = counts.view(CLASSES, CLASSES)
    correct = int(confusion.diagonal().sum())
    rows = tuple(tuple(int(n) for n in row) for row in confusion.tolist())
    return Scores(float(loss_sum) / len(images), correct / len(images), rows)
