"""Operates on a network: on a copy that is looked at, or for good, to train on from."""

import copy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engine.catalogue.params import SpecError
from engine.network.surgery import ALL_BITS, NO_UNIT, SEED, Surgery
from engine.text import Text


def operated(model: nn.Sequential, surgery: Surgery) -> nn.Sequential:
    """A copy of the model after the operation: weights are cut, rounded, then shaken; then units switched off."""
    if surgery.is_none:
        return model
    model = copy.deepcopy(model)
    _change_weights(model, surgery)
    for layer in sorted({layer for layer, _ in surgery.off}):
        units = [unit for name, unit in surgery.off if name == layer]
        model.get_submodule(layer).register_forward_hook(_silence(units))
    return model


def check_units(model: nn.Sequential, surgery: Surgery) -> None:
    """Raise SpecError where a unit that is switched off is not there, or has no weights that could be 0."""
    modules = {name: module for name, module in model.named_modules() if name}
    for layer, unit in surgery.off:
        weight = getattr(modules.get(layer), "weight", None)
        if not isinstance(weight, Tensor):
            what = Text("A unit without weights is switched off.")
            raise SpecError(what, Text("To train on, switch off units of layers with weights."))
        if unit >= len(weight):
            raise SpecError(NO_UNIT, Text("Choose another one."))


def operate(model: nn.Sequential, surgery: Surgery) -> None:
    """Do the operation on the model's own weights. A unit that is switched off begins with all its weights at 0. Raises
    SpecError as `check_units` does."""
    check_units(model, surgery)
    _change_weights(model, surgery)
    with torch.no_grad():
        for layer, unit in surgery.off:
            for weight in model.get_submodule(layer).parameters(recurse=False):
                weight[unit] = 0


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


def _change_weights(model: nn.Sequential, surgery: Surgery) -> None:
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
                noise = torch.randn(weight.shape, generator=dice).to(weight.device)
                weight.add_(noise * surgery.noise * weight.std(unbiased=False))


def _threshold(weights: list[Tensor], share: float) -> float:
    """The size up to which `share` of all weights go; below 0 where none does."""
    sizes = np.concatenate([weight.detach().abs().flatten().cpu().numpy() for weight in weights])
    place = round(share * len(sizes)) - 1
    return float(np.partition(sizes, place)[place]) if place >= 0 else -1.0


def _silence(units: list[int]) -> Any:
    """Of what a layer makes, these units become 0: maps of (N, C, H, W), numbers of (N, T, F), units of (N, F)."""

    def hook(_module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        output = output.clone()
        output[(slice(None), units) if output.dim() != 3 else (..., units)] = 0
        return output

    return hook
