"""Saves and restores without pickle: models and states of streams as safetensors with facts as JSON, networks and
optimizers as states of a stream."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load, save
from torch import Tensor, nn

from engine.catalogue.params import Choice, SpecError
from engine.files import write_whole
from engine.network.build import build
from engine.network.spec import MAX_PARAMETERS, NetworkSpec, network_from_json, network_to_json, parse_json, plan
from engine.text import Text
from engine.training.facts import fact, misfit
from engine.training.objective import make_optimizer
from engine.training.streams import State

VERSION = "1"
HEADER = 8  # bytes that say how long the header of a safetensors file is
MAX_BYTES = 4 * MAX_PARAMETERS + 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Saved:
    """A loaded model: its network, an `nn.Sequential` with its weights, and the facts that were saved with it."""

    network: NetworkSpec
    model: nn.Sequential
    facts: dict[str, Any]


def save_model(path: Path, network: NetworkSpec, model: nn.Sequential, facts: Mapping[str, Any]) -> None:
    """Write the model whole or not at all. `facts` is plain JSON, such as `{"test_accuracy": 0.99}`."""
    metadata = {
        "version": VERSION,
        "network": json.dumps(network_to_json(network)),
        "facts": json.dumps(dict(facts), allow_nan=False),
    }
    write_whole(path, save(weights_of(model), metadata))


def load_model(path: Path) -> Saved:
    """Read a model that may come from anywhere. Raises SpecError when it is not one of ours, FileNotFoundError."""
    metadata, weights = read_file(path, MAX_BYTES)
    if "network" not in metadata:
        raise not_ours()
    network = network_from_json(metadata["network"])
    return Saved(network, fill_model(network, weights), facts_of(metadata))


def read_file(path: Path, most_bytes: int) -> tuple[dict[str, str], dict[str, Tensor]]:
    """Metadata and tensors of a file of this version, neither checked yet. Raises SpecError, FileNotFoundError."""
    if path.stat().st_size > most_bytes:
        what = Text("The model file is larger than {most:,} bytes.", most=most_bytes)
        raise SpecError(what, Text("Choose a model that was saved here."))
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except SafetensorError as error:
        raise not_ours() from error
    if metadata.get("version") != VERSION:
        raise not_ours()
    return metadata, weights


def facts_of(metadata: Mapping[str, str]) -> dict[str, Any]:
    """Read the facts that were saved with the model. Raises SpecError."""
    facts = parse_json(metadata.get("facts", "{}"))
    if not isinstance(facts, dict):
        raise not_ours()
    return facts


def weights_bytes(model: nn.Sequential) -> bytes:
    """The weights and buffers alone, for a reader that knows the network."""
    return save(weights_of(model))


def model_from_bytes(network: NetworkSpec, content: bytes) -> nn.Sequential:
    """The network with the weights that `weights_bytes` wrote. Raises SpecError when they do not fit it."""
    return fill_model(network, tensors_of(content))


def tensors_of(content: bytes) -> dict[str, Tensor]:
    """The tensors of a safetensors file in memory, by name. Raises SpecError."""
    try:
        return load(content)
    except SafetensorError as error:
        raise not_ours() from error


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """The weights and buffers, ready to be written."""
    return {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}


def state_bytes(state: State) -> bytes:
    """Write all of a stream's state, every number to the last bit, infinity and NaN included."""
    return save(dict(state.tensors), {"version": VERSION, "state": json.dumps(dict(state.facts))})


def state_from_bytes(content: bytes) -> State:
    """Read what `state_bytes` wrote. Whether it fits the job is checked by the stream. Raises SpecError."""
    try:
        tensors = load(content)
        header = json.loads(content[HEADER : HEADER + int.from_bytes(content[:HEADER], "little")])
        metadata = header.get("__metadata__", {})
        facts = json.loads(metadata.get("state", "null"))
    except (SafetensorError, ValueError, KeyError, RecursionError) as error:
        raise misfit() from error
    if metadata.get("version") != VERSION or not isinstance(facts, dict):
        raise misfit()
    return State(tensors, facts)


def fill_model(network: NetworkSpec, weights: Mapping[str, Tensor]) -> nn.Sequential:
    """A fresh model in evaluation mode with these weights. Raises SpecError unless their names, shapes and types are
    the network's own and all are finite."""
    model = build(plan(network))
    if forms(weights) != forms(model.state_dict()):
        raise SpecError(Text("The weights do not fit the network they came with."), Text("Save the model again."))
    if not are_finite(weights):
        raise SpecError(
            Text("The weights are no longer finite numbers."), Text("Train again with a smaller learning rate.")
        )
    model.load_state_dict(weights)
    return model.eval()


def not_ours() -> SpecError:
    return SpecError(
        Text("This is not a model that was saved here."), Text("Choose a .safetensors file from the playground.")
    )


def module_state(module: nn.Module) -> State:
    """The state of a module: its weights and buffers."""
    return State({name: _copy(tensor) for name, tensor in module.state_dict().items()})


def fill_module(module: nn.Module, state: State) -> None:
    """Set all weights and buffers in place, on their device and in their memory format. Raises SpecError unless they
    fit."""
    if forms(state.tensors) != forms(module.state_dict()):
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
    if forms(state.tensors) != forms(expected):
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


def are_finite(tensors: Mapping[str, Tensor]) -> bool:
    return all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values())


def forms(tensors: Mapping[str, Tensor]) -> dict[str, tuple[torch.Size, torch.dtype]]:
    """The shape and the type of each tensor, by its name."""
    return {name: (tensor.shape, tensor.dtype) for name, tensor in tensors.items()}


def _copy(tensor: Tensor) -> Tensor:
    return tensor.detach().clone(memory_format=torch.contiguous_format).cpu()
