"""Models on disk and on the wire: safetensors with the network and some facts as JSON. No pickle, either way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load, save
from torch import Tensor, nn

from engine.build import build
from engine.files import write_whole
from engine.network import MAX_PARAMETERS, NetworkSpec, network_from_json, network_to_json, parsed_json, plan
from engine.params import SpecError

VERSION = "1"
MAX_BYTES = 4 * MAX_PARAMETERS + 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Saved:
    """A model read back: its network, its weights in an `nn.Sequential`, and what was noted when it was saved."""

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
    write_whole(path, save(_weights(model), metadata))


def load_model(path: Path) -> Saved:
    """Read a model that may come from anywhere. Raises SpecError when it is not one of ours, FileNotFoundError."""
    if path.stat().st_size > MAX_BYTES:
        raise SpecError(f"The model file is larger than {MAX_BYTES:,} bytes.", "Choose a model that was saved here.")
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except SafetensorError as error:
        raise _not_a_model() from error
    if metadata.get("version") != VERSION or "network" not in metadata:
        raise _not_a_model()
    facts = parsed_json(metadata.get("facts", "{}"))
    if not isinstance(facts, dict):
        raise _not_a_model()
    network = network_from_json(metadata["network"])
    return Saved(network, _filled(network, weights), facts)


def weights_bytes(model: nn.Sequential) -> bytes:
    """The weights and buffers alone, for a reader that knows the network."""
    return save(_weights(model))


def model_from_bytes(network: NetworkSpec, content: bytes) -> nn.Sequential:
    """The network with the weights that `weights_bytes` wrote. Raises SpecError when they do not fit it."""
    try:
        return _filled(network, load(content))
    except SafetensorError as error:
        raise _not_a_model() from error


def _weights(model: nn.Sequential) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}


def _filled(network: NetworkSpec, weights: Mapping[str, Tensor]) -> nn.Sequential:
    """A fresh model with these weights, once their names, shapes and types are the network's own and all are finite."""
    model = build(plan(network))
    expected = {name: (tensor.shape, tensor.dtype) for name, tensor in model.state_dict().items()}
    if {name: (tensor.shape, tensor.dtype) for name, tensor in weights.items()} != expected:
        raise SpecError("The weights do not fit the network they came with.", "Save the model again.")
    if not all(bool(torch.isfinite(tensor).all()) for tensor in weights.values()):
        raise SpecError("The weights are no longer finite numbers.", "Train again with a smaller learning rate.")
    model.load_state_dict(weights)
    return model.eval()


def _not_a_model() -> SpecError:
    return SpecError("This is not a model that was saved here.", "Choose a .safetensors file from the playground.")
