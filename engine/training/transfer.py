"""Transfer learning: a network begins with the weights of another one, and some of its layers keep them; it may be
taught a visitor's own digits."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from engine.catalogue.params import SpecError
from engine.data.mnist import Data
from engine.data.sets import scores_place
from engine.network.spec import NetworkSpec
from engine.text import Text
from engine.training.config import TAUGHT_AGAIN, Source
from engine.training.own_digits import SIDE, OwnDigits
from engine.training.saving import are_finite, forms


def begin_with(model: nn.Sequential, network: NetworkSpec, weights: Mapping[str, Tensor], head: bool) -> None:
    """Give `model`, which was built from `network`, the `weights` and buffers of another one with the same layers; with
    a new `head`, all but those of the layer that gives the scores. Raises SpecError where they do not fit."""
    place = scores_place(network.layers, len(network.reads.classes)) if head else None
    own, taken = model.state_dict(), _without(weights, place)
    if forms(taken) != forms(_without(own, place)):
        what = Text("The weights of the run before do not fit this network.")
        raise SpecError(what, Text("Begin with random weights, or build the same layers."))
    if not are_finite(taken):
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


def with_own_digits(data: Data, source: Source | None, images: int) -> Data:
    """The data set with the digits that are taught, each of them many times, before its own pictures: `images` in all
    to train and to validate on."""
    digits = source.taught if source else None
    if digits is None:
        return data
    places = list(digits.taught) * TAUGHT_AGAIN
    pictures, labels = pictures_of(digits)[places], torch.tensor(digits.labels)[places]
    rest = images - len(labels)
    return replace(
        data,
        train_images=torch.cat([pictures, data.train_images[:rest]]),
        train_labels=torch.cat([labels, data.train_labels[:rest]]),
    )


def pictures_of(digits: OwnDigits) -> Tensor:
    """uint8 (N, 28, 28), light ink on 0."""
    return torch.from_numpy(np.frombuffer(digits.pictures, np.uint8).copy()).view(-1, SIDE, SIDE)


def _stay(module: nn.Module, _mode: bool = True) -> nn.Module:
    return module


def _without(weights: Mapping[str, Tensor], place: int | None) -> dict[str, Tensor]:
    """All but those of the layer at a place."""
    return {name: weight for name, weight in weights.items() if int(name.split(".")[0]) != place}
