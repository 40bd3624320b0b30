"""Regularisation: each setting against what one would write by hand."""

import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import SpecError, choose
from engine.data.mnist import load_mnist, normalise, split
from engine.export.formats import recipe_to_link
from engine.kinds import check_job
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.training.config import MOST_BATCHES, TRAIN_CODEC, TrainConfig
from engine.training.events import Clipped, Evaluated, Event, Finished, StepDone, TargetReached, WeightsRestored
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from engine.training.range_test import range_test, suggest
from engine.training.regularise import Regulariser
from engine.training.train import train

LINEAR = NetworkSpec((layer("Flatten"), layer("Linear", units=10)))
SGD = choose(OPTIMIZERS, "SGD", {"lr": 0.1, "momentum": 0.0}, "")
SMALL = TrainConfig(images=200, epochs=1, batch_size=180, validation_share=0.1, optimizer=SGD)  # a single step


def told(config: TrainConfig) -> tuple[torch.nn.Sequential, list[Event]]:
    model = build(plan(LINEAR), config.seed)
    return model, [event for event in train(model, config, load_mnist()) if event]


def test_what_is_off_is_not_saved() -> None:
    assert "l2" not in TRAIN_CODEC.to_json(TrainConfig())
    changed = replace(TrainConfig(), l2=1e-3, patience=3)
    assert TRAIN_CODEC.to_json(changed)["patience"] == 3
    assert TRAIN_CODEC.from_json(TRAIN_CODEC.to_json(changed)) == changed
    assert len(recipe_to_link(LINEAR, TrainConfig())) < len(recipe_to_link(LINEAR, changed))


def test_penalties_and_clipping_are_those_of_the_textbook() -> None:
    config = replace(SMALL, l1=1e-3, l2=1e-2, clip_norm=0.5)
    data = load_mnist()
    indices, _ = split(config, data.train_labels)
    model = build(plan(LINEAR), config.seed)
    weight, bias = (p.detach().clone().requires_grad_() for p in model.parameters())
    images = normalise(data.train_images[indices]).flatten(1)
    loss = F.cross_entropy(images @ weight.T + bias, data.train_labels[indices])
    (loss + 1e-3 * weight.abs().sum() + 1e-2 * weight.square().sum()).backward()  # type: ignore[no-untyped-call]
    assert weight.grad is not None and bias.grad is not None
    norm = torch.cat([weight.grad.flatten(), bias.grad]).norm()
    trained, events = told(config)
    (step,) = [event for event in events if isinstance(event, StepDone)]
    assert step.loss == pytest.approx(loss.item(), rel=1e-5)
    expected = weight - 0.1 * weight.grad * min(1.0, 0.5 / norm.item())
    torch.testing.assert_close(trained[1].weight, expected, rtol=1e-4, atol=1e-6)
    assert [event.share for event in events if isinstance(event, Clipped)] == [1.0]


def test_mixup_is_the_mean_of_two_losses_on_pictures_laid_over_one_another() -> None:
    config = replace(SMALL, mixup=0.5)
    data = load_mnist()
    regulariser = Regulariser(build(plan(LINEAR), 0), config, data.reads)
    images, labels = normalise(data.train_images[:50]), data.train_labels[:50]
    torch.manual_seed(3)
    mixed, others, share = regulariser.mix(images, labels)
    torch.manual_seed(3)
    drawn = float(torch.distributions.Beta(0.5, 0.5).sample())
    order = torch.randperm(50)
    assert share == max(drawn, 1 - drawn) >= 0.5
    torch.testing.assert_close(mixed, share * images + (1 - share) * images[order])
    assert torch.equal(others, labels[order])
    assert regulariser.mix(images, labels)[2] != share

    trained, events = told(config)
    (step,) = [event for event in events if isinstance(event, StepDone)]
    plain, plain_events = told(SMALL)
    (without,) = [event for event in plain_events if isinstance(event, StepDone)]
    assert step.loss != without.loss and not torch.equal(trained[1].weight, plain[1].weight)


def test_mixup_of_all_in_one_batch_is_that_of_its_parts() -> None:
    whole, _ = told(replace(SMALL, mixup=0.5, batch_size=180))
    parts, _ = told(replace(SMALL, mixup=0.5, batch_size=45, accumulation=4))
    torch.testing.assert_close(whole[1].weight, parts[1].weight, rtol=1e-4, atol=1e-6)


