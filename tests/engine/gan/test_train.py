import io
import math
from dataclasses import astuple, replace
from itertools import islice

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import choose
from engine.data.mnist import load_mnist
from engine.gan import train as gan_module
from engine.gan.config import GanConfig, GanSpec
from engine.gan.events import (
    GanEvaluated,
    GanEvent,
    GanFinished,
    GanStarted,
    GanStep,
    HealthChanged,
    RoundShown,
)
from engine.gan.losses import GAN_LOSSES
from engine.gan.objective import discriminator_loss, generator_loss
from engine.gan.quality import quality_of
from engine.gan.recipes import RECIPES, apply_cure
from engine.gan.sampling import GanModels, contact_sheet, draw, fixed_z, frame_of, from_pixels, make_gan
from engine.gan.train import train_gan
from engine.kind import Action
from engine.network.spec import NetworkSpec, layer
from engine.training.events import Diverged, FrameDrawn, SettingChanged
from engine.training.streams import Controls

DATA = load_mnist()
IMAGES, LABELS = DATA.train_images[:2000], DATA.train_labels[:2000]
GENERATOR = NetworkSpec(
    (
        *(layer("LabelConcat"), layer("Linear", units=32), layer("ReLU"), layer("Linear", units=784)),
        *(layer("Reshape", channels=1, height=28, width=28), layer("Tanh")),
    ),
    input_shape=(4,),
    role="generator",
)
DISCRIMINATOR = NetworkSpec(
    (layer("Flatten"), layer("Linear", units=32), layer("LeakyReLU"), layer("LabelProjection")), role="discriminator"
)
SMALL = GanSpec(GENERATOR, DISCRIMINATOR, GanConfig(batch_size=16, steps=12, images=2000))


def with_config(gan: GanSpec, **changes: object) -> GanSpec:
    return replace(gan, config=replace(gan.config, **changes))  # type: ignore[arg-type]


def play(gan: GanSpec, models: GanModels | None = None, controls: Controls | None = None) -> list[GanEvent | Diverged]:
    stream = train_gan(models or make_gan(gan), gan, IMAGES, LABELS, controls)
    return [event for event in stream if event]


def rounds(events: list[GanEvent | Diverged]) -> list[GanStep]:
    return [event for event in events if isinstance(event, GanStep)]


def weights(model: nn.Module) -> torch.Tensor:
    return torch.cat([p.detach().flatten().clone() for p in model.parameters()])


def test_a_run_begins_with_a_frame_counts_its_rounds_and_ends_with_what_its_pictures_are_worth() -> None:
    events = play(SMALL)
    started, frame, last = events[0], events[1], events[-1]
    assert isinstance(started, GanStarted)
    assert (started.steps, started.z, started.conditional, started.images) == (12, 4, True, 2000)
    assert started.generator_parameters == sum(p.numel() for p in make_gan(SMALL).generator.parameters())
    assert isinstance(frame, FrameDrawn)
    assert (frame.step, frame.frame) == (0, 1)
    assert [event.step for event in rounds(events)] == list(range(1, 13))
    assert isinstance(last, GanFinished)
    assert (last.step, last.generator_steps, last.images, last.stopped) == (12, 12, 2000, False)
    frames = [event.frame for event in events if isinstance(event, FrameDrawn)]
    assert frames == list(range(1, last.frames + 1))


@pytest.mark.parametrize("kind", ["NonSaturating", "Minimax", "LeastSquares", "Hinge"])
def test_a_round_is_that_of_the_textbook(kind: str) -> None:
    """Against a loop written by hand, with torch's own optimizers and the same random numbers."""
    gan = with_config(SMALL, loss=choose(GAN_LOSSES, kind, {}, "Loss"), steps=3)
    told = rounds(play(gan))

    models = make_gan(gan)
    g_adam = torch.optim.Adam(models.generator.parameters(), lr=2e-3, betas=(0.5, 0.999))
    d_adam = torch.optim.Adam(models.discriminator.parameters(), lr=2e-3, betas=(0.5, 0.999))
    order = torch.randperm(2000, generator=torch.Generator().manual_seed(1)).split(16)
    torch.manual_seed(0)
    for event, chosen in zip(told, order, strict=False):
        real, labels = from_pixels(IMAGES[chosen]), LABELS[chosen]
        made = models.generator(torch.randn(16, 4), labels)
        real_scores = models.discriminator(real, labels)
        made_scores = models.discriminator(made.detach(), labels)
        d_loss = discriminator_loss(gan.config.loss, real_scores, made_scores)
        d_adam.zero_grad()
        d_loss.backward()
        d_adam.step()
        g_loss = generator_loss(gan.config.loss, models.discriminator(made, labels))
        g_adam.zero_grad()
        g_loss.backward()
        g_norm = torch.cat([p.grad.flatten() for p in models.generator.parameters() if p.grad is not None]).norm()
        g_adam.step()
        assert event.d_loss == pytest.approx(d_loss.item(), rel=1e-5)
        assert event.g_loss == pytest.approx(g_loss.item(), rel=1e-5)
        assert event.g_gradient == pytest.approx(g_norm.item(), rel=1e-4)
        if kind in ("NonSaturating", "Minimax"):
            assert event.real == pytest.approx(real_scores.sigmoid().mean().item(), rel=1e-5)


