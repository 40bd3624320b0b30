"""A network operated on: units switched off, small weights cut away, weights rounded or shaken; and what it still
reads."""

import copy
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist
from engine.inside.learned import layers_of
from engine.inside.maps import short
from engine.inside.network import Network
from engine.network.spec import CLASSES
from engine.text import Text
from engine.training.predict import probabilities

ALL_BITS = 32
BITS = (ALL_BITS, 8, 4, 2, 1)
MOST_UNITS = 512  # that are switched off at once
SEED = 0  # of the noise
TOLD = Text("This operation cannot be done.")


@dataclass(frozen=True, slots=True)
class Surgery:
    """`off` are units by the layer they are in; `prune` is the share of all weights cut away, the smallest first;
    `noise` the spread of what is added to each weight, as a share of the spread of its layer's; `bits` those that are
    left of each weight."""

    off: tuple[tuple[str, int], ...] = ()
    prune: float = 0.0
    noise: float = 0.0
    bits: int = ALL_BITS

    @property
    def is_none(self) -> bool:
        return self == Surgery()


def surgery_from_json(text: str) -> Surgery:
    """Read `{"off": [["0", 3], ...], "prune": 0.5, "noise": 0.1, "bits": 4}` from anywhere; each may be left out.
    Raises SpecError."""
    try:
        told = json.loads(text or "{}")
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not isinstance(off := told.get("off", []), list):
        raise SpecError(TOLD, Text("Send off, prune, noise and bits."))
    if len(off) > MOST_UNITS:
        raise SpecError(TOLD, Text("Switch off at most {most} units.", most=MOST_UNITS))
    for pair in off:
        is_pair = isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and type(pair[1]) is int
        if not is_pair or pair[1] < 0:
            raise SpecError(TOLD, Text("Name each unit by its layer and its number."))
    prune, noise = told.get("prune", 0), told.get("noise", 0)
    if not all(type(share) in (int, float) and 0 <= share <= 1 for share in (prune, noise)):
        raise SpecError(TOLD, Text("Cut away or shake by a share from 0 to 1."))
    if type(bits := told.get("bits", ALL_BITS)) is not int or bits not in BITS:
        raise SpecError(TOLD, Text("Keep 32, 8, 4, 2 or 1 bits."))
    return Surgery(tuple(sorted({(layer, unit) for layer, unit in off})), float(prune), float(noise), bits)


def check(network: Network, surgery: Surgery) -> None:
    """Raise SpecError for a layer or a unit that is not there."""
    units = {layer["id"]: layer["units"] for layer in layers_of(network) if layer["id"] in _modules(network.model)}
    for layer, unit in surgery.off:
        if unit >= units.get(layer, 0):
            raise SpecError(Text("This network has no such unit."), Text("Choose another one."))


def operated(model: nn.Sequential, surgery: Surgery) -> nn.Sequential:
    """A copy of the model after the operation: weights are cut, rounded, then shaken; then units switched off."""
    if surgery.is_none:
        return model
    model = copy.deepcopy(model)
    weights = weights_of(model)
    with torch.no_grad():
        if surgery.prune:
            least = _threshold(weights, surgery.prune)
            for weight in weights:
                weight[weight.abs() <= least] = 0
        dice = torch.Generator().manual_seed(SEED)
        for weight in weights:
            if surgery.bits < ALL_BITS:
                weight.copy_(rounded(weight, surgery.bits))
            if surgery.noise:
                noise = torch.randn(weight.shape, generator=dice)
                weight.add_(noise * surgery.noise * weight.std(unbiased=False))
    for layer in sorted({layer for layer, _ in surgery.off}):
        units = [unit for name, unit in surgery.off if name == layer]
        model.get_submodule(layer).register_forward_hook(_silence(units))
    return model


def weights_of(model: nn.Module) -> list[Tensor]:
    """Those that multiply, without biases and what normalisations scale by."""
    return [weight for weight in model.parameters() if weight.dim() >= 2]


def rounded(weight: Tensor, bits: int) -> Tensor:
    """To equal steps on both sides of 0, up to the largest weight; with one bit to plus or minus their mean size
    (Rastegari 2016)."""
    if bits == 1:
        return torch.where(weight < 0, -1.0, 1.0) * weight.abs().mean()
    step = weight.abs().max() / (2 ** (bits - 1) - 1)
    return (weight / step).round() * step if step > 0 else weight


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


def _threshold(weights: list[Tensor], share: float) -> float:
    """The size up to which `share` of all weights go; below 0 where none does."""
    sizes = np.concatenate([weight.detach().abs().flatten().numpy() for weight in weights])
    place = round(share * len(sizes)) - 1
    return float(np.partition(sizes, place)[place]) if place >= 0 else -1.0


def _silence(units: list[int]) -> Any:
    """Of what a layer makes, these units become 0: maps of (N, C, H, W), numbers of (N, T, F), units of (N, F)."""

    def hook(_module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        output = output.clone()
        output[(slice(None), units) if output.dim() != 3 else (..., units)] = 0
        return output

    return hook


def _modules(model: nn.Module) -> set[str]:
    return {name for name, _ in model.named_modules() if name}
