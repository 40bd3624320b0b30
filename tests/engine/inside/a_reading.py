"""Networks with weights at random, and the first digit of the test set for them to read."""

import torch
from torch import nn

from engine.catalogue.params import Choice
from engine.data.mnist import load_mnist
from engine.inside.flow import Stage, follow
from engine.network.build import build
from engine.network.spec import NetworkSpec, Plan, layer, plan
from engine.training.architectures import ALL_PRESETS

IMAGE = load_mnist().test_images[0]


def preset(name: str) -> tuple[Plan, nn.Sequential]:
    return model_of(ALL_PRESETS[name].network)


def model_of(network: NetworkSpec) -> tuple[Plan, nn.Sequential]:
    """A model in evaluation mode whose norms have seen something, so that none of them is the identity."""
    planned = plan(network)
    model = build(planned, seed=1)
    torch.manual_seed(2)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
            assert module.running_mean is not None and module.running_var is not None
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d | nn.GroupNorm | nn.LayerNorm):
            nn.init.normal_(module.weight, 1, 0.3)
            nn.init.normal_(module.bias, 0, 0.3)
    return planned, model.eval()


def stages_of(*layers: Choice) -> list[Stage]:
    """All stages of these layers with what makes ten scores of them."""
    end = () if layers[-1].kind in ("Softmax", "LogSoftmax") else (layer("Linear", units=10),)
    planned, model = model_of(NetworkSpec((*layers, *end)))
    return follow(planned, model, IMAGE)
