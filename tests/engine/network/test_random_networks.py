"""Hundreds of random nested networks: each plans, builds, trains and exports, or is refused in words.

`PLAYGROUND_RANDOM_NETWORKS=2000` tries as many."""

import math
import os
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import choose
from engine.export.formats import keras_code, pytorch_code
from engine.network.build import build
from engine.network.spec import NetworkSpec, Plan, cards, network_from_json, network_to_json, survey
from engine.text import Text
from engine.training.config import TrainConfig
from engine.training.objective import loss_function, make_optimizer
from tests.engine.network.random_networks import random_networks

COUNT = int(os.environ.get("PLAYGROUND_RANDOM_NETWORKS", "400"))
PARTS = 8
IMAGES = torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([3, 0, 7, 9])


def trained_two_steps(planned: Plan) -> torch.nn.Sequential:
    model = build(planned).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    measure = loss_function(choose(LOSSES, "CrossEntropy", {}, Text("Loss")), planned.ends_in_softmax)
    descent, parameters = choose(OPTIMIZERS, "SGD", {"lr": 1e-3}, Text("Optimizer")), list(model.parameters())
    rule = make_optimizer(descent, parameters) if parameters else None
    for _ in range(2):
        loss = measure(model(IMAGES), LABELS)
        if rule:
            rule.zero_grad()
            loss.backward()
            rule.step()
    assert tuple(model(IMAGES).shape) == (4, 10)
    return model


def check_whole(network: NetworkSpec, planned: Plan) -> None:
    """What is saved is the same network; model, counts and the exported program agree."""
    assert network_from_json(network_to_json(network)) == network
    model = trained_two_steps(planned)
    assert sum(p.numel() for p in model.parameters()) == planned.parameters
    program: dict[str, Any] = {"__name__": "exported"}
    exec(compile(pytorch_code(network), "exported", "exec"), program)
    exported = program["model"]
    exported.load_state_dict(model.state_dict())
    torch.testing.assert_close(exported.eval()(IMAGES), model.eval()(IMAGES), rtol=1e-3, atol=1e-4, equal_nan=True)
    compile(keras_code(network, TrainConfig()), "exported", "exec")


@pytest.mark.parametrize("part", range(PARTS))
def test_random_networks_train_and_export_or_are_refused_in_words(part: int) -> None:
    whole = refused = nested = 0
    for network in random_networks(part, COUNT // PARTS):
        begun = time.process_time()
        planned, error = survey(network)
        assert time.process_time() - begun < 1, network
        if error:
            refused += 1
            assert str(error.what).endswith(".") and str(error.cure).endswith("."), network
            assert len(str(error)) < 600
            continue
        whole += 1
        nested += sum(1 for _ in cards(network.layers)) > len(network.layers)
        check_whole(network, Plan(network, planned))
    assert whole > refused / 3 and nested > whole / 16, (whole, refused, nested)


@pytest.mark.filterwarnings("ignore")  # those of Keras itself
def test_random_networks_run_in_keras_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KERAS_BACKEND", os.environ.get("KERAS_BACKEND", "torch"))
    keras = pytest.importorskip("keras")
    for network in random_networks(100, COUNT // 12):
        planned, error = survey(network)
        if error is None:
            program: dict[str, Any] = {"__name__": "exported"}
            exec(compile(keras_code(network), "exported", "exec"), program)
            assert program["model"].output_shape == (None, 10)
            biases = sum(math.prod(w.shape) for w in program["model"].trainable_weights)
            assert biases <= sum(p.parameters for p in planned)
    assert keras
