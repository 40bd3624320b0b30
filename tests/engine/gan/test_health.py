"""Every warning is triggered by a real run, and its cure is one that a run takes."""

from dataclasses import replace

import pytest

from engine.data.mnist import load_mnist
from engine.gan import train as gan_module
from engine.gan.config import LIVE, GanSpec, change_config
from engine.gan.events import GanEvaluated, GanStep, HealthChanged
from engine.gan.health import PATIENCE, Health
from engine.gan.recipes import RECIPES, apply_cure
from engine.gan.sampling import make_gan
from engine.gan.train import train_gan
from engine.training.streams import Controls

DATA = load_mnist()
ALIKE = GanEvaluated(20, 1.0, 900.0, 1, 0.0, 0.1, 0.05, (1.0,) + 9 * (0.0,), 1000)
MLP, CONDITIONAL = RECIPES["mlp"].gan, RECIPES["conditional"].gan


def said(gan: GanSpec, rounds: int, controls: Controls | None = None) -> list[HealthChanged]:
    gan = replace(gan, config=replace(gan.config, steps=rounds))
    stream = train_gan(make_gan(gan), gan, DATA.train_images, DATA.train_labels, controls)
    return [event for event in stream if isinstance(event, HealthChanged)]


def test_a_discriminator_that_is_never_wrong_is_told_with_its_loss_and_the_gradient_that_is_left() -> None:
    strong = change_config(MLP.config, {"generator_lr": 1e-6, "beta1": 0.5})
    found = said(replace(MLP, config=strong), 3 * PATIENCE)[-1]
    assert found.state == "discriminator_wins"
    assert "its loss is down to 0.0" in str(found.why)
    assert found.live
    assert found.changes == {"discriminator_lr": MLP.config.discriminator_optimizer["lr"] / 4}


def test_the_minimax_loss_saturates_and_its_cure_is_another_loss() -> None:
    strong = change_config(MLP.config, {"generator_lr": 1e-5, "loss": "Minimax"})
    found = said(replace(MLP, config=strong), 3 * PATIENCE)[-1]
    assert (found.state, found.live) == ("discriminator_wins", False)
    assert change_config(strong, found.changes).loss.kind == "NonSaturating"
    assert float(str(found.why).split()[-1].rstrip(".")) < 0.1  # the gradient has vanished


def test_a_discriminator_that_does_not_learn_is_told_and_woken() -> None:
    frozen = change_config(MLP.config, {"discriminator_steps": 0})
    (found,) = said(replace(MLP, config=frozen), PATIENCE + 60)
    assert found.state == "generator_wins"
    assert found.changes == {"discriminator_steps": 1}
    assert found.live


@pytest.mark.long
def test_the_first_gan_collapses_and_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gan_module, "EVALUATE_AFTER", (0.0, 0.0, 0.0))
    monkeypatch.setattr(gan_module, "EVALUATE_EVERY", 0.5)
    monkeypatch.setattr(gan_module, "EVALUATE_IMAGES", 1000)
    collapsed = [event for event in said(MLP, 700) if event.state == "collapsed"]
    assert collapsed
    found = collapsed[0]
    assert "of 10 digits" in str(found.why)
    assert not found.live
    other = apply_cure(MLP, found.changes)
    assert other.generator == RECIPES["dcgan"].gan.generator
    (further,) = Health(other).said(900, "collapsed", replace(ALIKE, step=900))
    assert apply_cure(other, further.changes).is_conditional
    (last,) = Health(CONDITIONAL).said(900, "collapsed", replace(ALIKE, step=900))
    gentle = apply_cure(CONDITIONAL, last.changes)
    assert gentle.generator == CONDITIONAL.generator
    assert gentle.config.generator_optimizer["lr"] == gentle.config.discriminator_optimizer["lr"] == 2e-4


def test_a_generator_that_is_not_trained_has_not_collapsed() -> None:
    late = replace(ALIKE, step=900)
    for changes, collapses in (({}, True), ({"generator_steps": 0}, False)):
        health = Health(replace(CONDITIONAL, config=change_config(CONDITIONAL.config, changes)))
        states = [event.state for _ in range(3) for event in health.after_evaluation(late)]
        assert ("collapsed" in states) == collapses
    health = Health(CONDITIONAL)
    kept = health.kept()
    del kept["settings"]["generator_steps"]  # as checkpoints were before
    health.resume(kept)
    assert health.kept()["settings"]["generator_steps"] == 1


def test_every_live_cure_is_a_setting_that_can_be_changed_while_it_trains() -> None:
    health = Health(CONDITIONAL)
    for state in ("discriminator_wins", "generator_wins"):
        (event,) = health.said(1, state)
        assert event.live
        assert set(event.changes) <= set(LIVE)
        change_config(CONDITIONAL.config, event.changes)


def test_a_wasserstein_critic_may_win() -> None:
    health = Health(RECIPES["wgan-gp"].gan)
    far = GanStep(1, -50.0, 30.0, 40.0, -10.0, 1.0, 1.0, 1e-3, 1e-3, 3)
    states = [event.state for step in range(1, 3 * PATIENCE) for event in health.after_step(replace(far, step=step))]
    assert states == ["healthy"]


def test_pictures_that_are_alike_are_no_collapse_in_the_beginning() -> None:
    health = Health(CONDITIONAL)
    assert [event.state for _ in range(5) for event in health.after_evaluation(ALIKE)] == ["alike"]
    later = replace(ALIKE, step=2000)
    states = [event.state for _ in range(5) for event in health.after_evaluation(later)]
    assert states == ["collapsed"]
    varied = replace(later, variety=0.9, digits_covered=10)
    assert [event.state for event in health.after_evaluation(varied)] == ["healthy"]


@pytest.mark.parametrize("step", [200, 2000])
def test_neither_side_wins_is_not_said_while_the_pictures_are_all_alike(step: int) -> None:
    health = Health(CONDITIONAL)
    even = GanStep(1, 1.2, 0.8, 0.6, 0.4, 1.0, 1.0, 1e-3, 1e-3, 3)

    def states(rounds: int) -> list[str]:
        return [event.state for _ in range(rounds) for event in health.after_step(even)]

    assert states(2 * PATIENCE) == ["healthy"]
    (alike,) = health.after_evaluation(replace(ALIKE, step=step, variety=0.03))
    assert "vary 0.03 times as much as real ones" in str(alike.why)
    assert states(2 * PATIENCE) == []
    varied = replace(ALIKE, step=step + 100, variety=0.9, digits_covered=10)
    assert [event.state for event in health.after_evaluation(varied)] == ["healthy"]
