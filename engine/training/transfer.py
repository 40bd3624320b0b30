"""Transfer learning: a network begins with the weights of another one, and some of its layers keep them."""

from collections.abc import Mapping
from functools import partial

import torch
from torch import Tensor, nn

from engine.catalogue.params import SpecError
from engine.data.sets import scores_place
from engine.network.spec import NetworkSpec
from engine.text import Text


def begin_with(model: nn.Sequential, network: NetworkSpec, weights: Mapping[str, Tensor], head: bool) -> None:
    """Give `model`, which was built from `network`, the `weights` and buffers of another one with the same layers; with
    a new `head`, all but those of the layer that gives the scores. Raises SpecError where they do not fit."""
    place = scores_place(network.layers, len(network.reads.classes)) if head else None
    own = model.state_dict()
    taken = {name: value for name, value in weights.items() if place is None or _place(name) != place}
    expected = {name: value for name, value in own.items() if place is None or _place(name) != place}
    if {name: (w.shape, w.dtype) for name, w in taken.items()} != {n: (w.shape, w.dtype) for n, w in expected.items()}:
        what = Text("The weights of the run before do not fit this network.")
        raise SpecError(what, Text("Begin with random weights, or build the same layers."))
    if not all(bool(torch.isfinite(value).all()) for value in taken.values()):
        raise SpecError(Text("The weights of the run before are no longer finite."), Text("Choose another run."))
    model.load_state_dict(own | taken)


def freeze(model: nn.Sequential, count: int) -> None:
    """Let the first `count` layers keep their weights, and work as they do when a network is tested: a normalisation
    keeps its statistics, a dropout leaves nothing out."""
    for name, child in model.named_children():
        if int(name) < count:
            child.requires_grad_(False)
            child.eval()
            child.train = partial(_stay, child)  # type: ignore[method-assign]


def _stay(module: nn.Module, _mode: bool = True) -> nn.Module:
    return module


def _place(name: str) -> int:
    return int(name.split(".")[0])
