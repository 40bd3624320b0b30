import math
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.catalogue.layers import INITS
from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, Value, choose
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.training.objective import loss_function, make_optimizer
from engine.training.presets import PRESETS

IMAGES = torch.randn(8, 1, 28, 28, generator=torch.Generator().manual_seed(0))
LABELS = torch.randint(0, 10, (8,), generator=torch.Generator().manual_seed(1))


def loss(kind: str, **values: Value) -> Choice:
    return choose(LOSSES, kind, values, "Loss")


def optimizer(kind: str, **values: Value) -> Choice:
    return choose(OPTIMIZERS, kind, values, "Optimizer")


def small(init: str = "default") -> NetworkSpec:
    layers = (layer("Conv2d", channels=8, kernel_size=5), layer("Flatten"), layer("Linear", units=10))
    return NetworkSpec(layers, init)


@pytest.mark.parametrize("name", PRESETS)
def test_the_model_has_the_planned_shapes_and_parameters(name: str) -> None:
    planned = plan(PRESETS[name].network)
    model = build(planned)
    assert model(IMAGES).shape == (8, 10)
    assert sum(p.numel() for p in model.parameters()) == planned.parameters
    assert {key.split(".")[0] for key in model.state_dict()} == {str(p.index) for p in planned.layers if p.parameters}


def test_the_seed_alone_decides_the_weights_and_nobody_elses_draws_change() -> None:
    planned = plan(PRESETS["quick"].network)
    torch.manual_seed(1)
    first, after_first = build(planned, 5), torch.rand(3)
    torch.manual_seed(1)
    untouched = torch.rand(3)
    second = build(planned, 5)
    assert torch.equal(after_first, untouched)
    for name, weights in first.state_dict().items():
        assert torch.equal(weights, second.state_dict()[name])
    assert not torch.equal(first[0].weight, build(planned, 6)[0].weight)


def test_weights_are_drawn_as_the_initialisation_says() -> None:
    inputs, outputs = 8 * 24 * 24, 10
    drawn = {init: build(plan(small(init)))[2].requires_grad_(False) for init in INITS}
    spread = {init: float(layer.weight.std()) for init, layer in drawn.items()}
    assert spread["default"] == pytest.approx(1 / math.sqrt(3 * inputs), rel=0.02)
    assert spread["he"] == pytest.approx(math.sqrt(2 / inputs), rel=0.02)
    assert spread["xavier"] == pytest.approx(math.sqrt(2 / (inputs + outputs)), rel=0.02)
    assert spread["zeros"] == 0
    assert float(drawn["xavier"].weight.abs().max()) <= math.sqrt(6 / (inputs + outputs))
    assert all(not drawn[init].bias.any() for init in ("he", "xavier", "zeros"))
    assert drawn["default"].bias.any()


@pytest.mark.parametrize("pool", [{}, {"kernel_size": 3, "stride": 2, "padding": 1}, {"kernel_size": 3, "stride": 1}])
def test_pooling_before_relu_changes_neither_the_outputs_nor_the_gradients(pool: dict[str, int]) -> None:
    layers = (
        layer("Conv2d", channels=8),
        layer("ReLU"),
        layer("MaxPool2d", **pool),
        layer("Flatten"),
        layer("Linear", units=10),
    )
    planned = plan(NetworkSpec(layers))
    fast = build(planned)
    plain = nn.Sequential(*(dict(fast.named_children())[str(i)] for i in range(5)))
    assert [type(module).__name__ for module in fast] == ["Conv2d", "MaxPool2d", "ReLU", "Flatten", "Linear"]
    assert list(fast.state_dict()) == list(plain.state_dict())
    images = torch.cat([IMAGES, torch.zeros_like(IMAGES)])
    images.requires_grad_()
    results = []
    for model in (fast, plain):
        outputs = model(images)
        wanted = [images, *model.parameters()]
        gradients = torch.autograd.grad(F.cross_entropy(outputs, LABELS.repeat(2)), wanted)
        results.append((outputs, *gradients))
    for ours, theirs in zip(*results, strict=True):
        assert torch.equal(ours, theirs)