def test_several_batches_a_step_are_one_large_batch_and_all_of_them_plain_gradient_descent() -> None:
    config = replace(SMALL, l2=1e-2, clip_norm=0.5, epochs=2)
    whole, large = told(config)
    for size in (7, config.images // 4):
        parts, steps = told(replace(config, batch_size=size, accumulation=MOST_BATCHES))
        one, other = ([e for e in events if isinstance(e, StepDone)] for events in (large, steps))
        assert len(one) == len(other) == 2, "each step sees all pictures"
        assert [e.loss for e in other] == pytest.approx([e.loss for e in one], rel=1e-5)
        assert [e.accuracy for e in other] == [e.accuracy for e in one]
        torch.testing.assert_close(parts[1].weight, whole[1].weight, rtol=1e-4, atol=1e-6)


def test_gradients_are_cut_off_and_weights_kept_short_as_in_the_textbook() -> None:
    config = replace(SMALL, clip_value=0.01, max_norm=0.2)
    data = load_mnist()
    indices, _ = split(config, data.train_labels)
    model = build(plan(LINEAR), config.seed)
    weight, bias = (p.detach().clone().requires_grad_() for p in model.parameters())
    images = normalise(data.train_images[indices]).flatten(1)
    F.cross_entropy(images @ weight.T + bias, data.train_labels[indices]).backward()  # type: ignore[no-untyped-call]
    assert weight.grad is not None
    moved = weight - 0.1 * weight.grad.clamp(-0.01, 0.01)
    lengths = moved.norm(dim=1, keepdim=True)
    assert (lengths > 0.2).any()
    trained, events = told(config)
    torch.testing.assert_close(trained[1].weight, moved * (0.2 / lengths).clamp(max=1), rtol=1e-4, atol=1e-6)
    assert [event.share for event in events if isinstance(event, Clipped)] == [1.0]


def test_a_training_ends_once_it_is_as_good_as_was_asked() -> None:
    config = replace(SMALL, images=3000, batch_size=50, epochs=30, target=70.0)
    _, events = told(config)
    read = [event.accuracy for event in events if isinstance(event, Evaluated) and event.whole]
    assert all(accuracy < 0.7 for accuracy in read[:-1]) and read[-1] >= 0.7 and len(read) < 30
    (reached,) = [event for event in events if isinstance(event, TargetReached)]
    assert (reached.epoch, reached.accuracy) == (len(read), read[-1])
    (finished,) = [event for event in events if isinstance(event, Finished)]
    assert finished.epoch == len(read) and not finished.stopped
    with pytest.raises(SpecError, match="no picture is held back"):
        check_job(Classification(LINEAR, replace(config, validation_share=0.0)))


def test_label_noise_makes_so_many_labels_wrong_and_always_the_same() -> None:
    labels, places = load_mnist().train_labels, torch.arange(1000, dtype=torch.int32)
    spoiled = [Regulariser(build(plan(LINEAR)), replace(SMALL, label_noise=30.0, seed=s)).spoil for s in (0, 1)]
    first, second = (spoil(labels, places) for spoil in spoiled)
    assert torch.equal(first, second) and int((first != labels).sum()) == 300
    assert torch.equal(first[1000:], labels[1000:]) and first.min() >= 0 and first.max() <= 9


def test_early_stopping_ends_with_the_weights_of_the_best_epoch() -> None:
    config = replace(SMALL, epochs=50, batch_size=20, patience=2, label_noise=40.0)
    model, events = told(config)
    losses = [event.loss for event in events if isinstance(event, Evaluated) and event.whole]
    (restored,) = [event for event in events if isinstance(event, WeightsRestored)]
    last = events[-1]
    assert isinstance(last, Finished) and not last.stopped
    assert restored.early and last.epoch == len(losses) == restored.best_epoch + 2 < 50
    assert restored.validation_loss == min(losses) == losses[restored.best_epoch - 1]
    _, places = split(config, load_mnist().train_labels)
    with torch.inference_mode():
        outputs = model.eval()(normalise(load_mnist().train_images[places]))
    assert F.cross_entropy(outputs, load_mnist().train_labels[places]).item() == pytest.approx(min(losses), rel=1e-5)


def test_an_average_of_the_weights_is_what_is_kept() -> None:
    model, _ = told(replace(SMALL, ema=0.999, batch_size=60))
    plain, _ = told(replace(SMALL, batch_size=60))
    first = build(plan(LINEAR), 0)
    moved, mean = (float((m[1].weight - first[1].weight).detach().norm()) for m in (plain, model))
    assert 0 < mean < moved


def test_early_stopping_needs_validation_pictures() -> None:
    with pytest.raises(SpecError, match="validation share"):
        check_job(Classification(LINEAR, replace(SMALL, patience=1, validation_share=0.0)))


def test_a_range_test_ends_once_the_loss_explodes_and_suggests_a_rate_that_learns() -> None:
    network = PRESETS["mlp"].network
    config = range_test(replace(TrainConfig(), optimizer=SGD))
    model = build(plan(network), config.seed)
    events = [event for event in train(model, config, load_mnist()) if event]
    steps, last = [event for event in events if isinstance(event, StepDone)], events[-1]
    assert config.steps == 100 and 60 < len(steps) < 100
    assert steps[0].lr == pytest.approx(1e-5) and steps[-1].lr > 0.5
    assert isinstance(last, Finished) and last.test_accuracy > 0.5 and not last.stopped
    found = suggest([step.lr for step in steps], [step.loss for step in steps])
    assert found and found.lr and 0.003 < found.lr < 0.3 and found.lr < found.lowest_at
    assert suggest([], []) is None
    flat = suggest([0.1, 0.2, 0.3], [2.3, 2.3, math.nan])
    assert flat and flat.lr is None
