"""Operates on a network: on a copy that is looked at, or for good, to train on from."""

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engine.catalogue.params import SpecError
from engine.network.surgery import ALL_BITS, NO_UNIT, SEED, Surgery
from engine.text import Text

ROWS_ARE_UNITS = (
    *(nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d),
    *(nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.GroupNorm, nn.LayerNorm),
)


def operated(model: nn.Sequential, surgery: Surgery) -> nn.Sequential:
    """A copy of the model after the operation: weights are cut, rounded, shaken, then set by hand; then units are
    switched off, scaled and shifted. Raises SpecError as `check_weights` does."""
    if surgery.is_none:
        return model
    check_weights(model, surgery)
    model = copy.deepcopy(model)
    _change_weights(model, surgery)
    for layer, units in surgery.units.items():
        model.get_submodule(layer).register_forward_hook(_scale(units))
    return model


def check_weights(model: nn.Sequential, surgery: Surgery) -> None:
    """Raise SpecError where a weight that is set is not there."""
    for layer, place, _ in surgery.weights:
        weight = weight_of(model, layer)
        if weight is None or place >= weight.numel():
            raise SpecError(Text("This network has no such weight."), Text("Choose another one."))


def weight_of(model: nn.Sequential, layer: str) -> Tensor | None:
    """The weight tensor of a layer that has a single one, with a row for each unit."""
    module = dict(model.named_modules()).get(layer) if layer else None
    return module.weight if isinstance(module, ROWS_ARE_UNITS) and isinstance(module.weight, Tensor) else None


def check_units(model: nn.Sequential, surgery: Surgery) -> None:
    """Raise SpecError where a unit that is operated on is not there, or has no weights that could do the same; or as
    `check_weights` does."""
    check_weights(model, surgery)
    for layer, units in surgery.units.items():
        weight = weight_of(model, layer)
        if weight is None:
            what = Text("A unit without weights is switched off.")
            raise SpecError(what, Text("To train on, switch off units of layers with weights."))
        if max(units) >= len(weight):
            raise SpecError(NO_UNIT, Text("Choose another one."))
        if any(plus for _, plus in units.values()) and getattr(model.get_submodule(layer), "bias", None) is None:
            what = Text("A unit of a layer without a bias is shifted.")
            raise SpecError(what, Text("To keep it, scale such units only."))


def operate(model: nn.Sequential, surgery: Surgery) -> None:
    """Do the operation on the model's own weights. A unit that is switched off begins with all its weights at 0; one
    that is scaled has them scaled, one that is shifted its bias. Raises SpecError as `check_units` does."""
    check_units(model, surgery)
    _change_weights(model, surgery)
    with torch.no_grad():
        for layer, units in surgery.units.items():
            module = model.get_submodule(layer)
            for unit, (times, plus) in units.items():
                for weight in module.parameters(recurse=False):
                    weight[unit] *= times
                if plus:
                    module.bias[unit] += plus  # type: ignore[index, operator]


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
        for layer, place, value in surgery.weights:
            weight_of(model, layer).view(-1)[place] = value  # type: ignore[union-attr]


def _threshold(weights: list[Tensor], share: float) -> float:
    """The size up to which `share` of all weights go; below 0 where none does."""
    sizes = np.concatenate([weight.detach().abs().flatten().cpu().numpy() for weight in weights])
    place = round(share * len(sizes)) - 1
    return float(np.partition(sizes, place)[place]) if place >= 0 else -1.0


def _scale(units: Mapping[int, tuple[float, float]]) -> Any:
    """Of what a layer makes, multiply these units and add to them: maps of (N, C, H, W), numbers of (N, T, F), units of
    (N, F)."""

    def hook(_module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        axis = 2 if output.dim() == 3 else 1
        chosen = torch.tensor(list(units), device=output.device)
        both = torch.tensor(list(units.values()), dtype=output.dtype, device=output.device)
        times, plus = both.view(-1, 2, *(1,) * (output.dim() - axis - 1)).unbind(1)
        made = output.index_select(axis, chosen)
        return output.index_copy(axis, chosen, torch.where(times == 0, plus, made * times + plus))

    return hook
