"""Makes the small network of a spec, and reads and sets its weights by their names."""

from collections.abc import Iterable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.catalogue.layers import LAYERS
from engine.network.build import HOMES, seeded
from engine.network.spec import layer
from engine.points.config import NO_ACTIVATION, Edit, PointsSpec, weight_names


def make_network(spec: PointsSpec) -> nn.Sequential:
    """A network that reads (N, F) and gives (N, 1) or (N, 3); its first weights depend on the seed alone, but for those
    set by hand."""
    with seeded(spec.seed):
        parts: list[nn.Module] = []
        for inputs, units in pairwise(spec.sizes):
            parts += [nn.Linear(inputs, units), *_activation(spec.activation, units)]
        model = nn.Sequential(*parts[: None if spec.activation == NO_ACTIVATION else -1])
    set_weights(spec, model, spec.edits)
    return model


def _activation(kind: str, units: int) -> list[nn.Module]:
    if kind == NO_ACTIVATION:
        return []
    row, choice = LAYERS[kind], layer(kind)
    return [getattr(HOMES[row.home], row.torch)(**row.args((units,), dict(choice.values)))]


def weights_of(model: nn.Sequential) -> tuple[float, ...]:
    """All weights in the order of `weight_names`, with six significant digits."""
    flat = torch.cat([weight.detach().flatten() for weight in model.parameters()])
    return tuple(float(f"{value:.6g}") for value in flat.tolist())


def set_weights(spec: PointsSpec, model: nn.Sequential, edits: Iterable[Edit]) -> None:
    """Set weights by their names."""
    places = {name: place for place, name in enumerate(weight_names(spec))}
    with torch.no_grad():
        for name, value in edits:
            place = places[name]
            for weight in model.parameters():
                if place < weight.numel():
                    weight.view(-1)[place] = value
                    break
                place -= weight.numel()


def loss_of(classes: int, outputs: Tensor, targets: Tensor) -> Tensor:
    """Mean loss: binary cross-entropy of one output, cross-entropy of three, the squared error of a number."""
    if classes == 3:
        return F.cross_entropy(outputs, targets)
    if classes == 2:
        return F.binary_cross_entropy_with_logits(outputs[:, 0], targets.to(outputs.dtype))
    return F.mse_loss(outputs[:, 0], targets)


def right_share(outputs: Tensor, targets: Tensor) -> float:
    """The share of points whose class is read correctly."""
    read = outputs.argmax(1) if outputs.shape[1] == 3 else (outputs[:, 0] > 0).long()
    return float((read == targets).double().mean())
