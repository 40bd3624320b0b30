import math
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.catalogue.layers import INITS, LAYERS
from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import SpecError, choose
from engine.catalogue.schedules import SCHEDULES
from engine.export.formats import keras_code, pytorch_code
from engine.files import ASSETS
from engine.network.build import build
from engine.network.spec import NetworkSpec, cards, layer, plan
from engine.text import Text
from engine.training.config import TrainConfig
from engine.training.presets import PRESETS
from tests.engine.export.keras_weights import channels_last, fewer_biases, give_weights
from tests.engine.export.networks import NETWORKS

IMAGES = torch.randn(4, 1, 28, 28, generator=torch.Generator().manual_seed(0))
DIGITS = torch.tensor([7, 0, 9, 7])


def config(**parts: Any) -> TrainConfig:
    """Settings with other rows of the catalogues: `config(loss="Hinge")`, or a dict with its values."""
    catalogues = {"optimizer": OPTIMIZERS, "loss": LOSSES, "schedule": SCHEDULES}
    chosen = {}
    for part, value in parts.items():
        kind, values = value if isinstance(value, tuple) else (value, {})
        chosen[part] = choose(catalogues[part], kind, values, part)
    return TrainConfig(**chosen)


def executed(source: str, folder: Path) -> dict[str, Any]:
    """Run a program as another would import it: what trains it stays asleep."""
    path = folder / "network.py"
    path.write_text(source, encoding="utf-8")
    return runpy.run_path(str(path))


def inputs_of(network: NetworkSpec) -> tuple[Tensor, ...]:
    first = torch.randn(4, *network.input_shape, generator=torch.Generator().manual_seed(0))
    return (first, DIGITS) if network.takes_labels else (first,)


def trained_a_little(model: nn.Sequential) -> nn.Sequential:
    """Weights and batch statistics that are nothing like a start."""
    chance = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for value in model.state_dict().values():
            if value.is_floating_point():
                value.copy_(value + 0.1 * torch.rand(value.shape, generator=chance))
    return model.eval()


def test_the_networks_here_have_every_kind_of_layer() -> None:
    kinds = {choice.kind for network in NETWORKS.values() for choice in cards(network.layers)}
    assert kinds == LAYERS.keys()


