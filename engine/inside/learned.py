"""What a network has learned: the weights of its first layer as pictures, and the test pictures that excite a unit
most."""

from dataclasses import dataclass
from math import isqrt
from typing import Any

import torch
from torch import Tensor, nn

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist, normalise
from engine.inside.asking import at_once
from engine.inside.flow import Stage, output_of
from engine.inside.maps import Page, bytes_of, eight_bits, page_of, short
from engine.inside.mistakes import pictures_of
from engine.inside.network import Network
from engine.text import Text

BEST = 9  # pictures of a unit
BLOCK = 256  # units whose pictures are found at once
PICTURES, LOOKING_SECONDS = 2000, 3.0  # that are looked through, and for how long about
AT_A_TIME = 32  # pictures of weights

FIRST = (nn.Conv2d, nn.Conv1d, nn.Linear, nn.RNNBase)


@dataclass(frozen=True, slots=True, eq=False)
class Excited:
    """The test pictures that excite the U units from `first` on most: their numbers and how much, (BEST, U)."""

    first: int
    numbers: Tensor
    values: Tensor


def weights_of(network: Network, first: int = 0) -> dict[str, Any] | None:
    """The weights of the first layer that has any, from picture `first` on, all at one scale from -`high` to `high`;
    None without such a layer. `form` says what a picture is: of a filter or a unit, or of the gate of all units."""
    found = next(((stage, part) for stage in network.stages() if (part := _first_part(stage.module))), None)
    if found is None:
        return None
    stage, layer = found
    whole = _pictures(layer)
    page: Page = page_of(whole, first, AT_A_TIME)
    most = max(float(torch.nan_to_num(whole).abs().max()), 1e-12)
    form = "filter" if isinstance(layer, nn.Conv2d | nn.Conv1d) else "unit" if isinstance(layer, nn.Linear) else "gate"
    told = {"layer": stage.id, "kind": stage.kind, "form": form, "first": page.first, "total": page.total}
    told |= {"ofUnit": form != "gate" and page.total == units_in(stage.output.shape)}
    told |= {"size": list(page.pictures.shape), "every": page.every}
    return told | eight_bits(page.pictures, -most, most)


def _first_part(module: nn.Module | None) -> nn.Module | None:
    return next((part for part in module.modules() if isinstance(part, FIRST)), None) if module else None


def _pictures(layer: nn.Module) -> Tensor:
    """(N, H, W): of a convolution a filter, of Linear what a unit reads, as a square where it is one; of a recurrent
    layer a gate, with a row for each unit and a column for each number of a step."""
    if isinstance(layer, nn.RNNBase):
        gates = {"LSTM": 4, "GRU": 3}.get(layer.mode, 1)
        weight = layer.weight_ih_l0
        assert isinstance(weight, Tensor)
        return weight.detach().view(gates, -1, weight.shape[1])
    assert isinstance(layer.weight, Tensor)
    weight = layer.weight.detach()
    if weight.dim() == 4:
        return weight.flatten(0, 1)
    if weight.dim() == 3:
        return weight
    side = isqrt(weight.shape[1])
    return weight.view(len(weight), *((side, side) if side**2 == weight.shape[1] else (1, -1)))


def layers_of(network: Network) -> list[dict[str, Any]]:
    """Every stage with maps or units of its own, and how many."""
    return [_layer(stage) for stage in network.stages() if not stage.times]


def _layer(stage: Stage) -> dict[str, Any]:
    told = {
        "id": stage.id,
        "kind": stage.kind,
        "shape": list(stage.output.shape),
        "units": units_in(stage.output.shape),
    }
    return told | ({"join": stage.id.rpartition(".")[2]} if len(stage.inputs) > 1 else {})


def units_in(shape: torch.Size) -> int:
    """Maps of (C, H, W), numbers of a step of (T, F), units of (F,)."""
    return shape[1] if len(shape) == 2 else shape[0]


def check_unit(network: Network, layer: str, unit: int) -> None:
    """Raise SpecError for a layer or a unit that is not there."""
    found = next((stage for stage in network.stages() if stage.id == layer and not stage.times), None)
    if found is None:
        raise SpecError(Text("This network has no such layer."), Text("Choose another one."))
    units = units_in(found.output.shape)
    if not 0 <= unit < units:
        raise SpecError(Text("This layer has no such unit."), Text("It has {units:,}, counted from 0.", units=units))


def excite(network: Network, layer: str, block: int, count: int) -> Excited:
    """Look through the first `count` test pictures for those that excite each unit of a block of BLOCK most: of a map
    its largest number counts, of a number of a sequence its largest over the steps."""
    first = block * BLOCK
    found = []
    with torch.no_grad():
        for images in torch.split(load_mnist().test_images[:count], at_once(network.plan)):
            output, _ = output_of(network.plan, network.model, normalise(images), layer)
            found.append(torch.nan_to_num(_strengths(output, first)))
    whole = torch.cat(found)
    values, numbers = whole.topk(min(BEST, len(whole)), dim=0)
    return Excited(first, numbers, values)


def _strengths(output: Tensor, first: int) -> Tensor:
    """(N, U) of the units from `first` on."""
    last = first + BLOCK
    match output.dim():
        case 4:
            return output[:, first:last].amax((2, 3))
        case 3:
            return output[:, :, first:last].amax(1)
    return output[:, first:last]


def excited_to_json(excited: Excited, unit: int) -> dict[str, Any]:
    """The pictures of one unit of the block, the one that excites it most first."""
    at = unit - excited.first
    numbers = excited.numbers[:, at]
    labels = load_mnist().test_labels
    items = [
        {"number": number, "true": int(labels[number]), "value": short(value)}
        for number, value in zip(numbers.tolist(), excited.values[:, at].tolist(), strict=True)
    ]
    return {"unit": unit, "items": items, "pixels": bytes_of(pictures_of(numbers))}
