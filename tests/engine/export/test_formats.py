import math
import os
import runpy
import subprocess
import sys
from collections.abc import Iterable, Iterator
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
from engine.catalogue.params import Choice, SpecError, choose
from engine.catalogue.schedules import SCHEDULES
from engine.export.formats import keras_code, pytorch_code
from engine.files import ASSETS
from engine.gan.recipes import RECIPES
from engine.network.build import build
from engine.network.plans import leaves
from engine.network.spec import NetworkSpec, Plan, PlannedLayer, cards, layer, plan
from engine.text import Text
from engine.training.config import TrainConfig
from engine.training.presets import PRESETS

IMAGES = torch.randn(4, 1, 28, 28, generator=torch.Generator().manual_seed(0))
DIGITS = torch.tensor([7, 0, 9, 7])

EVERY_KIND = NetworkSpec(
    (
        layer("Conv2d", channels=6, padding=1),
        layer("BatchNorm2d"),
        layer("ReLU"),
        layer("MaxPool2d", kernel_size=3, stride=2, padding=1),
        layer("Conv2d", channels=8, kernel_size=4, stride=2, padding=2),
        layer("LeakyReLU", negative_slope=0.2),
        layer("MaxPool2d", kernel_size=3, stride=1, padding=1),
        layer("ELU", alpha=0.7),
        layer("AvgPool2d", kernel_size=3, stride=2, padding=1),
        layer("GELU"),
        layer("Flatten"),
        layer("BatchNorm1d"),
        layer("SiLU"),
        layer("Linear", units=24),
        layer("Sigmoid"),
        layer("Dropout", p=0.3),
        layer("Linear", units=12),
        layer("Tanh"),
        layer("Linear", units=10),
        layer("Softplus"),
        layer("Softmax"),
    ),
    name="Every kind",
)
GLOBAL_MEAN = NetworkSpec(
    (
        layer("Conv2d", channels=10, kernel_size=5, stride=3, padding=4),
        layer("MaxPool2d", kernel_size=4, stride=3, padding=2),
        layer("AdaptiveAvgPool2d"),
        layer("Flatten"),
    ),
    init="he",
)
EVERY_GENERATOR_KIND = NetworkSpec(
    (
        *(layer("LabelEmbedding", size=3), layer("Linear", units=24, spectral_norm=True), layer("LabelConcat")),
        *(layer("Linear", units=48), layer("Reshape", channels=3, height=4, width=4), layer("LabelEmbedding", size=2)),
        layer("ConvTranspose2d", channels=4, kernel_size=2, stride=3, padding=1, spectral_norm=True),
        *(layer("LabelConcat"), layer("Upsample", mode="bilinear"), layer("BatchNorm2d")),
        layer("ConvTranspose2d", channels=3, kernel_size=5, stride=1, padding=2),
        layer("ConvTranspose2d", channels=3, kernel_size=4, stride=2, padding=4),
        *(layer("Flatten"), layer("BatchNorm1d"), layer("LabelConcat"), layer("LabelEmbedding", size=4)),
        *(layer("Linear", units=49), layer("Reshape", channels=1), layer("Upsample", scale=4), layer("Tanh")),
    ),
    "he",
    "Every kind of a generator",
    (5,),
    "generator",
)
EVERY_DISCRIMINATOR_KIND = NetworkSpec(
    (
        *(layer("LabelConcat"), layer("Conv2d", channels=3, stride=4, spectral_norm=True), layer("Flatten")),
        *(layer("LabelConcat"), layer("LabelProjection", spectral_norm=True), layer("Flatten")),
    ),
    "xavier",
    "Every kind of a discriminator",
    role="discriminator",
)
NEWER_KINDS = NetworkSpec(
    (
        *(layer("Conv2d", channels=8, padding=1), layer("GroupNorm", groups=2), layer("PReLU")),
        *(layer("Conv2d", channels=8, groups=8, padding=2, dilation=2), layer("LayerNorm"), layer("Hardswish")),
        *(layer("Conv2d", channels=12, groups=4, stride=2, dilation=2, padding=1), layer("Hardsigmoid")),
        *(layer("Conv2d", channels=6, kernel_size=2, stride=2, dilation=3, padding=3), layer("Step")),
        *(layer("AdaptiveMaxPool2d"), layer("Flatten"), layer("GroupNorm", groups=3), layer("LayerNorm")),
        *(layer("PReLU", start_slope=0.1), layer("Linear", units=10), layer("Step"), layer("LogSoftmax")),
    ),
    name="Newer kinds",
)
RECURRENT = NetworkSpec(
    (
        *(layer("Conv2d", channels=3, padding=1), layer("RowsAsSteps", along="columns"), layer("LayerNorm")),
        *(layer("RNN", units=12, outputs="all"), layer("Conv1d", channels=16, padding=2, stride=2), layer("GELU")),
        *(layer("GRU", units=9, outputs="all", directions="both"), layer("SinusoidalPositions")),
        *(layer("LSTM", units=7, outputs="all"), layer("GRU", units=6, outputs="all"), layer("PickStep", which="last")),
        *(layer("Reshape", channels=1, height=2, width=3), layer("RowsAsSteps"), layer("LSTM", directions="both")),
        layer("Linear", units=10),
    ),
    name="Recurrent",
)
ATTENTIVE = NetworkSpec(
    (
        *(layer("PatchEmbedding", size=24), layer("ClassToken"), layer("LearnedPositions"), layer("PReLU")),
        *(layer("SelfAttention", heads=3), layer("LayerNorm"), layer("Linear", units=20), layer("Transpose")),
        *(layer("Conv1d", channels=8, kernel_size=2, stride=2, dilation=2, padding=1), layer("Dropout")),
        *(layer("RNN", units=5, directions="both"), layer("Reshape", channels=1, height=5, width=2)),
        *(layer("RowsAsSteps"), layer("MeanOverSteps"), layer("Linear", units=12)),
        *(layer("Reshape", channels=1, height=4, width=3), layer("RowsAsSteps"), layer("PickStep")),
        layer("Linear", units=10),
    ),
    "xavier",
    "Attentive",
)
NORM, RELU, LINEAR_12 = layer("BatchNorm2d"), layer("ReLU"), layer("Linear", units=12)