@pytest.mark.parametrize("with_training", [True, False], ids=["training", "model alone"])
@pytest.mark.parametrize("name", NETWORKS)
def test_exported_pytorch_code_is_the_model_that_was_trained(name: str, with_training: bool, tmp_path: Path) -> None:
    planned = plan(NETWORKS[name])
    settings = replace(TrainConfig(), seed=4) if with_training else None
    exported = executed(pytorch_code(NETWORKS[name], settings), tmp_path)["model"]
    seed = 4 if with_training and NETWORKS[name].role == "classifier" else 0
    fresh = build(planned, seed).eval()
    exported.eval()
    for key, weights in exported.state_dict().items():
        assert torch.equal(weights, fresh.state_dict()[key]), "the same seed starts from the same weights"

    ours = trained_a_little(fresh)
    exported.load_state_dict(ours.state_dict(), strict=True)
    inputs = inputs_of(NETWORKS[name])
    x, shapes = inputs[0], []
    for p, module in zip(planned.layers, exported, strict=True):
        x = module(x, DIGITS) if LAYERS[p.layer.kind].takes_label else module(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes == [p.out_shape for p in planned.layers]
    assert sum(p.numel() for p in exported.parameters()) == planned.parameters
    torch.testing.assert_close(exported(*inputs), ours(*inputs), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("init", INITS)
def test_exported_initialisation_draws_the_same_weights(init: str, tmp_path: Path) -> None:
    network = replace(PRESETS["lenet5"].network, init=init)
    exported = executed(pytorch_code(network, TrainConfig()), tmp_path)["model"]
    for key, weights in build(plan(network)).state_dict().items():
        assert torch.equal(weights, exported.state_dict()[key])


@pytest.mark.parametrize("name", ["mlp", "conditional G", "hinge G", "conditional D", "hinge D", "kinds G", "kinds D"])
def test_exported_networks_alone_show_what_they_do(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "network.py"
    path.write_text(pytorch_code(NETWORKS[name]), encoding="utf-8")
    runpy.run_path(str(path), run_name="__main__")
    shown = capsys.readouterr().out.splitlines()
    if NETWORKS[name].role == "generator":
        assert [len(line) for line in shown[-28:]] == [56] * 28
        assert set("".join(shown[-28:])) <= set(" .:*#")
    else:
        assert shown[-1].startswith("tensor([[") or shown[-2].startswith("tensor([[")


AUGMENTED: dict[str, Any] = {
    "rotation_range": 5.0,
    "shear_range": 5.0,
    "zoom_range": 0.1,
    "horizontal_flip": True,
    "vertical_flip": True,
    "elastic": 0.5,
    "erase": 0.2,
    "width_shift_range": 0.02,
    "height_shift_range": 0.02,
}
SETTINGS = [
    *(config(optimizer=kind) for kind in OPTIMIZERS),
    *(config(loss=kind) for kind in LOSSES),
    *(config(schedule=kind) for kind in SCHEDULES),
    config(
        optimizer=("SGD", {"nesterov": True, "weight_decay": 0.01}),
        loss=("CrossEntropy", {"label_smoothing": 0.1}),
        schedule=("Step", {"warmup": 0.25}),
    ),
    replace(TrainConfig(), l1=1e-5, l2=1e-4, clip_norm=1.0, input_noise=0.1, label_noise=10.0, patience=1, ema=0.5),
    replace(TrainConfig(), clip_norm=1.0, patience=2, fold=3, target=99.9),
    replace(TrainConfig(), images=5000, imbalance=20.0, stratified=True),
    replace(TrainConfig(), clip_value=0.01, max_norm=0.5, target=99.9, accumulation=2),
    replace(TrainConfig(), **AUGMENTED),
    replace(TrainConfig(), mixup=0.2),
    replace(TrainConfig(), mixup=0.4, batch_size=16, accumulation=2, l2=1e-4),
    replace(config(schedule="Cosine"), batch_size=16, accumulation=3, l2=1e-4, clip_norm=1.0, ema=0.5, input_noise=0.1),
]


@pytest.mark.parametrize("softmax", [False, True], ids=["scores", "probabilities"])
@pytest.mark.parametrize("settings", SETTINGS, ids=lambda c: f"{c.optimizer.kind}-{c.loss.kind}-{c.schedule.kind}")
def test_exported_programs_train_on_mnist_as_they_are(
    settings: TrainConfig,
    softmax: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    end = (layer("Softmax"),) if softmax else ()
    network = NetworkSpec((*PRESETS["perceptron"].network.layers, *end), init="zeros")
    settings = replace(settings, images=300, epochs=2, validation_share=0.2, stratified=softmax)
    path = tmp_path / "network.py"
    path.write_text(pytorch_code(network, settings), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(path), str(ASSETS / "mnist")])
    runpy.run_path(str(path), run_name="__main__")
    reported = capsys.readouterr().out
    assert float(reported.splitlines()[-1].removeprefix("test accuracy ").rstrip("%")) > 20, reported
    assert reported.count("validation accuracy") == 2


def test_the_exported_quick_network_learns_mnist_when_it_is_run_by_itself(tmp_path: Path) -> None:
    preset = PRESETS["quick"]
    path = tmp_path / "network.py"
    path.write_text(pytorch_code(preset.network, replace(preset.config, images=12_000, epochs=1)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path), str(ASSETS / "mnist")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.splitlines()[-1].removeprefix("test accuracy ").rstrip("%")) > 95, done.stdout


def test_a_network_that_does_not_fit_is_not_exported() -> None:
    for code in (pytorch_code, keras_code):
        with pytest.raises(SpecError, match="Add Flatten"):
            code(NetworkSpec((layer("Linear"),)), None)


def test_a_loss_without_a_formula_in_the_programs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LOSSES, "Focal", LOSSES["Hinge"])
    preset = PRESETS["quick"]
    config = replace(preset.config, loss=choose(LOSSES, "Focal", {}, Text("Loss")))
    for code in (pytorch_code, keras_code):
        with pytest.raises(SpecError, match="loss Focal cannot be exported"):
            code(preset.network, config)


@pytest.fixture
def keras(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Keras, whose layers are numbered as they are made: `made`."""
    monkeypatch.setenv("KERAS_BACKEND", os.environ.get("KERAS_BACKEND", "torch"))
    keras = pytest.importorskip("keras")
    begin, numbers = keras.layers.Layer.__init__, count()

    def numbered(self: Any, *args: Any, **values: Any) -> None:
        begin(self, *args, **values)
        object.__setattr__(self, "made", next(numbers))

    monkeypatch.setattr(keras.layers.Layer, "__init__", numbered)
    return keras


def shapes_along(keras_model: Any) -> Iterator[tuple[int, ...]]:
    """What each layer of Keras leaves, those that it needs besides included."""
    return (layer.output.shape[1:] for layer in keras_model.layers)


@pytest.mark.filterwarnings("ignore")  # those of Keras itself
@pytest.mark.parametrize("settings", [TrainConfig(), None], ids=["training", "model alone"])
@pytest.mark.parametrize("name", NETWORKS)
def test_exported_keras_code_is_the_same_network(
    name: str, settings: TrainConfig | None, keras: Any, tmp_path: Path
) -> None:
    planned = plan(NETWORKS[name])
    exported = executed(keras_code(NETWORKS[name], settings), tmp_path)["model"]
    assert sum(math.prod(weights.shape) for weights in exported.trainable_weights) == planned.parameters - fewer_biases(
        planned
    )
    shapes = shapes_along(exported)
    flat = not any(p.bodies for p in planned.layers)
    assert not flat or all(channels_last(p.out_shape) in shapes for p in planned.layers), "one after the other"

    model = trained_a_little(build(planned))
    give_weights(exported, model, NETWORKS[name])
    first, *told = inputs_of(NETWORKS[name])
    inputs = [first.movedim(1, -1).numpy(), *(labels.numpy() for labels in told)]
    theirs = torch.from_numpy(keras.ops.convert_to_numpy(exported(inputs if told else inputs[0], training=False)))
    ours = model(first, *told)
    torch.testing.assert_close(theirs.movedim(-1, 1), ours, rtol=1e-4, atol=1e-4)


@pytest.mark.filterwarnings("ignore")  # those of Keras itself
@pytest.mark.parametrize("softmax", [False, True], ids=["scores", "probabilities"])
@pytest.mark.parametrize("settings", SETTINGS, ids=lambda c: f"{c.optimizer.kind}-{c.loss.kind}-{c.schedule.kind}")
def test_exported_keras_programs_train_on_mnist_as_they_are(
    settings: TrainConfig, softmax: bool, keras: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = (layer("Softmax"),) if softmax else ()
    network = NetworkSpec((*PRESETS["perceptron"].network.layers, *end), init="zeros")
    settings = replace(settings, images=300, epochs=2, validation_share=0.2, stratified=softmax)
    path = tmp_path / "network.py"
    path.write_text(keras_code(network, settings), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(path), str(ASSETS / "mnist")])
    assert runpy.run_path(str(path), run_name="__main__")["accuracy"] > 0.2
