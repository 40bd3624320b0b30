"""Checks before a long run: right of sound networks, and each of them finds its fault."""

import math
from dataclasses import replace
from typing import Any

import pytest
import torch

from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import SpecError, choose
from engine.checks.config import BY_HEART, CHECKS_CODEC, STEPS, Checks
from engine.checks.events import CheckDone, ChecksEvent, ChecksFinished, ChecksStarted
from engine.checks.run import CHECK_NAMES, run_checks
from engine.data.mnist import Data, load_mnist
from engine.kinds import check_job, job_from_json, job_to_json
from engine.network.spec import NetworkSpec, layer
from engine.training.architectures import ALL_PRESETS
from engine.training.config import TrainConfig
from engine.training.presets import PRESETS
from engine.training.saving import state_bytes, state_from_bytes
from engine.training.streams import Controls, State

CONFIG = TrainConfig()
LINEAR = NetworkSpec((layer("Flatten"), layer("Linear", units=10)))
SIGMOIDS = NetworkSpec(
    (layer("Flatten"), *[layer("Linear", units=32), layer("Sigmoid")] * 8, layer("Linear", units=10))
)


def optimizer(kind: str, **values: Any) -> TrainConfig:
    return replace(CONFIG, optimizer=choose(OPTIMIZERS, kind, values, ""))


def run(network: NetworkSpec, config: TrainConfig = CONFIG, **more: Any) -> list[ChecksEvent]:
    return [event for event in run_checks(Checks(network, config), more.pop("data", load_mnist()), **more) if event]


def done(events: list[ChecksEvent]) -> dict[str, CheckDone]:
    return {event.check: event for event in events if isinstance(event, CheckDone)}


def test_sound_network_passes_all_checks() -> None:
    preset = PRESETS["mlp"]
    events = run(preset.network, preset.config)
    first, last = events[0], events[-1]
    assert isinstance(first, ChecksStarted) and first.checks == CHECK_NAMES == tuple(done(events))
    assert isinstance(last, ChecksFinished) and (last.good, last.done, last.stopped) == (4, 4, False)
    assert all(check.good and check.cure is None for check in done(events).values())


def test_first_loss_is_that_of_the_first_batch_and_of_a_guess() -> None:
    said = dict(done(run(LINEAR))["first_loss"].said.values)
    assert said["guess"] == pytest.approx(math.log(10))
    assert 1.5 < said["loss"] < 3.5
    hinge = replace(CONFIG, loss=choose(LOSSES, "Hinge", {"margin": 2.0}, ""))
    assert dict(done(run(LINEAR, hinge))["first_loss"].said.values)["guess"] == pytest.approx(2 * 9 / 10)
    squared = replace(CONFIG, loss=choose(LOSSES, "MeanSquaredError", {}, ""))
    with_shares = replace(LINEAR, layers=(*LINEAR.layers, layer("Softmax")))
    guess = dict(done(run(with_shares, squared))["first_loss"].said.values)["guess"]
    assert guess == pytest.approx((0.9**2 + 9 * 0.1**2) / 10)


def test_large_first_weights_are_found() -> None:
    """He's weights without a normalisation: those of VGG."""
    controls, told = Controls(), dict[str, CheckDone]()
    for event in run_checks(Checks(ALL_PRESETS["vgg"].network, CONFIG), load_mnist(), controls):
        told |= {event.check: event} if isinstance(event, CheckDone) else {}
        controls.stop = bool(told)
    assert not told["first_loss"].good and told["first_loss"].cure
    assert dict(told["first_loss"].said.values)["loss"] > 1.5 * math.log(10)  # type: ignore[operator]


def test_vanishing_gradients_are_found() -> None:
    told = done(run(SIGMOIDS, optimizer("SGD", lr=0.01)))
    assert not (told["updates"].good or told["pictures"].good or told["by_heart"].good)
    assert told["first_loss"].good
    said: dict[str, Any] = dict(told["updates"].said.values)
    assert said["layer"] in ("2 Linear", "4 Linear") and said["least"] < 1e-6  # the first ones


