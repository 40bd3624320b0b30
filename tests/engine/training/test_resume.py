"""A stream that is cut off and goes on elsewhere tells the same story, to the last bit, as one nobody touched."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from typing import Any

import pytest
import torch

from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import SpecError, choose
from engine.data.mnist import Data, load_mnist
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.training.architectures import ARCHITECTURES
from engine.training.config import TrainConfig
from engine.training.events import Diverged, EpochDone, Evaluated, Event, SettingChanged, StepDone
from engine.training.saving import state_bytes, state_from_bytes
from engine.training.streams import Controls, State
from engine.training.train import train

SMALL = TrainConfig(images=330, epochs=2, batch_size=50, seed=3)  # 6 steps an epoch and 25 pictures left over
STEPS = 14
LINEAR = NetworkSpec((layer("Flatten"), layer("Linear", units=10)))
CHANCY = NetworkSpec(
    (
        *(layer("Conv2d", channels=4, stride=2), layer("BatchNorm2d"), layer("ReLU"), layer("MaxPool2d")),
        *(layer("Flatten"), layer("Dropout", p=0.3), layer("Linear", units=10)),
    )
)
TIMES = ("train_seconds", "samples_per_second")
Visitor = Callable[[int, Controls], None]


@pytest.fixture(scope="module")
def data() -> Data:
    whole = load_mnist()
    return replace(whole, test_images=whole.test_images[:200], test_labels=whole.test_labels[:200])


class Told:
    """A training of `network` driven to its end, or cut off after step `until`."""

    def __init__(
        self,
        network: NetworkSpec,
        config: TrainConfig,
        data: Data,
        resume: State | None = None,
        until: int = 0,
        visitor: Visitor = lambda step, controls: None,
        device: str = "cpu",
    ) -> None:
        self.model = build(plan(network), 0 if resume else config.seed).to(
            device
        )  # what it starts with must not matter
        self.events: list[Event] = []
        self.state: State | None = None
        controls = Controls()
        stream = train(self.model, config, data, controls, resume)
        for event in stream:
            if event is not None:
                self.events.append(event)
            if isinstance(event, StepDone):
                visitor(event.step, controls)
                if event.step == until:
                    self.state = stream.state()
                    return

    @property
    def story(self) -> list[dict[str, Any]]:
        return [
            {"event": type(event).__name__, **{k: v for k, v in asdict(event).items() if k not in TIMES}}
            for event in self.events
        ]

    @property
    def weights(self) -> dict[str, torch.Tensor]:
        return self.model.state_dict()


def same(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> bool:
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def check(network: NetworkSpec, config: TrainConfig, data: Data, cuts: Iterable[int], **options: Any) -> None:
    whole = Told(network, config, data, **options)
    for cut in cuts:
        first = Told(network, config, data, until=cut, **options)
        assert first.state
        rest = Told(network, config, data, resume=state_from_bytes(state_bytes(first.state)), **options)
        assert first.story + rest.story == whole.story, cut
        assert same(rest.weights, whole.weights), cut


NETWORKS = {
    "linear": LINEAR,
    "with chance, statistics and channels": CHANCY,
    "with blocks": ARCHITECTURES["se-resnet"].network,
    "recurrent": ARCHITECTURES["cnn-lstm"].network,
    "with attention": ARCHITECTURES["vit"].network,
}


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_it_goes_on_to_the_last_bit_wherever_it_was_cut(network: NetworkSpec, data: Data) -> None:
    first, middle, last_of_an_epoch, in_the_last_epoch, very_last = 1, 4, 7, 9, STEPS
    check(network, SMALL, data, (first, middle, last_of_an_epoch, in_the_last_epoch, very_last))


def test_an_optimizer_without_a_memory_has_nothing_to_lose(data: Data) -> None:
    config = replace(SMALL, optimizer=choose(OPTIMIZERS, "SGD", {"lr": 0.02, "momentum": 0.0}, ""))
    check(LINEAR, config, data, (5,))


def test_a_learning_rate_that_the_visitor_chose_is_kept(data: Data) -> None:
    def visitor(step: int, controls: Controls) -> None:
        if step == 3:
            controls.changes["lr"] = 0.05

    check(LINEAR, SMALL, data, (2, 4, 7, 10), visitor=visitor)
    assert any(isinstance(event, SettingChanged) for event in Told(LINEAR, SMALL, data, visitor=visitor).events)


def test_a_training_without_validation_pictures_goes_on_too(data: Data) -> None:
    check(LINEAR, replace(SMALL, validation_share=0.0, stratified=True), data, (3, 7))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_a_gpu_s_own_chance_goes_on_too(data: Data) -> None:
    network = NetworkSpec((layer("Flatten"), layer("Dropout", p=0.5), layer("Linear", units=10)))
    check(network, SMALL, data, (4, 9), device="cuda")


def test_it_goes_on_after_its_second_interruption_too(data: Data) -> None:
    first = Told(CHANCY, SMALL, data, until=3)
    second = Told(CHANCY, SMALL, data, resume=first.state, until=9)
    third = Told(CHANCY, SMALL, data, resume=second.state)
    assert first.story + second.story + third.story == Told(CHANCY, SMALL, data).story


def test_a_loss_that_left_its_bounds_in_the_step_of_the_state_still_ends_it(data: Data) -> None:
    too_fast = choose(OPTIMIZERS, "SGD", {"lr": 10.0}, "")
    config = replace(SMALL, optimizer=too_fast, loss=choose(LOSSES, "MeanSquaredError", {}, ""))
    whole = Told(LINEAR, config, data)
    assert isinstance(whole.events[-1], Diverged)
    check(LINEAR, config, data, (whole.events[-1].step,))


def test_a_state_does_not_change_while_the_training_goes_on(data: Data) -> None:
    stream = train(build(plan(LINEAR), 3), SMALL, data)
    state = next(stream.state() for event in stream if isinstance(event, StepDone))
    assert state
    before = state_from_bytes(state_bytes(state))
    for _ in stream:
        pass
    assert same(dict(state.tensors), dict(before.tensors)) and state.facts == before.facts


def test_there_is_a_state_after_a_step_and_nowhere_else(data: Data) -> None:
    stream = train(build(plan(LINEAR), 3), SMALL, data)
    assert stream.state() is None
    seen = set()
    for event in stream:
        seen.add(type(event))
        assert (stream.state() is not None) == isinstance(event, StepDone)
    assert stream.state() is None
    assert {StepDone, Evaluated, EpochDone} < seen


def test_it_goes_on_from_its_step_s_busy_time_and_disturbs_nobody(data: Data) -> None:
    first = Told(CHANCY, SMALL, data, until=4)
    assert first.state
    torch.manual_seed(1)
    outside = torch.get_rng_state()
    late = State(first.state.tensors, {**first.state.facts, "seconds": 1000.0})
    rest = Told(CHANCY, SMALL, data, resume=late)
    assert torch.equal(torch.get_rng_state(), outside)
    assert all(1000 < e.train_seconds < 1100 for e in rest.events if isinstance(e, EpochDone))


def test_a_closed_stream_tells_no_more(data: Data) -> None:
    stream = train(build(plan(LINEAR), 3), SMALL, data)
    next(stream)
    stream.close()
    assert next(stream, "over") == "over"


def _without(state: State, name: str) -> State:
    return State({key: value for key, value in state.tensors.items() if key != name}, state.facts)


def _with(state: State, **changes: Any) -> State:
    return State(state.tensors, {**state.facts, "training": {**state.facts["training"], **changes}})


MISFITS: dict[str, Callable[[State], State]] = {
    "a weight is missing": lambda s: _without(s, "model.1.weight"),
    "a memory is missing": lambda s: _without(s, "optimizer.0.exp_avg"),
    "the random state is missing": lambda s: _without(s, "random"),
    "the random state is nonsense": lambda s: State({**s.tensors, "random": torch.zeros(9)}, s.facts),
    "a weight has another type": lambda s: State({**s.tensors, "model.1.bias": torch.zeros(10).double()}, s.facts),
    "the step is beyond the end": lambda s: _with(s, step=99),
    "the step is no number": lambda s: _with(s, step="4"),
    "a sum is missing": lambda s: _with(s, loss_sum=None),
    "there is no clock": lambda s: State(s.tensors, {k: v for k, v in s.facts.items() if k != "seconds"}),
    "a part is missing": lambda s: State(s.tensors, {k: v for k, v in s.facts.items() if k != "optimizer"}),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_a_state_that_does_not_fit_is_refused(misfit: str, data: Data) -> None:
    state = Told(LINEAR, SMALL, data, until=4).state
    assert state
    with pytest.raises(SpecError, match="checkpoint does not fit"):
        train(build(plan(LINEAR), 3), SMALL, data, resume=MISFITS[misfit](state))


def test_a_state_of_another_network_or_optimizer_is_refused(data: Data) -> None:
    state = Told(LINEAR, SMALL, data, until=4).state
    with pytest.raises(SpecError, match="checkpoint does not fit"):
        train(build(plan(CHANCY), 3), SMALL, data, resume=state)
    with pytest.raises(SpecError, match="checkpoint does not fit"):
        sgd = replace(SMALL, optimizer=choose(OPTIMIZERS, "SGD", {}, ""))
        train(build(plan(LINEAR), 3), sgd, data, resume=state)
