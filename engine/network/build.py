"""Builds a model with weights from a plan."""

import contextlib
import threading
from collections.abc import Iterable, Iterator

import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from engine.catalogue.layers import LAYERS
from engine.network import block_layers, label_layers, own_layers
from engine.network.label_layers import LabelledSequential
from engine.network.spec import Plan, PlannedLayer

DRAWN = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d)  # those whose weights an initialisation draws
HOMES = {"torch": nn, "own": own_layers, "label": label_layers}

_seeding = threading.RLock()


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let what is drawn within depend on `seed` alone, and leave torch's own random numbers as they were. They are the
    whole process's, so one thread at a time."""
    with _seeding, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would reset a graphics card's too
        yield


def build(plan: Plan, seed: int = 0) -> nn.Sequential:
    """Make a model that reads (N, 1, 28, 28), or as a generator z (N, F). Its initial weights depend on `seed` alone.
    Where a layer takes the label it is called with `model(x, labels)`.

    Its children carry their layer's position as name, so `state_dict()` has the keys of a plain nn.Sequential.
    """
    with seeded(seed):
        made: list[tuple[PlannedLayer, nn.Module]] = []
        named = [(str(p.index), _module(p, made)) for p in plan.layers]
        initialise((module for _, module in named), plan.network.init)
        for p, module in made:
            if p.layer.get("spectral_norm"):
                _normalise(module)
    return _fill(LabelledSequential() if plan.takes_labels else nn.Sequential(), named)


def _module(planned: PlannedLayer, made: list[tuple[PlannedLayer, nn.Module]]) -> nn.Module:
    """A layer, or a block with all that is in it; every layer is noted in `made`."""
    lists = [_fill(nn.Sequential(), [(str(p.index), _module(p, made)) for p in body]) for body in planned.bodies]
    match planned.layer.kind:
        case "Repeat":
            return nn.Sequential(*lists)
        case "Residual":
            shortcut = _module(planned.shortcut, made) if planned.shortcut else None
            return block_layers.Residual(lists[0], shortcut, **planned.args)
        case "Branches":
            return block_layers.Branches(*lists, **planned.args)
    row = LAYERS[planned.layer.kind]
    make: type[nn.Module] = getattr(HOMES[row.home], row.torch)
    if make is nn.Conv2d and planned.args["kernel_size"] == 1 and planned.args["stride"] != 1:
        make = own_layers.SparseConv2d
    module = make(**planned.args)
    made.append((planned, module))
    return module


def _fill(model: nn.Sequential, named: Iterable[tuple[str, nn.Module]]) -> nn.Sequential:
    for name, module in _pool_first(named):
        model.add_module(name, module)
    return model


def initialise(modules: Iterable[nn.Module], init: str) -> None:
    """Draw the weights of Linear layers and convolutions anew; "default" keeps those that PyTorch drew."""
    for module in (part for whole in modules for part in whole.modules()):
        if init == "default" or not isinstance(module, DRAWN):
            continue
        match init:
            case "he":  # https://arxiv.org/abs/1502.01852
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            case "xavier":  # https://proceedings.mlr.press/v9/glorot10a.html
                nn.init.xavier_uniform_(module.weight)
            case "zeros":
                nn.init.zeros_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def _normalise(module: nn.Module) -> None:
    """Divide every weight matrix by its largest singular value from now on. https://arxiv.org/abs/1802.05957"""
    for part in list(module.modules()):
        if isinstance(getattr(part, "weight", None), nn.Parameter):
            spectral_norm(part)


def best_device() -> torch.device:
    """Choose a CUDA card, else Apple's, else the processor."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _pool_first(named: Iterable[tuple[str, nn.Module]]) -> list[tuple[str, nn.Module]]:
    """Put a MaxPool2d before the ReLU it follows: the same result, and the ReLU has a quarter of the work."""
    order: list[tuple[str, nn.Module]] = []
    for pair in named:
        place = len(order)
        while isinstance(pair[1], nn.MaxPool2d) and place and isinstance(order[place - 1][1], nn.ReLU):
            place -= 1
        order.insert(place, pair)
    return order
