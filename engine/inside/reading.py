"""A network that reads a digit, looked into: all of its layers at once, or one number of one of them, as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from engine.catalogue.params import SpecError
from engine.inside.flow import INPUT, SHARES, Stage, follow
from engine.inside.maps import MAPS, picture
from engine.inside.units import checked, explain, heat_of
from engine.inside.wire import flow_to_json, scores_of
from engine.network.spec import Plan
from engine.text import Text
from engine.training.predict import data_url


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A model in evaluation mode with its plan, and the uint8 digit (28, 28) that it reads."""

    plan: Plan
    model: nn.Sequential
    image: np.ndarray[Any, np.dtype[np.uint8]]
    two: bool = False

    @property
    def tensor(self) -> Tensor:
        return torch.from_numpy(self.image)

    def stages(self) -> list[Stage]:
        return follow(self.plan, self.model, self.tensor)


def flow_of(
    reading: Reading, start: int = 0, turned: Iterable[str] = (), firsts: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """The answer of the network, as `read_digit` gives it, with the page of the flow as `flow_to_json` gives it."""
    stages = reading.stages()
    shares = torch.nan_to_num(stages[-1].output).tolist()
    return {
        "digit": max(range(len(shares)), key=shares.__getitem__),
        "probabilities": [round(share, 6) for share in shares],
        "image": data_url(Image.fromarray(reading.image)),
        **flow_to_json(stages, start, turned, firsts),
    }


def unit_of(reading: Reading, layer: str, at: Sequence[int] | None = None) -> dict[str, Any]:
    """How one number of a layer comes about, with the map that it stands in and those that it reads from. Raises
    SpecError for a layer or a place that is not there."""
    stages = reading.stages()
    stage = next((stage for stage in stages if stage.id == layer and not stage.times), None)
    if stage is None:
        raise SpecError(Text("This network has no such layer."), Text("Choose another one."))
    place = checked(stage, at)
    told: dict[str, Any] = {"layer": layer, "kind": stage.kind, "shape": list(stage.output.shape)}
    told |= explain(stage, place) | {"digits": layer in scores_of(stages)}
    if len(stage.inputs) > 1:
        told["join"] = stage.id.rpartition(".")[2]
    told["map"] = picture(_map(stage.output, place[0]))
    if stage.inputs[0].dim() == 2:
        told["sources"] = {"0": picture(_map(stage.inputs[0], 0))}
    elif stage.inputs[0].dim() == 3 and stage.id != INPUT:
        told["sources"] = {
            str(c): picture(_map(stage.inputs[0], c)) for c in _read_channels(told, len(stage.inputs[0]))
        }
    return told | heat_of(stage, _rest(reading, layer))


def _map(values: Tensor, channel: int) -> Tensor:
    """One picture; of a sequence its steps as rows, of single numbers one row, all within what can be shown."""
    whole = values[channel] if values.dim() == 3 else values if values.dim() == 2 else values.unsqueeze(0)
    return whole[:MOST_SIDE, :MOST_UNITS]


MOST_SIDE, MOST_UNITS = 128, 4096


def _read_channels(told: Mapping[str, Any], count: int) -> list[int]:
    """The channels of the input that the number is made from, as far as they are shown."""
    if "channels" in told:
        return [part["channel"] for part in told["channels"]][:MAPS]
    if "from" in told and len(told["from"]) == 3:
        return [told["from"][0]] if told["from"][0] < count else []
    at = told["at"]
    return [at[0]] if len(at) == 3 and at[0] < count else []


def _rest(reading: Reading, layer: str) -> nn.Module | None:
    """What stands behind a layer of the network's own list, with dropout off; None for one in a block."""
    if "." in layer or layer in (INPUT, SHARES):
        return None
    behind = [p for p in reading.plan.layers if p.index > int(layer)]
    return nn.Sequential(*(reading.model.get_submodule(str(p.index)) for p in behind)).eval()
