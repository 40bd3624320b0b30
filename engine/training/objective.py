"""Losses and optimizers in PyTorch, made from catalogue choices, and evaluation in parts."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice
from engine.data.mnist import normalise
from engine.network.spec import DIGITS, Reads
from engine.training.muon import Muon

LossFunction = Callable[[Tensor, Tensor], Tensor]
FUSED = {
    "SGD": ("cpu", "cuda", "mps"),
    "Adam": ("cpu", "cuda", "mps"),
    "AdamW": ("cpu", "cuda", "mps"),
    "Adagrad": ("cpu", "cuda"),
}
SMALLEST_PROBABILITY = 1e-30


def loss_function(choice: Choice, probabilities: bool = False) -> LossFunction:
    """The mean loss of a batch, from outputs (N, K), of K classes, and labels (N,) int64.

    `probabilities` says that the network ends in a Softmax: cross-entropy then takes the logarithm instead of doing
    softmax again; the others use the outputs as they are.
    """
    match choice.kind:
        case "CrossEntropy":
            smoothing = choice["label_smoothing"]
            if probabilities:
                # Softmax of the logarithm of probabilities gives them back, so label smoothing works the same.
                return lambda outputs, labels: F.cross_entropy(
                    outputs.clamp_min(SMALLEST_PROBABILITY).log(), labels, label_smoothing=smoothing
                )
            return lambda outputs, labels: F.cross_entropy(outputs, labels, label_smoothing=smoothing)
        case "MeanSquaredError":
            return lambda outputs, labels: F.mse_loss(outputs, F.one_hot(labels, outputs.shape[1]).to(outputs.dtype))
        case "Hinge":
            margin = choice["margin"]
            return lambda outputs, labels: F.multi_margin_loss(outputs, labels, margin=margin)
    raise ValueError(f"no loss {choice.kind}")


def make_optimizer(choice: Choice, parameters: Iterable[nn.Parameter], fused: bool = True) -> torch.optim.Optimizer:
    """The optimizer of `choice`. `fused` updates all weights in one kernel where PyTorch has one: same rule, faster."""
    row, weights = OPTIMIZERS[choice.kind], list(parameters)
    kernel = {"fused": True} if fused and weights[0].device.type in FUSED.get(choice.kind, ()) else {}
    make: Callable[..., torch.optim.Optimizer] = Muon if row.is_muon else getattr(torch.optim, row.torch)
    return make(weights, **row.args(dict(choice.values)), **kernel)


def update_of(optimizer: torch.optim.Optimizer) -> Callable[[], None]:
    """Make a function that does what `optimizer.step()` does, to the last bit. Fused Adam and AdamW call their kernel
    directly: for a small network the code around it takes a twentieth of the whole step."""
    (group,) = optimizer.param_groups
    weights: list[Tensor] = group["params"]
    if not isinstance(optimizer, torch.optim.Adam) or not group["fused"] or weights[0].device.type != "cpu":
        return lambda: optimizer.step()
    kernel = torch._fused_adamw_ if group["decoupled_weight_decay"] else torch._fused_adam_
    means: list[Tensor] = []
    squares: list[Tensor] = []
    counts: list[Tensor] = []

    def update() -> None:
        if not means:  # the first step makes the state that the next ones work on
            optimizer.step()
            for slots, name in ((means, "exp_avg"), (squares, "exp_avg_sq"), (counts, "step")):
                slots += [optimizer.state[weight][name] for weight in weights]
            return
        gradients = cast(list[Tensor], [weight.grad for weight in weights])
        beta1, beta2 = group["betas"]
        with torch.no_grad():
            torch._foreach_add_(counts, 1)
            kernel(
                weights,
                gradients,
                means,
                squares,
                [],
                counts,
                lr=group["lr"],
                beta1=beta1,
                beta2=beta2,
                weight_decay=group["weight_decay"],
                eps=group["eps"],
                amsgrad=False,
                maximize=False,
            )

    return update


CHUNK, CONVOLUTIONAL_CHUNK = 500, 100  # the feature maps of 100 pictures stay in the cache


@dataclass(frozen=True, slots=True)
class Scores:
    """Mean loss over all pictures, share read correctly, and `confusion[true][read]` in pictures."""

    loss: float
    accuracy: float
    confusion: tuple[tuple[int, ...], ...]


def evaluate(
    model: nn.Module, images: Tensor, labels: Tensor, loss_of: LossFunction, reads: Reads = DIGITS
) -> Generator[None, None, Scores]:
    """Score uint8 `images` (N, H, W) or (N, 3, H, W), N > 0, against `labels` (N,). Sets evaluation mode, and the
    former mode afterwards. Yields None after every chunk, so that other runs get their turn.
    """
    device = next(model.parameters()).device
    was_training = model.training
    loss_sum = torch.zeros((), dtype=torch.float64)
    classes = len(reads.classes)
    counts = torch.zeros(classes * classes, dtype=torch.int64)
    size = CONVOLUTIONAL_CHUNK if any(isinstance(layer, nn.Conv2d) for layer in model.modules()) else CHUNK
    for chunk, truth in zip(torch.split(images, size), torch.split(labels, size), strict=True):
        chunk, truth = chunk.to(device), truth.to(device)
        model.eval()
        with torch.inference_mode():
            outputs = model(normalise(chunk, reads))
            loss_sum += loss_of(outputs, truth).double().cpu() * len(truth)
            counts += torch.bincount(truth * classes + outputs.argmax(1), minlength=classes * classes).cpu()
        model.train(was_training)
        yield None
    confusion = counts.view(classes, classes)
    correct = int(confusion.diagonal().sum())
    rows = tuple(tuple(int(n) for n in row) for row in confusion.tolist())
    return Scores(float(loss_sum) / len(images), correct / len(images), rows)
