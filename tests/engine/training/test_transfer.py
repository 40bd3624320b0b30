"""Transfer learning: weights of another network, frozen layers, and a head of its own."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.catalogue.params import SpecError
from engine.data.mnist import Data, load_mnist
from engine.data.sets import FASHION, can_begin_with, like, most_frozen, needs_head
from engine.kinds import check_job, job_from_json, job_to_json
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.network.surgery import Surgery
from engine.training.config import Source, TrainConfig
from engine.training.events import Finished, LayersMeasured
from engine.training.kind import CLASSIFIER, Classification, go_on
from engine.training.saving import weights_bytes
from engine.training.streams import Controls
from engine.training.train import train
from engine.training.transfer import begin_with, freeze

NETWORK = NetworkSpec(
    (
        layer("Conv2d", channels=4, stride=3),
        layer("BatchNorm2d"),
        layer("ReLU"),
        layer("Dropout", p=0.5),
        *(layer("Flatten"), layer("Linear", units=16), layer("ReLU"), layer("Linear", units=10)),
    ),
    name="Small",
)
CLOTHES = replace(NETWORK, reads=FASHION.reads)
THREE = replace(
    NETWORK,
    layers=(*NETWORK.layers[:-1], layer("Linear", units=3)),
    reads=replace(NETWORK.reads, classes=("a", "b", "c")),
)
CONFIG = TrainConfig(images=200, epochs=2, batch_size=20, l2=0.01, max_norm=1.0, ema=0.5)


def weights(seed: int, network: NetworkSpec = NETWORK) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in build(plan(network), seed).state_dict().items()}


def few() -> Data:
    data = load_mnist()
    return replace(data, test_images=data.test_images[:100], test_labels=data.test_labels[:100])


def test_weights_fit_the_same_layers_but_for_the_one_that_gives_the_scores() -> None:
    assert can_begin_with(NETWORK, NETWORK) and not needs_head(NETWORK, NETWORK)
    assert can_begin_with(CLOTHES, NETWORK) and needs_head(CLOTHES, NETWORK)
    assert can_begin_with(THREE, NETWORK) and can_begin_with(NETWORK, THREE)
    assert like(NETWORK, THREE).layers == THREE.layers
    wider = replace(NETWORK, layers=(layer("Conv2d", channels=5, stride=3), *NETWORK.layers[1:]))
    coloured = replace(NETWORK, input_shape=(3, 28, 28))
    assert not can_begin_with(wider, NETWORK) and not can_begin_with(coloured, NETWORK)
    assert most_frozen(NETWORK) == most_frozen(THREE) == 7


def test_all_weights_are_taken_and_without_the_same_classes_all_but_the_head() -> None:
    before = weights(1)
    model = build(plan(NETWORK), 2)
    begin_with(model, NETWORK, before, head=False)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    model = build(plan(THREE), 2)
    begin_with(model, THREE, before, head=True)
    own = weights(2, THREE)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, own[name] if name.startswith("7.") else before[name])


@pytest.mark.parametrize("spoil", ["shape", "name", "number", "head"])
def test_weights_that_do_not_fit_are_refused_whole(spoil: str) -> None:
    before, model = weights(1), build(plan(THREE), 2)
    if spoil == "shape":
        before["0.weight"] = before["0.weight"][:, :, :2]
    if spoil == "name":
        before["9.weight"] = torch.zeros(1)
    if spoil == "number":
        before["5.bias"][0] = torch.nan
    with pytest.raises(SpecError):
        begin_with(model, THREE, before, head=spoil != "head")
    assert all(torch.equal(tensor, weights(2, THREE)[name]) for name, tensor in model.state_dict().items())


def test_frozen_layers_keep_weights_and_statistics_and_the_others_learn() -> None:
    model = build(plan(NETWORK), 1)
    before = weights(1)
    freeze(model, 4)
    events = list(train(model, CONFIG, few()))
    assert isinstance(events[-1], Finished)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name]) == (int(name[0]) < 4), name
    measured = next(event for event in events if isinstance(event, LayersMeasured))
    frozen = [name.startswith(("1 ", "2 ")) for name in measured.layers]
    assert [value is None for value in measured.gradients] == [value is None for value in measured.ratios] == frozen


def test_frozen_training_is_that_of_the_rest_on_what_the_frozen_part_makes() -> None:
    """The same updates as of a network of the last layers alone, fed with the activations: a plain reference."""
    config = TrainConfig(images=100, epochs=1, batch_size=20, validation_share=0.0)
    model = build(plan(NETWORK), 1)
    freeze(model, 5)
    front, rest = (
        nn.Sequential(*list(model.children())[:5]),
        nn.Sequential(*list(build(plan(NETWORK), 1).children())[5:]),
    )
    optimizer = torch.optim.Adam(rest.parameters(), 1e-3)
    from engine.data.batches import shuffle
    from engine.data.mnist import normalise

    data = few()
    order = shuffle(100, config.seed, 1)
    for chosen in order.split(20):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(rest(front(normalise(data.train_images[chosen]))), data.train_labels[chosen])
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    list(train(model, config, data))
    for mine, plain in zip(list(model.parameters())[-4:], rest.parameters(), strict=True):
        torch.testing.assert_close(mine, plain, atol=1e-6, rtol=1e-4)


def test_run_says_what_it_begins_with_and_old_ones_read_as_before() -> None:
    job = Classification(CLOTHES, CONFIG, Source("run", 0.99, 5, frozen=3, head=True))
    assert job_from_json(job_to_json(job)) == job and job.epochs == CONFIG.epochs
    plain = Classification(NETWORK, CONFIG, Source("run", 0.99, 5))
    assert set(job_to_json(plain)["source"]) == {"run", "accuracy", "epochs", "surgery"}
    assert plain.epochs == CONFIG.epochs + 5
    more = go_on(Classification(NETWORK, CONFIG, Source("run", 0.99, 5, frozen=3)), "next", 0.9, 0.01, 5)
    assert more.source and more.source.frozen == 3


@pytest.mark.parametrize("frozen", [8, 100])
def test_the_head_cannot_be_frozen(frozen: int) -> None:
    with pytest.raises(SpecError, match="frozen"):
        check_job(Classification(NETWORK, CONFIG, Source("run", 0.99, 5, frozen=frozen)))


def test_a_built_job_begins_with_the_weights_and_the_frozen_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.training.kind.load_data", lambda _network: few())
    job: Any = Classification(CLOTHES, CONFIG, Source("run", 0.99, 5, frozen=2, head=True))
    built = CLASSIFIER.begin(job, weights_bytes(build(plan(NETWORK), 1)), None)
    assert isinstance(built.controls, Controls)
    list(built.stream)
    from safetensors.torch import load

    after, before = load(built.weights()), weights(1)
    assert torch.equal(after["0.weight"], before["0.weight"]) and torch.equal(
        after["1.running_mean"], before["1.running_mean"]
    )
    assert not torch.equal(after["5.weight"], before["5.weight"])


def test_a_network_that_is_kept_takes_no_step_and_is_tested_as_it_is() -> None:
    network = NetworkSpec((layer("Flatten"), layer("Linear", units=10)))
    job = Classification(network, TrainConfig(images=200, batch_size=50, epochs=2))
    model = build(plan(network), 3)
    kept = go_on(job, "before", 0.1, 0.001, 1, Surgery(scaled=(("1", 7, 0.0, 5.0),)), keep=True)
    assert CLASSIFIER.codec.from_json(CLASSIFIER.codec.to_json(kept)) == kept and kept.epochs == 2
    built = CLASSIFIER.begin(kept, weights_bytes(model), None)
    events = [event for event in built.stream if event is not None]
    assert [type(event).__name__ for event in events] == ["Started", "Finished"]
    assert (events[-1].step, events[-1].stopped) == (0, False)
    of_sevens = load_mnist().test_labels == 7
    assert events[-1].test_accuracy == pytest.approx(float(of_sevens.float().mean()), abs=1e-6)
