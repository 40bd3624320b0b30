"""Models that go to disk and come back, and files that are not models."""

import json
import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import save, save_file
from torch import Tensor

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist
from engine.network.build import build
from engine.network.spec import NetworkSpec, network_to_json, plan
from engine.training.architectures import ALL_PRESETS
from engine.training.predict import probabilities
from engine.training.presets import PRESETS
from engine.training.saving import (
    MAX_BYTES,
    load_model,
    model_from_bytes,
    save_model,
    state_bytes,
    state_from_bytes,
    weights_bytes,
)
from engine.training.streams import State

QUICK, MLP = PRESETS["quick"].network, PRESETS["mlp"].network
FACTS = {"test_accuracy": 0.98, "note": "Gänsefüßchen", "epochs": [1, 2]}


def metadata(network: NetworkSpec) -> dict[str, str]:
    return {"version": "1", "network": json.dumps(network_to_json(network)), "facts": "{}"}


def weights(network: NetworkSpec) -> dict[str, Tensor]:
    return dict(build(plan(network)).state_dict())


@pytest.mark.parametrize("name", ALL_PRESETS)
def test_a_saved_model_reads_as_before(name: str, tmp_path: Path) -> None:
    network = ALL_PRESETS[name].network
    model = build(plan(network), seed=5).to(memory_format=torch.channels_last)  # as it is while training
    save_model(tmp_path / "model.safetensors", network, model, FACTS)
    saved = load_model(tmp_path / "model.safetensors")
    assert saved.network == network and saved.facts == FACTS and not saved.model.training
    images = load_mnist().test_images[:50]
    assert torch.equal(probabilities(saved.model, images), probabilities(model, images))


def test_weights_alone_come_back_for_a_known_network() -> None:
    model = build(plan(QUICK), seed=1)
    again = model_from_bytes(QUICK, weights_bytes(model))
    assert all(torch.equal(tensor, again.state_dict()[name]) for name, tensor in model.state_dict().items())


def test_saving_twice_leaves_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "models" / "model.safetensors"
    for seed in (1, 2):
        save_model(path, MLP, build(plan(MLP), seed), {"seed": seed})
    assert load_model(path).facts == {"seed": 2} and list(path.parent.iterdir()) == [path]


def test_facts_that_json_cannot_hold_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        save_model(tmp_path / "model.safetensors", MLP, build(plan(MLP)), {"loss": float("nan")})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04" + bytes(100), b"\xff" * 64, b"\x02" + bytes(7) + b"{}"]
)
def test_a_file_that_is_no_model_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(SpecError, match="not a model that was saved here"):
        load_model(path)
    with pytest.raises(SpecError):
        model_from_bytes(MLP, content)


@pytest.mark.parametrize(
    "changed",
    [
        {"version": "99"},
        {"network": "{}"},
        {"network": '{"layers": [{"kind": "Evil"}]}'},
        {"network": '{"layers": [{"kind": "Linear", "units": 10}]}'},
        {"network": "[" * 50_000},
        {"facts": "[1]"},
        {"facts": '{"accuracy": NaN}'},
    ],
)
def test_nonsense_in_the_metadata_is_refused(changed: dict[str, str], tmp_path: Path) -> None:
    save_file(weights(MLP), tmp_path / "model.safetensors", {**metadata(MLP), **changed})
    with pytest.raises(SpecError):
        load_model(tmp_path / "model.safetensors")


@pytest.mark.parametrize("change", ["missing", "extra", "shape", "half", "other network"])
def test_weights_that_do_not_fit_the_network_are_refused(change: str, tmp_path: Path) -> None:
    tensors = weights(MLP)
    match change:
        case "missing":
            del tensors["1.bias"]
        case "extra":
            tensors["9.weight"] = torch.zeros(3)
        case "shape":
            tensors["1.bias"] = torch.zeros(129)
        case "half":
            tensors["1.bias"] = tensors["1.bias"].half()
        case "other network":
            tensors = weights(QUICK)
    save_file(tensors, tmp_path / "model.safetensors", metadata(MLP))
    for read in (lambda: load_model(tmp_path / "model.safetensors"), lambda: model_from_bytes(MLP, save(tensors))):
        with pytest.raises(SpecError, match="do not fit the network"):
            read()


def test_weights_that_diverged_are_refused(tmp_path: Path) -> None:
    model = build(plan(MLP))
    with torch.no_grad():
        model[1].weight[0, 0] = torch.nan
    save_model(tmp_path / "model.safetensors", MLP, model, {})
    with pytest.raises(SpecError, match="no longer finite"):
        load_model(tmp_path / "model.safetensors")


def test_a_file_too_large_to_be_a_model_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(SpecError, match="larger than"):
        load_model(path)


def test_a_state_comes_back_with_every_number_as_it_was() -> None:
    tensors = {"a.weight": torch.randn(3, 2, 2, 2), "count": torch.tensor(7)}
    numbers = [0.1 + 0.2, 1e-320, -0.0, math.inf, -math.inf, math.nan, 2**60]
    again = state_from_bytes(state_bytes(State(tensors, {"numbers": numbers, "part": {"word": "Gänsefüßchen"}})))
    assert again.tensors.keys() == tensors.keys()
    assert all(torch.equal(tensor, again.tensors[name]) for name, tensor in tensors.items())
    assert repr(again.facts["numbers"]) == repr(numbers) and again.facts["part"] == {"word": "Gänsefüßchen"}


def header(text: bytes) -> bytes:
    return len(text).to_bytes(8, "little") + text


WHOLE = state_bytes(State({"x": torch.zeros(4)}, {"step": 1}))
NOT_A_STATE = {
    "nothing": b"",
    "a picture": b"\x89PNG\r\n" * 20,
    "half of one": WHOLE[: len(WHOLE) // 2],
    "one that lost its last byte": WHOLE[:-1],
    "a saved model": save({"x": torch.zeros(4)}, {"version": "1", "network": "{}"}),
    "one of another version": save({}, {"version": "0", "state": "{}"}),
    "no object": save({}, {"version": "1", "state": "[]"}),
    "broken facts": save({}, {"version": "1", "state": "{"}),
    "facts without end": save({}, {"version": "1", "state": "[" * 100_000}),
    "no facts": save({}),
    "an empty header": header(b"{}"),
    "a header that is a list": header(b"[]"),
}


@pytest.mark.parametrize("what", NOT_A_STATE)
def test_what_is_no_state_is_refused(what: str) -> None:
    with pytest.raises(SpecError, match="checkpoint"):
        state_from_bytes(NOT_A_STATE[what])