def conv(channels: int, **values: Any) -> Choice:
    return layer("Conv2d", channels=channels, padding=1, **values)


def residual(channels: int, stride: int = 1, **values: Any) -> Choice:
    return layer("Residual", [conv(channels, stride=stride), NORM, RELU, conv(channels), NORM], **values)


RESIDUAL = NetworkSpec(
    (
        *(conv(6, stride=2), NORM, RELU, layer("Repeat", [residual(6), RELU], times=2), residual(8, 2), RELU),
        *(layer("Repeat", [layer("Residual", [NORM, RELU, conv(3)], join="concatenate")], times=3), residual(8)),
        layer("Branches", [layer("Conv2d", channels=3, kernel_size=1)], [conv(4), RELU, conv(5)], [], [RELU, NORM]),
        layer("Branches", [], [layer("AdaptiveAvgPool2d"), conv(24), layer("Sigmoid")], join="multiply"),
        layer("Branches", [residual(5, 2, zero_last_norm=False)], [residual(5, 2), RELU], join="add"),
        *(layer("AdaptiveMaxPool2d"), layer("Flatten"), layer("Residual", [layer("Linear", units=7), RELU])),
        *(layer("Residual", [layer("Linear", units=5)], join="concatenate"), layer("Linear", units=10)),
    ),
    name="Residual",
)
TRANSFORMER = NetworkSpec(
    (
        *(layer("PatchEmbedding", size=12), layer("ClassToken"), layer("LearnedPositions")),
        layer(
            "Repeat",
            [
                layer("Residual", [layer("LayerNorm"), layer("SelfAttention", heads=3)]),
                layer(
                    "Residual",
                    [layer("LayerNorm"), layer("Linear", units=20), layer("GELU"), layer("Linear", units=12)],
                ),
            ],
            times=2,
        ),
        layer("Repeat", [layer("Residual", [layer("LSTM", units=9, outputs="all")])], times=2),
        layer("Branches", [layer("MeanOverSteps")], [layer("PickStep")], [layer("GRU", units=4)]),
        layer("Linear", units=10),
    ),
    "he",
    "Transformer",
)
NESTED = NetworkSpec(
    (
        layer(
            "Repeat",
            [layer("Residual", [layer("Branches", [layer("Repeat", [conv(2), RELU])], [conv(1)])]), layer("MaxPool2d")],
            times=3,
        ),
        *(layer("AdaptiveAvgPool2d"), layer("Flatten"), layer("Linear", units=1, spectral_norm=True)),
    ),
    "xavier",
    "Nested",
    role="discriminator",
)
NETWORKS = {
    **{name: preset.network for name, preset in PRESETS.items()},
    **{f"{name} G": recipe.gan.generator for name, recipe in RECIPES.items()},
    **{f"{name} D": recipe.gan.discriminator for name, recipe in RECIPES.items()},
    "kinds": EVERY_KIND,
    "mean": GLOBAL_MEAN,
    "newer kinds": NEWER_KINDS,
    "recurrent": RECURRENT,
    "attentive": ATTENTIVE,
    "residual": RESIDUAL,
    "transformer": TRANSFORMER,
    "nested": NESTED,
    "kinds G": EVERY_GENERATOR_KIND,
    "kinds D": EVERY_DISCRIMINATOR_KIND,
}


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
    torch.testing.assert_close(exported(*inputs), ours(*inputs), rtol=0, atol=1e-6)


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


