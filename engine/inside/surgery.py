"""What a network still reads after an operation."""

import json
from typing import Any

import torch
from torch import nn

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist
from engine.inside.learned import layers_of
from engine.inside.maps import short
from engine.inside.network import Network
from engine.network.operate import check_weights, operated, weight_of, weights_of
from engine.network.spec import CLASSES
from engine.network.surgery import NO_UNIT, Surgery, surgery_from_data
from engine.text import Text
from engine.training.predict import probabilities


def surgery_from_json(text: str) -> Surgery:
    """Read an operation from JSON that comes from anywhere; the empty text is none. Raises SpecError."""
    try:
        told = json.loads(text or "{}")
    except (ValueError, RecursionError):
        told = None
    return surgery_from_data(told)


def check(network: Network, surgery: Surgery) -> None:
    """Raise SpecError for a layer, a unit or a weight that is not there."""
    check_weights(network.model, surgery)
    units = {layer["id"]: layer["units"] for layer in layers_of(network) if layer["id"] in _modules(network.model)}
    for layer, chosen in surgery.units.items():
        if max(chosen) >= units.get(layer, 0):
            raise SpecError(NO_UNIT, Text("Choose another one."))


def operable(network: Network) -> list[dict[str, Any]]:
    """The layers whose units can be operated on, as `layers_of` has them, with how many weights each unit has of its
    own: 0 where none can be set."""
    modules, told = _modules(network.model), []
    for layer in layers_of(network):
        if layer["id"] in modules:
            weight = weight_of(network.model, layer["id"])
            told.append(layer | {"weights": weight[0].numel() if weight is not None else 0})
    return told


def weight_to_json(network: Network, after: nn.Sequential, layer: str, place: int) -> dict[str, float]:
    """One weight of the network, and of it `after` an operation. Raises SpecError where it is not there."""
    check_weights(network.model, Surgery(weights=((layer, place, 0.0),)))
    weights = {name: weight_of(model, layer) for name, model in (("before", network.model), ("after", after))}
    return {name: float(weight.detach().view(-1)[place]) for name, weight in weights.items() if weight is not None}


def accuracy_to_json(network: Network, surgery: Surgery, count: int) -> dict[str, Any]:
    """The share of the first `count` test pictures that is read after the operation, in all and of each digit; and how
    many weights there are, and are not 0."""
    model = operated(network.model, surgery)
    data = load_mnist()
    labels = data.test_labels[:count]
    right = torch.nan_to_num(probabilities(model, data.test_images[:count])).argmax(1) == labels
    of_each = [right[labels == digit].float() for digit in range(CLASSES)]
    weights = weights_of(model)
    return {
        "count": count,
        "accuracy": short(float(right.float().mean())),
        "digits": [short(float(each.mean())) if len(each) else 0.0 for each in of_each],
        "weights": sum(weight.numel() for weight in weights),
        "left": sum(int(weight.count_nonzero()) for weight in weights),
    }


def _modules(model: nn.Module) -> set[str]:
    return {name for name, _ in model.named_modules() if name}