def test_the_same_seed_gives_the_same_rounds_beside_others_and_leaves_torch_s_own_chance_alone() -> None:
    alone = [astuple(event) for event in rounds(play(SMALL))]
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    streams = [train_gan(make_gan(gan), gan, IMAGES, LABELS) for gan in (SMALL, with_config(SMALL, seed=1))]
    beside: list[list[tuple[object, ...]]] = [[], []]
    for events in zip(*streams, strict=False):
        for place, event in zip(beside, events, strict=True):
            if isinstance(event, GanStep):
                place.append(astuple(event))
    assert beside[0] == alone[: len(beside[0])]
    assert len(beside[0]) > 8
    assert beside[1] != beside[0]
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize(("order", "trained"), [("step_d", 1), ("step_g", 2)])
def test_one_side_alone_leaves_the_other_as_it_was(order: Action, trained: int) -> None:
    models = make_gan(SMALL)
    before = weights(models.generator), weights(models.discriminator)
    events = rounds(play(with_config(SMALL, steps=2), models, Controls(order=order)))
    assert [event.trained for event in events] == [trained, trained]
    same = torch.equal(before[0], weights(models.generator)), torch.equal(before[1], weights(models.discriminator))
    assert same == (order == "step_d", order == "step_g")
    assert math.isnan(events[-1].g_loss) == (order == "step_d")
    assert math.isnan(events[-1].d_loss) == (order == "step_g")


def test_so_many_steps_of_each_side_are_taken() -> None:
    gan = with_config(SMALL, discriminator_steps=0, generator_steps=3, steps=2)
    models = make_gan(gan)
    before = weights(models.discriminator)
    last = play(gan, models)[-1]
    assert isinstance(last, GanFinished)
    assert last.generator_steps == 6
    assert torch.equal(before, weights(models.discriminator))


def test_a_setting_changed_on_the_way_holds_from_the_next_round_on() -> None:
    controls = Controls()
    told: list[GanEvent] = []
    for event in train_gan(make_gan(SMALL), SMALL, IMAGES, LABELS, controls):
        if isinstance(event, GanStep | SettingChanged | GanFinished):
            told.append(event)
        if isinstance(event, GanStep) and event.step == 4:
            controls.changes = {"generator_lr": 1e-4, "generator_steps": 2.0}
    changes = [event for event in told if isinstance(event, SettingChanged)]
    assert {(event.step, event.name, event.value) for event in changes} == {
        (4, "generator_lr", 1e-4),
        (4, "generator_steps", 2.0),
    }
    assert [event.g_lr for event in told if isinstance(event, GanStep)] == [2e-3] * 4 + [1e-4] * 8
    assert isinstance(told[-1], GanFinished)
    assert told[-1].generator_steps == 4 + 2 * 8


def test_slow_motion_shows_a_round_and_changes_nothing_in_it() -> None:
    plain = [astuple(event) for event in rounds(play(SMALL))]
    events = play(SMALL, controls=Controls(order="slow"))
    assert [astuple(event) for event in rounds(events)] == plain
    places = [i for i, event in enumerate(events) if isinstance(event, RoundShown)]
    assert len(places) == len(plain)
    shown, done = events[places[0]], events[places[0] + 1]
    assert isinstance(events[places[0] - 1], FrameDrawn)
    assert isinstance(shown, RoundShown)
    assert isinstance(done, GanStep)
    assert (shown.step, shown.d_loss, shown.g_loss, shown.trained) == (1, done.d_loss, done.g_loss, 3)
    assert len(shown.z) == len(shown.made_before) == 8
    assert shown.made_before != shown.made_after != shown.made_last
    assert all(0 < value < 1 for value in (*shown.real_before, *shown.made_last))