SETTINGS = [
    *(config(optimizer=kind) for kind in OPTIMIZERS),
    *(config(loss=kind) for kind in LOSSES),
    *(config(schedule=kind) for kind in SCHEDULES),
    config(
        optimizer=("SGD", {"nesterov": True, "weight_decay": 0.01}),
        loss=("CrossEntropy", {"label_smoothing": 0.1}),
        schedule=("Step", {"warmup": 0.25}),
    ),
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


def give_weights(keras_model: Any, model: nn.Sequential, network: NetworkSpec) -> None:
    """Put PyTorch's weights into Keras' layers, past Flatten with the inputs in Keras' order."""
    learned = (layer for layer in keras_model.layers if layer.weights and "dropout" not in layer.name)
    learned = iter(sorted(learned, key=lambda layer: layer.made))
    order = torch.arange(0)
    for p, module in layers_of(plan(network).layers, model):
        if len(p.in_shape) == 1 and len(order) != p.in_shape[0]:
            order = torch.arange(p.in_shape[0])
        match p.layer.kind:
            case "Flatten":
                order = torch.arange(p.out_shape[0]).view(p.in_shape[0], -1).T.flatten()
            case "LabelConcat" | "LabelEmbedding" if len(p.in_shape) == 1:
                order = torch.cat([order, torch.arange(p.in_shape[0], p.out_shape[0])])
        match p.layer.kind:
            case "Linear" if len(p.in_shape) == 2:
                put(next(learned), module.weight.T, module.bias)
            case "Linear":
                put(next(learned), module.weight[:, order].T, module.bias)
                order = torch.arange(0)
            case "Conv1d":
                put(next(learned), module.weight.permute(2, 1, 0), module.bias)
            case "PatchEmbedding":
                put(next(learned), module.read.weight.permute(2, 3, 1, 0), module.read.bias)
            case "LearnedPositions":
                put(next(learned), module.weight)
            case "ClassToken":
                put(next(learned), module.weight[None])
            case "SelfAttention":
                heads = (module.heads, -1)
                shared = [(w.T.unflatten(1, heads), b.view(heads)) for w, b in pairs(module.qkv, 3)]
                out = module.out.weight.T.unflatten(0, heads)
                put(next(learned), *(part for pair in shared for part in pair), out, module.out.bias)
            case "RNN" | "LSTM" | "GRU":
                put(next(learned), *recurrent_weights(module))
            case "Conv2d" | "ConvTranspose2d":
                put(next(learned), module.weight.permute(2, 3, 1, 0), module.bias)
            case "GroupNorm":
                places = order if len(p.in_shape) == 1 else slice(None)
                put(next(learned), module.weight[places], module.bias[places])
            case "LayerNorm" if len(p.in_shape) == 3:
                put(next(learned), module.weight.movedim(0, -1), module.bias.movedim(0, -1))
            case "LayerNorm":
                put(next(learned), module.weight, module.bias)
            case "PReLU":
                put(next(learned), module.weight.view(*[1] * len(p.in_shape)))
            case "BatchNorm1d" | "BatchNorm2d":
                places = order if len(p.in_shape) == 1 else slice(None)
                names = ("weight", "bias", "running_mean", "running_var")
                put(next(learned), *(getattr(module, name)[places] for name in names))
            case "LabelEmbedding":
                put(next(learned), module.weight.movedim(1, -1))
            case "LabelProjection":
                projection = next(learned)
                put(projection.score, module.linear.weight[:, order].T, module.linear.bias)
                put(projection.vectors, module.embedding.weight[:, order])
    assert next(learned, None) is None


def layers_of(planned: Iterable[PlannedLayer], model: Any) -> Iterator[tuple[PlannedLayer, Any]]:
    """Every planned layer with its module, those in blocks too, in the order in which programs name them."""
    children = dict(model.named_children())
    for p in planned:
        module = children[str(p.index)]
        match p.layer.kind:
            case "Repeat" | "Branches":
                parts = module if p.layer.kind == "Repeat" else module.branches
                for body, part in zip(p.bodies, parts, strict=True):
                    yield from layers_of(body, part)
            case "Residual":
                yield from layers_of(p.bodies[0], module.body)
                if p.shortcut:
                    yield p.shortcut, module.shortcut
            case _:
                yield p, module


def pairs(linear: Any, parts: int) -> list[tuple[Tensor, Tensor]]:
    """The weights and biases of a Linear layer that is so many in one."""
    return list(zip(linear.weight.chunk(parts), linear.bias.chunk(parts), strict=True))


def recurrent_weights(module: Any) -> list[Tensor]:
    """In Keras' order; it adds PyTorch's two biases up, but for a GRU's, where its update gate comes first."""
    weights = []
    for end in ("", "_reverse")[: 1 + module.bidirectional]:
        parts = [getattr(module, f"{name}_l0{end}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        if isinstance(module, torch.nn.GRU):
            reset, update, new = zip(*(part.chunk(3) for part in parts), strict=True)
            parts = [torch.cat(part) for part in zip(update, reset, new, strict=True)]
            weights += [parts[0].T, parts[1].T, torch.stack(parts[2:])]
        else:
            weights += [parts[0].T, parts[1].T, parts[2] + parts[3]]
    return weights


def fewer_biases(planned: Plan) -> int:
    """How many biases fewer Keras' RNN and LSTM have: PyTorch has two, which are added up."""
    gates = {"RNN": 1, "LSTM": 4}
    layers = [p for p in leaves(planned.layers) if p.layer.kind in gates]
    return sum(gates[p.layer.kind] * p.args["hidden_size"] * (1 + p.args["bidirectional"]) for p in layers)


def put(keras_layer: Any, *weights: Tensor) -> None:
    """Into the layer itself where it is wrapped; weights that PyTorch normalises as they are after that."""
    getattr(keras_layer, "layer", keras_layer).set_weights([value.detach().numpy() for value in weights])


def channels_last(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*shape[1:], shape[0]) if len(shape) == 3 else shape


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
