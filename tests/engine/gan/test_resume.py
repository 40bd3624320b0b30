"""A GAN that is cut off and goes on elsewhere plays the same rounds, to the last bit, as one nobody touched."""

import math
import time
from collections.abc import Callable
from dataclasses import astuple, replace
from typing import Any

import pytest
import torch

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import SpecError, choose
from engine.data.mnist import load_mnist
from engine.gan import health as gan_health
from engine.gan.config import GanConfig, GanSpec
from engine.gan.events import (
    GanEvaluated,
    GanEvent,
    GanStarted,
    GanStep,
    HealthChanged,
)
from engine.gan.losses import GAN_LOSSES
from engine.gan.sampling import make_gan
from engine.gan.train import train_gan
from engine.network.spec import NetworkSpec, layer
from engine.plane.config import PlaneGan
from engine.plane.train import PlaneEvent, make_plane, train_plane
from engine.training.events import Diverged, FrameDrawn, SettingChanged
from engine.training.saving import state_bytes, state_from_bytes
from engine.training.streams import Controls, State, Stream

DATA = load_mnist()
GENERATOR = NetworkSpec(
    (
        *(layer("LabelConcat"), layer("Linear", units=49), layer("Reshape", channels=1, height=7, width=7)),
        *(layer("BatchNorm2d"), layer("ReLU"), layer("Upsample", scale=4), layer("Tanh")),
    ),
    input_shape=(4,),
    role="generator",
)
DISCRIMINATOR = NetworkSpec(
    (
        *(layer("Flatten"), layer("Linear", units=16, spectral_norm=True), layer("LeakyReLU"), layer("Dropout", p=0.2)),
        layer("LabelProjection"),
    ),
    role="discriminator",
)
STEPS = 14
CONFIG = GanConfig(batch_size=16, steps=STEPS, images=113, ema=0.9, instance_noise=0.1)  # 7 rounds and one left over
PLANE = PlaneGan(units=8, batch_size=16, steps=STEPS)
Visitor = Callable[[int, Controls], None]
Told = list[GanEvent | PlaneEvent | Diverged]


def nobody(step: int, controls: Controls) -> None:
    pass


def play(
    what: GanConfig | PlaneGan, resume: State | None = None, until: int = STEPS, visitor: Visitor = nobody
) -> tuple[Told, State]:
    """What is told up to step `until`, and the state then."""
    controls, told = Controls(), []
    visitor(0 if resume is None else int(resume.facts["duel"]["duel"]["done"]["step"]), controls)
    stream: Stream[Any]
    if isinstance(what, PlaneGan):
        models = make_plane(replace(what, seed=9 if resume else what.seed))  # what it starts with must not matter
        stream = train_plane(what, controls, models, resume)
    else:
        gan = GanSpec(GENERATOR, DISCRIMINATOR, what)
        models = make_gan(replace(gan, config=replace(what, seed=9 if resume else what.seed)))
        stream = train_gan(models, gan, DATA.train_images, DATA.train_labels, controls, resume)
    for event in stream:
        if event is not None:
            told.append(event)
        if isinstance(event, GanStep):
            visitor(event.step, controls)
            if event.step == until:
                break
    state = stream.state()
    assert state or isinstance(told[-1], Diverged)
    return told, state or State()


def story(told: Told) -> list[str]:
    """All but the film and evaluations, which come by the clock. As text, for NaN is not equal to itself."""
    return [repr(event) for event in told if not isinstance(event, FrameDrawn | GanEvaluated)]


def check(what: GanConfig | PlaneGan, *cuts: int, visitor: Visitor = nobody) -> Told:
    whole, at_the_end = play(what, visitor=visitor)
    for cut in cuts:
        first, state = play(what, until=cut, visitor=visitor)
        rest, end = play(what, resume=state_from_bytes(state_bytes(state)), visitor=visitor)
        assert story(first + rest) == story(whole), cut
        assert same(end, at_the_end), cut
    return whole


def same(ours: State, theirs: State) -> bool:
    """All tensors: weights, statistics, the optimizers' memories, random states."""
    a, b = ours.tensors, theirs.tensors
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def with_optimizers(kind: str, values: dict[str, Any]) -> GanConfig:
    choice = choose(OPTIMIZERS, kind, values, "")
    return replace(CONFIG, generator_optimizer=choice, discriminator_optimizer=choice)


def test_it_goes_on_to_the_last_bit_wherever_it_was_cut() -> None:
    first, middle, last_whole_batch, once_round, late = 1, 4, 7, 8, 12
    check(CONFIG, first, middle, last_whole_batch, once_round, late)


def test_a_batch_that_fits_and_the_very_end_of_the_pictures() -> None:
    check(replace(CONFIG, images=112), 7, 8)


def test_settings_changed_on_the_way_are_kept() -> None:
    def visitor(step: int, controls: Controls) -> None:
        if step == 3:
            controls.changes |= {"generator_lr": 0.01, "discriminator_steps": 2.0}
        if step == 8:
            controls.changes |= {"label_smoothing": 0.2, "discriminator_lr": 1e-4, "instance_noise": 0.0}

    told = check(CONFIG, 2, 5, 9, visitor=visitor)
    assert len([event for event in told if isinstance(event, SettingChanged)]) == 5