def test_the_mean_of_the_weights_follows_the_generator() -> None:
    gan = with_config(SMALL, ema=0.6, steps=3)
    models = make_gan(gan)
    expected = weights(models.generator)
    for event in train_gan(models, gan, IMAGES, LABELS):
        if isinstance(event, GanStep):
            memory = min(0.6, (1 + event.step) / (10 + event.step))
            expected = memory * expected + (1 - memory) * weights(models.generator)
    assert models.average is models.maker
    assert torch.allclose(weights(models.maker), expected, atol=1e-6)


def test_a_frame_shows_what_the_generator_makes_of_the_same_z() -> None:
    models = make_gan(SMALL)
    frames = [event for event in play(SMALL, models) if isinstance(event, FrameDrawn)]
    z, labels = fixed_z(SMALL, 100, gan_module.FIXED_SEED)
    assert labels.tolist() == [row for row in range(10) for _ in range(10)]
    expected = frame_of(contact_sheet(draw(models.maker, z, labels, conditional=True)))
    assert (frames[-1].media_type, frames[-1].content) == expected
    assert frames[0].content != frames[-1].content


def test_a_frame_of_digits_is_a_small_png_in_sixteen_shades() -> None:
    kind, content = frame_of(contact_sheet(IMAGES[:100]))
    picture = Image.open(io.BytesIO(content))
    assert (kind, picture.format, picture.size) == ("image/png", "PNG", (280, 280))
    assert len(content) < 15_000
    shown = torch.from_numpy(np.array(picture.convert("L"), int)).view(10, 28, 10, 28).permute(0, 2, 1, 3)
    assert (shown.reshape(100, 28, 28) - IMAGES[:100]).abs().max() <= 9  # half a shade


def test_a_frame_of_noise_stays_small_too() -> None:
    noise = torch.randint(0, 256, (100, 28, 28), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    kind, content = frame_of(contact_sheet(noise))
    assert len(content) < 15_000
    picture = Image.open(io.BytesIO(content))
    assert (kind, picture.size) == (Image.MIME[picture.format or ""], (280, 280))


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_plays(name: str) -> None:
    gan = with_config(RECIPES[name].gan, steps=2, images=200)
    events = play(gan)
    assert isinstance(events[-1], GanFinished)
    assert all(math.isfinite(value) for event in rounds(events) for value in astuple(event))
    assert all(len(event.content) < 15_000 for event in events if isinstance(event, FrameDrawn))
    assert (events[-1].agreement is not None) == (name == "conditional")


def test_losses_out_of_bounds_end_it_in_words() -> None:
    wild = choose(OPTIMIZERS, "SGD", {"lr": 10.0, "momentum": 0.99}, "Optimizer")
    loss = choose(GAN_LOSSES, "LeastSquares", {}, "Loss")
    gan = with_config(SMALL, generator_optimizer=wild, discriminator_optimizer=wild, loss=loss, steps=200)
    told, last = play(gan)[-2:]
    assert isinstance(last, Diverged)
    assert "learning rates" in str(last.cure)
    assert isinstance(told, HealthChanged)
    assert (told.state, told.why, told.live) == ("diverged", last.why, False)
    assert apply_cure(gan, told.changes).config.generator_optimizer["lr"] == 1.0


def test_stop_ends_it_with_its_figures() -> None:
    controls = Controls()
    stream = train_gan(make_gan(SMALL), SMALL, IMAGES, LABELS, controls)
    list(islice(stream, 5))
    controls.stop = True
    last = [event for event in stream if event][-1]
    assert isinstance(last, GanFinished)
    assert last.stopped
    assert last.step < 12


def test_it_is_evaluated_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gan_module, "EVALUATE_AFTER", (0.0, 100.0))
    events = play(with_config(SMALL, steps=3))
    evaluated = [event for event in events if isinstance(event, GanEvaluated)]
    assert len(evaluated) == 1
    assert evaluated[0].images == 1000
    assert sum(evaluated[0].shares) == pytest.approx(1)


@pytest.mark.long
def test_the_conditional_recipe_writes_readable_digits_in_300_rounds() -> None:
    gan = with_config(RECIPES["conditional"].gan, steps=300)
    models = make_gan(gan)
    stream = train_gan(models, gan, DATA.train_images, DATA.train_labels)
    events = [event for event in stream if event]
    last = events[-1]
    assert isinstance(last, GanFinished)
    said = [event.state for event in events if isinstance(event, HealthChanged)]
    assert said[-1] == "healthy" and set(said) <= {"alike", "healthy"}
    assert last.distance < 90
    assert last.digits_covered == 10
    assert last.agreement is not None
    assert last.agreement > 0.7
    z, labels = fixed_z(gan, 1000, 3)
    again = quality_of(draw(models.maker, z, labels, conditional=True), labels)
    assert again.distance == pytest.approx(last.distance, rel=0.3)
