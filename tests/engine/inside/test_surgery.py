"""A network operated on reads what plain torch reads with the same weights, and the network itself stays as it was."""

import copy
import json
from typing import Any

import pytest
import torch

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist, normalise
from engine.inside.network import Network
from engine.inside.surgery import accuracy_to_json, check, operable, surgery_from_json, weight_to_json
from engine.network.operate import check_units, operate, operated, rounded, weights_of
from engine.network.surgery import Surgery, surgery_to_data
from engine.training.config import TrainConfig
from engine.training.events import StepDone
from engine.training.kind import CLASSIFIER, Classification, go_on
from engine.training.saving import weights_bytes
from tests.engine.inside.a_reading import preset
from tests.engine.inside.test_learned import bundled

X, Y = normalise(load_mnist().test_images[:300]), load_mnist().test_labels[:300]


def test_nothing_done_is_the_same_network() -> None:
    network = bundled()
    assert operated(network.model, Surgery()) is network.model
    told = accuracy_to_json(network, Surgery(), 300)
    with torch.no_grad():
        right = network.model(X).argmax(1) == Y
    assert told["accuracy"] == pytest.approx(float(right.float().mean()), abs=1e-4)
    assert told["digits"][7] == pytest.approx(float(right[Y == 7].float().mean()), abs=1e-4)
    assert told["weights"] == told["left"] == sum(w.numel() for w in network.model.parameters() if w.dim() >= 2)


def test_a_unit_that_is_off_makes_nothing_wherever_it_stands() -> None:
    network = bundled()
    convolution = next(p for p in network.plan.layers if p.layer.kind == "Conv2d")
    model = operated(network.model, Surgery(off=((str(convolution.index), 2), (str(convolution.index), 5))))
    made = []
    model.get_submodule(str(convolution.index)).register_forward_hook(lambda _m, _i, out: made.append(out))
    with torch.no_grad():
        model(X[:4])
    assert not made[0][:, [2, 5]].any() and made[0][:, [1, 3]].any()
    before = {name: value.clone() for name, value in network.model.state_dict().items()}
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


@pytest.mark.parametrize("name", ["mlp", "row-lstm", "vit"])
def test_every_layer_can_be_switched_off(name: str) -> None:
    network = Network(*preset(name))
    told = [stage for stage in network.stages() if stage.module is not None and stage.id != "shares"]
    for stage in told:
        asked = Surgery(off=((stage.id, 0),))
        check(network, asked)
        with torch.no_grad():
            assert operated(network.model, asked)(X[:2]).shape == (2, 10)


def test_the_smallest_weights_are_cut() -> None:
    network = bundled()
    told = accuracy_to_json(network, Surgery(prune=0.9), 300)
    assert told["left"] == pytest.approx(0.1 * told["weights"], rel=0.01)
    model = operated(network.model, Surgery(prune=0.5))
    kept = [weight[weight != 0].detach().abs().min() for weight in weights_of(model)]
    sizes = torch.cat([weight.detach().abs().flatten() for weight in weights_of(network.model)])
    assert min(float(least) for least in kept) >= float(sizes.median()) - 1e-6


def test_rounded_weights_have_so_many_values() -> None:
    weight = torch.randn(50, 50, generator=torch.Generator().manual_seed(3))
    for bits, most in ((8, 255), (4, 15), (2, 3), (1, 2)):
        made = rounded(weight, bits)
        assert len(made.unique()) <= most
        assert (
            bits == 1
            or float((made - weight).abs().max()) <= float(weight.abs().max()) / (2 ** (bits - 1) - 1) / 2 + 1e-6
        )
    assert not rounded(torch.zeros(3, 3), 4).any()


def test_noise_is_the_same_each_time_and_as_wide_as_asked() -> None:
    network = bundled()
    first, again = (weights_of(operated(network.model, Surgery(noise=0.5))) for _ in range(2))
    for one, other, old in zip(first, again, weights_of(network.model), strict=True):
        assert torch.equal(one, other)
        if old.numel() > 2000:
            assert float(((one - old).std() / old.std()).detach()) == pytest.approx(0.5, rel=0.1)


def test_it_bears_little_and_not_everything() -> None:
    network = bundled()
    shares = [accuracy_to_json(network, Surgery(bits=bits), 300)["accuracy"] for bits in (32, 8)]
    assert shares[1] >= shares[0] - 0.01
    assert accuracy_to_json(network, Surgery(prune=0.99), 300)["accuracy"] < 0.9


@pytest.mark.parametrize(
    "text",
    [
        *(
            "[",
            "[]",
            "1",
            '{"off": 1}',
            '{"off": [1]}',
            '{"off": [["0"]]}',
            '{"off": [[0, 0]]}',
            '{"off": [["0", -1]]}',
        ),
        *('{"off": [["0", true]]}', '{"prune": 2}', '{"prune": "a"}', '{"noise": NaN}', '{"noise": -1}', '{"bits": 3}'),
        *('{"bits": 8.0}', '{"prune": true}', json.dumps({"off": [["0", i] for i in range(513)]}), "[" * 5000),
    ],
)
def test_what_is_no_operation_is_refused(text: str) -> None:
    with pytest.raises(SpecError) as error:
        surgery_from_json(text)
    assert str(error.value.cure).endswith(".")


def test_layers_and_units_that_are_not_there_are_refused() -> None:
    for off in (("nothing", 0), ("0", 10_000), ("input", 0)):
        with pytest.raises(SpecError):
            check(bundled(), Surgery(off=(off,)))


