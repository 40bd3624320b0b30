"""Puts networks and optimizers into a state and reads them back; refuses a state that does not fit before it sets
anything."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from engine.catalogue.params import Choice
from engine.training.facts import fact, misfit
from engine.training.objective import make_optimizer
from engine.training.streams import State


def module_state(module: nn.Module) -> State:
    """The state of a module: its weights and buffers."""
    return State({name: _copy(tensor) for name, tensor in module.state_dict().items()})


def fill_module(module: nn.Module, state: State) -> None:
    """Set all weights and buffers in place, on their device and in their memory format. Raises SpecError unless they
    fit."""
    if _forms(state.tensors) != _forms(module.state_dict()):
        raise misfit()
    module.load_state_dict(state.tensors)


def optimizer_state(optimizer: torch.optim.Optimizer) -> State:
    """The state of an optimizer: its tensors for each weight, by the weight's index, and its learning rate."""
    (group,) = optimizer.param_groups
    slots = ((place, optimizer.state.get(weight, {})) for place, weight in enumerate(group["params"]))
    tensors = {
        f"{place}.{name}": _copy(value) for place, kept in slots for name, value in kept.items() if value is not None
    }
    return State(tensors, {"lr": float(group["lr"])})


def fill_optimizer(optimizer: torch.optim.Optimizer, choice: Choice, state: State) -> None:
    """Set the state of a new optimizer of this choice. Raises SpecError unless the state fits."""
    (group,) = optimizer.param_groups
    weights: list[nn.Parameter] = group["params"]
    group["lr"] = fact(state.facts, "lr", float)
    if not state.tensors:
        return
    expected = {
        f"{place}.{name}": like for place, weight in enumerate(weights) for name, like in _slots(choice, weight)
    }
    if _forms(state.tensors) != _forms(expected):
        raise misfit()
    for name, like in expected.items():
        place, _, slot = name.partition(".")
        optimizer.state[weights[int(place)]][slot] = like.copy_(state.tensors[name])


def _slots(choice: Choice, weight: Tensor) -> list[tuple[str, Tensor]]:
    """Tensors of the shapes that the optimizer keeps for `weight`, found by a step of another optimizer with zero
    gradients."""
    nothing = nn.Parameter(torch.zeros_like(weight))
    nothing.grad = torch.zeros_like(weight)
    twin = make_optimizer(choice, [nothing])
    twin.step()
    return [(name, value) for name, value in twin.state[nothing].items() if value is not None]


def _forms(tensors: Mapping[str, Tensor]) -> dict[str, tuple[torch.Size, torch.dtype]]:
    return {name: (tensor.shape, tensor.dtype) for name, tensor in tensors.items()}


def _copy(tensor: Tensor) -> Tensor:
    return tensor.detach().clone(memory_format=torch.contiguous_format).cpu()