def test_a_side_that_has_not_learned_yet_starts_later_as_if_nothing_had_happened() -> None:
    def visitor(step: int, controls: Controls) -> None:
        controls.order = "step_d" if step < 5 else ""

    check(CONFIG, 3, 6, visitor=visitor)


def test_its_judgement_goes_on_from_what_it_had_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gan_health, "PATIENCE", 5)
    told = check(with_optimizers("Adam", {"lr": 0.02}), 3, 6, 10)
    assert any(isinstance(event, HealthChanged) for event in told)


def test_a_round_that_ended_it_ends_it_again() -> None:
    loss = choose(GAN_LOSSES, "LeastSquares", {}, "")
    config = replace(with_optimizers("SGD", {"lr": 10.0}), loss=loss, ema=0.0)
    whole, _ = play(config)
    assert isinstance(whole[-1], Diverged)
    _, state = play(config, until=whole[-1].step)
    rest, _ = play(config, resume=state_from_bytes(state_bytes(state)))
    assert story(rest) == story(whole)[-2:]


def test_the_film_goes_on_and_is_not_begun_again() -> None:
    first, state = play(CONFIG, until=4)
    late = State(state.tensors, {**state.facts, "seconds": 100.0})
    began = time.perf_counter()
    rest, _ = play(CONFIG, resume=late)
    took = time.perf_counter() - began
    frames = [event for event in first if isinstance(event, FrameDrawn)]
    later = [event for event in rest if isinstance(event, FrameDrawn)]
    assert not any(isinstance(event, GanStarted) for event in rest)
    assert later[0].frame == len(frames) + 1 and later[0].step == 5 and 100 < later[0].seconds < 100 + took


def test_evaluations_go_on_by_its_own_busy_time() -> None:
    _, state = play(CONFIG, until=4)
    later = State(state.tensors, {**state.facts, "seconds": 2.6})
    rest, end = play(CONFIG, resume=later, until=5)
    assert [event.step for event in rest if isinstance(event, GanEvaluated)] == [4]
    assert (end.facts["game"]["evaluations"], end.facts["game"]["next_evaluation"]) == (1, 5.0)


def test_there_is_a_state_after_a_round_and_nowhere_else() -> None:
    gan, controls = GanSpec(GENERATOR, DISCRIMINATOR, replace(CONFIG, steps=4)), Controls(order="slow")
    stream = train_gan(make_gan(gan), gan, DATA.train_images, DATA.train_labels, controls)
    assert stream.state() is None
    told = [(event, stream.state()) for event in stream]
    assert all((state is not None) == isinstance(event, GanStep) for event, state in told)
    assert None in [event for event, _ in told]


@pytest.mark.parametrize("target", ["ring", "spiral"])
def test_the_plane_goes_on_too(target: str) -> None:
    check(replace(PLANE, target=target), 1, 7)


def test_the_plane_keeps_changed_settings_and_its_film() -> None:
    def visitor(step: int, controls: Controls) -> None:
        if step == 3:
            controls.changes["generator_lr"] = 0.02

    check(PLANE, 2, 5, visitor=visitor)
    first, state = play(PLANE, until=4)
    rest, _ = play(PLANE, resume=State(state.tensors, {**state.facts, "seconds": 100.0}))
    numbers = [event.frame for event in first + rest if isinstance(event, FrameDrawn)]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 1


MISFITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a weight is missing": lambda s: s["tensors"].pop("duel.generator.1.weight"),
    "the mean has another shape": lambda s: s["tensors"].update({"average.1.weight": torch.zeros(3)}),
    "D's memory is missing": lambda s: s["tensors"].pop("duel.d_optimizer.0.exp_avg"),
    "a random state is missing": lambda s: s["tensors"].pop("duel.duel.points"),
    "it is beyond the end": lambda s: s["duel"]["duel"]["done"].update(step=99),
    "a round is no whole number": lambda s: s["duel"]["duel"]["done"].update(step=4.5),
    "a figure is no number": lambda s: s["duel"]["duel"]["done"].update(d_loss="much"),
    "a setting is missing": lambda s: s["duel"]["duel"]["rules"].pop("instance_noise"),
    "its judgement is missing": lambda s: s["game"].pop("health"),
    "it has seen more pictures than there are": lambda s: s["game"].update(seen=500),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_a_state_that_does_not_fit_is_refused(misfit: str) -> None:
    _, state = play(CONFIG, until=4)
    copy = state_from_bytes(state_bytes(state))
    changed: dict[str, Any] = {"tensors": dict(copy.tensors), **copy.facts}
    MISFITS[misfit](changed)
    tensors = changed.pop("tensors")
    with pytest.raises(SpecError, match="checkpoint does not fit"):
        play(CONFIG, resume=State(tensors, changed))


def test_a_figure_that_is_no_number_yet_comes_back_as_such() -> None:
    _, state = play(CONFIG, until=2, visitor=lambda step, controls: setattr(controls, "order", "step_d"))
    again = state_from_bytes(state_bytes(state)).facts["duel"]["duel"]["done"]
    assert math.isnan(again["g_loss"]) and astuple(GanStep(**again))[0] == 2