def test_a_fresh_network_guesses() -> None:
    outputs = build(plan(PRESETS["cnn"].network))(IMAGES)
    assert loss_function(loss("CrossEntropy"))(outputs, LABELS).item() == pytest.approx(math.log(10), abs=0.1)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_is_the_same_with_and_without_a_softmax_at_the_end(smoothing: float) -> None:
    outputs = 3 * torch.randn(8, 10, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    outputs.requires_grad_()
    choice = loss("CrossEntropy", label_smoothing=smoothing)
    of_scores = loss_function(choice)(outputs, LABELS)
    of_probabilities = loss_function(choice, probabilities=True)(outputs.softmax(1), LABELS)
    target = (1 - smoothing) * F.one_hot(LABELS, 10) + smoothing / 10
    by_hand = -(target * outputs.log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(of_scores, by_hand)
    torch.testing.assert_close(of_probabilities, by_hand)
    torch.testing.assert_close(
        torch.autograd.grad(of_probabilities, outputs)[0], torch.autograd.grad(by_hand, outputs)[0]
    )


def test_cross_entropy_of_a_probability_of_zero_is_finite() -> None:
    certain = F.one_hot(torch.tensor([3]), 10).float().requires_grad_()
    wrong = loss_function(loss("CrossEntropy"), probabilities=True)(certain, torch.tensor([4]))
    assert 20 < wrong.item() < 100
    assert torch.isfinite(torch.autograd.grad(wrong, certain)[0]).all()


def test_mean_squared_error_and_hinge_are_their_formulas() -> None:
    outputs = torch.randn(8, 10, generator=torch.Generator().manual_seed(2))
    target = F.one_hot(LABELS, 10).float()
    squared = ((outputs - target) ** 2).mean()
    torch.testing.assert_close(loss_function(loss("MeanSquaredError"))(outputs, LABELS), squared)
    right = outputs.gather(1, LABELS[:, None])
    lead = ((2.5 - right + outputs).clamp_min(0) * (1 - target)).sum(1).mean() / 10
    torch.testing.assert_close(loss_function(loss("Hinge", margin=2.5))(outputs, LABELS), lead)


def test_losses_of_a_network_that_only_guesses_are_as_the_catalogue_says() -> None:
    even = torch.full((8, 10), 0.1)
    assert loss_function(loss("CrossEntropy"))(even, LABELS).item() == pytest.approx(2.30, abs=0.01)
    assert LOSSES["CrossEntropy"].chance(10).startswith("2.30")
    assert loss_function(loss("MeanSquaredError"))(even, LABELS).item() == pytest.approx(0.09)
    assert LOSSES["MeanSquaredError"].chance(10) == "0.09"
    assert loss_function(loss("Hinge", margin=2.0))(even, LABELS).item() == pytest.approx(0.9 * 2)
    assert LOSSES["Hinge"].chance(10) == "0.9 * margin"


def after_steps(choice: Choice, fused: bool) -> Tensor:
    weights = torch.linspace(-1, 1, 50).requires_grad_()
    rule = make_optimizer(choice, [nn.Parameter(weights)], fused)
    parameter = rule.param_groups[0]["params"][0]
    for _ in range(10):
        rule.zero_grad()
        ((parameter - 0.3) ** 4).sum().backward()
        rule.step()
    return parameter.detach().clone()


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_fused_optimizers_follow_the_same_rule(kind: str) -> None:
    choice = optimizer(kind, lr=0.05, weight_decay=0.01)
    torch.testing.assert_close(after_steps(choice, True), after_steps(choice, False))


def test_settings_reach_the_optimizer_and_nesterov_without_momentum_is_plain_descent() -> None:
    weights = [nn.Parameter(torch.zeros(3))]
    adam = make_optimizer(optimizer("Adam", lr=0.02, beta1=0.5, beta2=0.9, weight_decay=0.1), weights)
    assert {name: adam.defaults[name] for name in ("lr", "betas", "weight_decay")} == {
        "lr": 0.02,
        "betas": (0.5, 0.9),
        "weight_decay": 0.1,
    }
    plain = make_optimizer(optimizer("SGD", momentum=0.0, nesterov=True), weights)
    assert not plain.defaults["nesterov"]
    assert make_optimizer(optimizer("SGD", nesterov=True), weights).defaults["nesterov"]


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_every_optimizer_makes_a_real_network_better_at_a_batch(kind: str) -> None:
    model = build(plan(small()))
    rule = make_optimizer(optimizer(kind), model.parameters())
    measure = loss_function(loss("CrossEntropy"))
    first = measure(model(IMAGES), LABELS)
    for _ in range(5):
        rule.zero_grad()
        measure(model(IMAGES), LABELS).backward()
        rule.step()
    assert measure(model(IMAGES), LABELS) < first


def test_weights_depend_on_the_seed_alone_though_threads_build_at_once() -> None:
    planned, seeds = plan(PRESETS["mlp"].network), [number % 8 for number in range(200)]

    def weights(seed: int) -> Tensor:
        first = build(planned, seed)[1].weight
        assert isinstance(first, Tensor)
        return first.detach()

    alone = [weights(seed) for seed in range(8)]
    with ThreadPoolExecutor(4) as threads:
        built = list(threads.map(weights, seeds))
    assert all(torch.equal(one, alone[seed]) for one, seed in zip(built, seeds, strict=True))


def test_a_small_convolution_with_a_stride_is_that_of_torch_and_learns_in_memory_of_its_own() -> None:
    """torch's own writes past the end of memory in this backward pass, and takes the process with it."""
    values = {"channels": 4, "kernel_size": 1, "stride": 3, "stride_across": 2, "padding": 1, "groups": 1}
    network = NetworkSpec(
        (layer("Conv2d", channels=3, padding=1), layer("Conv2d", **values), layer("Flatten"), layer("Linear", units=10))
    )
    model = build(plan(network)).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    images = torch.rand(4, 1, 28, 28)
    for _ in range(20):
        model(images).sum().backward()
    read, small = model[0](images), model[1]
    told = nn.functional.conv2d(read.contiguous(), small.weight.contiguous(), small.bias, (3, 2), 1)
    torch.testing.assert_close(small(read), told)