def test_what_is_operated_on_for_good_reads_as_the_copy_that_was_looked_at() -> None:
    network = bundled()
    convolution = next(p for p in network.plan.layers if p.layer.kind == "Conv2d")
    surgery = Surgery(off=((str(convolution.index), 2),), prune=0.3, noise=0.1, bits=4)
    model = copy.deepcopy(network.model)
    operate(model, surgery)
    with torch.no_grad():
        torch.testing.assert_close(model(X), operated(network.model, surgery)(X))
    for off, cure in ((("1", 0), "layers with weights"), (("99", 0), "layers with weights"), (("0", 999), "another")):
        with pytest.raises(SpecError, match=cure):
            check_units(network.model, Surgery(off=(off,)))


def test_a_run_goes_on_from_the_weights_after_surgery_also_when_it_is_taken_up_again() -> None:
    network = bundled()
    job = Classification(network.plan.network, TrainConfig(images=300, batch_size=50, epochs=1, validation_share=0.0))
    more = go_on(job, "before", 0.9, 0.001, 1, Surgery(prune=0.8))
    assert CLASSIFIER.codec.from_json(json.loads(json.dumps(CLASSIFIER.codec.to_json(more)))) == more
    weights = weights_bytes(network.model)
    losses = []
    for state in (None, "a state"):
        built = CLASSIFIER.begin(more, weights, None)
        steps = _steps(built.stream, 3)
        if state:
            kept = built.stream.state()
            steps += _steps(CLASSIFIER.begin(more, weights, kept).stream, 3)
        else:
            steps += _steps(built.stream, 3)
        losses.append([step.loss for step in steps])
    plain = _steps(CLASSIFIER.begin(go_on(job, "before", 0.9, 0.001, 1), weights, None).stream, 1)
    assert losses[0] == losses[1] and len(losses[0]) == 6 and losses[0][0] > plain[0].loss


def _steps(stream: Any, count: int) -> list[StepDone]:
    found: list[StepDone] = []
    while len(found) < count:
        event = next(stream)
        found += [event] if isinstance(event, StepDone) else []
    return found


def test_units_are_scaled_and_shifted_and_a_weight_is_set_as_by_hand() -> None:
    network = bundled()
    first = next(p for p in network.plan.layers if p.layer.kind == "Conv2d")
    last = [p for p in network.plan.layers if p.layer.kind == "Linear"][-1]
    surgery = Surgery(
        bits=4, scaled=((str(first.index), 2, 0.5, 0.25), (str(last.index), 7, -1.0, 3.0)), weights=(("0", 5, 0.75),)
    )
    by_hand = copy.deepcopy(network.model)
    with torch.no_grad():
        for weight in weights_of(by_hand):
            weight.copy_(rounded(weight, 4))
        by_hand.get_submodule("0").weight.view(-1)[5] = 0.75
        for layer, unit, times, plus in surgery.scaled:
            module = by_hand.get_submodule(layer)
            module.weight[unit] *= times
            module.bias[unit] = module.bias[unit] * times + plus
        expected = by_hand(X)
        torch.testing.assert_close(operated(network.model, surgery)(X), expected, rtol=1e-4, atol=1e-4)
        for_good = copy.deepcopy(network.model)
        operate(for_good, surgery)
        torch.testing.assert_close(for_good(X), expected, rtol=1e-4, atol=1e-4)
    told = weight_to_json(network, operated(network.model, surgery), "0", 5)
    assert told["after"] == 0.75 and told["before"] == pytest.approx(
        float(network.model[0].weight.view(-1)[5].detach())
    )
    assert surgery_from_json(json.dumps(surgery_to_data(surgery))) == surgery


def test_every_layer_can_be_scaled_and_those_with_a_weight_a_unit_say_how_many() -> None:
    for name in ("row-lstm", "vit", "resnet8"):
        network = Network(*preset(name))
        for layer in operable(network):
            asked = Surgery(scaled=((layer["id"], 0, 2.0, -1.0),))
            check(network, asked)
            with torch.no_grad():
                assert operated(network.model, asked)(X[:2]).shape == (2, 10)
            if layer["weights"]:
                weight = network.model.get_submodule(layer["id"]).weight
                assert weight.numel() == layer["units"] * layer["weights"]
                assert weight_to_json(network, network.model, layer["id"], weight.numel() - 1)["before"] is not None


@pytest.mark.parametrize(
    "told",
    [
        *({"scaled": [["0", 0]]}, {"scaled": [["0", 0, 1, 101]]}, {"scaled": [["0", 0, True, 0]]}, {"scaled": 3}),
        *(
            {"weights": [["0", 0, float("nan")]]},
            {"weights": [["0", -1, 0]]},
            {"weights": [["0", i, 0] for i in range(65)]},
        ),
        {"off": [["0", i] for i in range(300)], "scaled": [["1", i, 1, 1] for i in range(300)]},
    ],
)
def test_units_and_weights_that_cannot_be_changed_so_are_refused(told: dict[str, Any]) -> None:
    with pytest.raises(SpecError):
        surgery_from_json(json.dumps(told))


def test_a_weight_or_a_bias_that_is_not_there_is_refused() -> None:
    network = bundled()
    for place, layer in ((10**6, "0"), (0, "1"), (0, "nothing"), (0, "")):
        with pytest.raises(SpecError, match="no such weight"):
            check(network, Surgery(weights=((layer, place, 0.0),)))
    bare = copy.deepcopy(network.model)
    bare[0].bias = None
    operate(copy.deepcopy(bare), Surgery(scaled=(("0", 0, 2.0, 0.0),)))
    with pytest.raises(SpecError, match="without a bias"):
        check_units(bare, Surgery(scaled=(("0", 0, 1.0, 1.0),)))