def test_rates_that_are_too_small_or_too_large_are_found() -> None:
    assert not done(run(LINEAR, optimizer("SGD", lr=1e-6)))["updates"].good
    high = done(run(PRESETS["mlp"].network, optimizer("Adam", lr=1.0)))
    assert not high["updates"].good
    diverged = run(PRESETS["mlp"].network, optimizer("SGD", lr=10.0))
    assert isinstance(diverged[-1], ChecksFinished) and (diverged[-1].good, diverged[-1].done) == (1, 2)
    assert "overshoots" in str(done(diverged)["updates"].said)


def test_labels_that_have_nothing_to_do_with_the_pictures_are_found() -> None:
    data = load_mnist()
    chance = torch.Generator().manual_seed(0)
    wrong = replace(data, train_labels=torch.randint(0, 10, (60_000,), generator=chance))
    told = done(run(PRESETS["mlp"].network, PRESETS["mlp"].config, data=wrong))
    assert not told["pictures"].good and told["by_heart"].good  # which needs no meaning


def test_same_seed_gives_the_same_figures_and_another_one_others() -> None:
    def said(seed: int) -> list[str]:
        return [str(check.said) for check in done(run(LINEAR, replace(CONFIG, seed=seed))).values()]

    assert said(1) == said(1) != said(2)


def test_goes_on_after_each_check_where_it_was_cut_off() -> None:
    whole = run(SIGMOIDS)
    for check in CHECK_NAMES:
        stream = run_checks(Checks(SIGMOIDS, CONFIG), load_mnist())
        before = []
        for event in stream:
            before += [event] if isinstance(event, CheckDone) else []
            if isinstance(event, CheckDone) and event.check == check:
                break
        state = stream.state()
        assert state
        after = run(SIGMOIDS, resume=state_from_bytes(state_bytes(state)))
        assert [*before, *done(after).values()] == list(done(whole).values())
        assert isinstance(after[-1], ChecksFinished) and after[-1].good == whole[-1].good  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "facts", [{}, {"told": {"by_heart": True}, "seen": 1.0}, {"told": {"first_loss": 1}}, {"told": []}]
)
def test_damaged_state_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(SpecError):
        run(LINEAR, resume=State(facts={"seconds": 0.0, **facts}))


def test_stop_ends_it_at_once() -> None:
    controls = Controls()
    events = []
    for event in run_checks(Checks(LINEAR, CONFIG), load_mnist(), controls):
        events += [event] if event else []
        controls.stop = bool(done(events))
    assert isinstance(events[-1], ChecksFinished) and events[-1].stopped
    assert list(done(events)) == ["first_loss"]


def test_few_pictures_are_used_several_times() -> None:
    data = load_mnist()
    few = Data(data.train_images[:20], data.train_labels[:20], data.test_images[:5], data.test_labels[:5])
    config = replace(CONFIG, images=20, validation_share=0.25, batch_size=4)
    assert isinstance(run(LINEAR, config, data=few)[-1], ChecksFinished)


def test_what_is_checked_is_bounded_and_survives_json() -> None:
    checks = Checks(LINEAR, replace(CONFIG, batch_size=1000, epochs=100, l2=0.1, rotation_range=20.0))
    short = checks.training(STEPS * checks.batch)
    assert short.steps == STEPS and short.batch_size == 64
    assert not short.augmentation and not short.l2
    assert checks.training(BY_HEART, 3).steps == 3
    assert CHECKS_CODEC.from_json(CHECKS_CODEC.to_json(checks)) == checks
    assert job_from_json(job_to_json(checks)) == checks
    with pytest.raises(SpecError):
        check_job(Checks(NetworkSpec((layer("Linear", units=10),)), CONFIG))
