"""A study: fair pairs, honest figures whichever way they go, and nothing odd gets in."""

import json
from dataclasses import replace
from statistics import fmean, stdev

import pytest
import torch
from torch import Tensor, nn

from engine.catalogue.params import SpecError
from engine.data.mnist import Data, load_mnist
from engine.gan.recipes import RECIPES
from engine.gan.sampling import from_pixels
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.study.config import STUDY_CODEC, Study, check_study
from engine.study.events import StudyEvent, StudyFinished, StudyScored, StudyStarted, StudyWent
from engine.study.train import choose_pictures, repeat, run_study
from engine.training.events import Finished
from engine.training.saving import state_bytes, state_from_bytes
from engine.training.streams import Controls, State
from engine.training.train import train

GAN = RECIPES["conditional"].gan
LINEAR = NetworkSpec((layer("Flatten"), layer("Linear", units=10)))
SMALL = Study("run", GAN, LINEAR, per_digit=10, added_per_digit=40, seeds=2, steps=40)


@pytest.fixture(scope="module")
def data() -> Data:
    whole = load_mnist()
    return replace(whole, test_images=whole.test_images[:1000], test_labels=whole.test_labels[:1000])


class Copier(nn.Module):
    """A generator as good as can be: pictures of the digit asked for, or of the next one, from the training set."""

    def __init__(self, data: Data, off_by: int = 0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.images, self.off_by = data.train_images, off_by
        self.places = [(data.train_labels == digit).nonzero().flatten() for digit in range(10)]

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        digits = ((labels + self.off_by) % 10).tolist()
        chosen = [self.places[d][int(abs(n) * 1000) % 5000] for d, n in zip(digits, z[:, 0].tolist(), strict=True)]
        return from_pixels(self.images[torch.stack(chosen)])


def run(study: Study, maker: nn.Module, data: Data, controls: Controls | None = None) -> list[StudyEvent]:
    return [event for event in run_study(study, maker, data, controls) if event]  # type: ignore[misc]


def scores(events: list[StudyEvent], with_made: bool) -> list[float]:
    return [e.test_accuracy for e in events if isinstance(e, StudyScored) and e.with_made == with_made]


def test_good_pictures_help_and_the_figures_say_by_how_much(data: Data) -> None:
    events = run(SMALL, Copier(data), data)
    first, last = events[0], events[-1]
    assert isinstance(first, StudyStarted) and isinstance(last, StudyFinished)
    assert (first.trainings, first.per_digit, first.added_per_digit, first.seen) == (4, 10, 40, 60_000)
    assert first.made.startswith("data:image/png;base64,")
    real, mixed = scores(events, False), scores(events, True)
    assert last.difference > 0.03 and last.agree == last.pairs == 2
    assert (last.real_mean, last.mixed_mean) == pytest.approx((fmean(real), fmean(mixed)))
    assert (last.real_spread, last.mixed_spread) == pytest.approx((stdev(real), stdev(mixed)))
    gains = [b - a for a, b in zip(real, mixed, strict=True)]
    assert (last.difference, last.difference_spread) == pytest.approx((fmean(gains), stdev(gains)))


def test_pictures_with_wrong_labels_harm_and_that_is_said_too(data: Data) -> None:
    last = run(SMALL, Copier(data, off_by=1), data)[-1]
    assert isinstance(last, StudyFinished)
    assert last.difference < -0.2 and last.agree == 2


def test_both_of_a_pair_train_equally_long_on_what_they_should(data: Data) -> None:
    events = run(replace(SMALL, seeds=1), Copier(data), data)
    told = [event for event in events if isinstance(event, StudyWent)]
    assert [max(e.step for e in told if e.training == number) for number in (1, 2)] == [40, 40]
    config, real = SMALL.training(0), choose_pictures(data, 10, 0)
    assert (config.steps, config.validation_images, SMALL.pictures) == (40, 0, 500)
    alone = Data(*repeat(real, 500), data.test_images, data.test_labels)
    done = list(train(build(plan(LINEAR), 0), config, alone))[-1]
    assert isinstance(done, Finished)
    assert scores(events, False) == [done.test_accuracy]


def test_the_real_pictures_are_a_fair_choice_of_the_seed(data: Data) -> None:
    images, labels = choose_pictures(data, 12, 3)
    assert torch.bincount(labels).tolist() == [12] * 10
    assert torch.equal(images, choose_pictures(data, 12, 3)[0])
    assert not torch.equal(images, choose_pictures(data, 12, 4)[0])
    times = torch.bincount(repeat((torch.arange(7), torch.arange(7)), 20)[1])
    assert times.sum() == 20 and times.max() - times.min() == 1


def test_stop_ends_it_with_the_pairs_that_are_done(data: Data) -> None:
    controls = Controls()
    events = []
    for event in run_study(SMALL, Copier(data), data, controls):
        events.append(event)
        controls.stop = (isinstance(event, StudyScored) and event.seed == 0 and event.with_made) or controls.stop
    last = events[-1]
    assert isinstance(last, StudyFinished)
    assert (last.pairs, last.stopped) == (1, True)
    assert last.difference_spread == 0


def story(events: list[StudyEvent]) -> list[str]:
    return [repr(replace(event, seconds=0.0) if isinstance(event, StudyFinished) else event) for event in events]


@pytest.mark.parametrize("trainings", [1, 2, 3, 4])
def test_it_goes_on_elsewhere_with_the_training_that_was_under_way(trainings: int, data: Data) -> None:
    told: list[StudyEvent] = []
    states: list[State | None] = []  # at every sign of life
    stream = run_study(SMALL, Copier(data), data)
    for event in stream:
        if event is not None:
            told.append(event)  # type: ignore[arg-type]
        states.append(stream.state())
        if isinstance(event, StudyScored) and len(scores(told, False) + scores(told, True)) == trainings:
            break
    assert states[0] is None and states[-1] is not None
    for _ in range(3):  # into the next training, which begins again
        next(stream, None)
    later = stream.state()
    assert later and later.facts["with_made"] == states[-1].facts["with_made"] == scores(told, True)
    resumed = run_study(SMALL, Copier(data), data, resume=state_from_bytes(state_bytes(later)))
    rest = [event for event in resumed if event]
    assert story(told + rest) == story(run(SMALL, Copier(data), data))  # type: ignore[operator]


@pytest.mark.parametrize(
    "alone, with_made", [([], []), ([0.5], [0.5, 0.6]), ([0.5] * 3, [0.5] * 3), (["a"], []), (0, 0)]
)
def test_scores_that_are_not_those_of_the_study_are_refused(alone: object, with_made: object, data: Data) -> None:
    state = State({"random": torch.get_rng_state()}, {"alone": alone, "with_made": with_made, "seconds": 1.0})
    with pytest.raises(SpecError, match="checkpoint does not fit"):
        run_study(SMALL, Copier(data), data, resume=state)


def test_json_brings_a_study_back() -> None:
    assert STUDY_CODEC.from_json(json.loads(json.dumps(STUDY_CODEC.to_json(SMALL)))) == SMALL
    check_study(SMALL)


@pytest.mark.parametrize(
    "change",
    [
        {"gan_run": None},
        {"gan_run": "../secret"},
        {"gan_run": "x" * 65},
        {"gan": []},
        {"network": 7},
        {"per_digit": 5},
        {"per_digit": 10**6},
        {"added_per_digit": 2.5},
        {"seeds": 0},
        {"steps": "many"},
        {"maker": "x"},
        {7: 7},
    ],
)
def test_untrusted_json_is_refused_in_words(change: dict[object, object]) -> None:
    with pytest.raises(SpecError) as error:
        STUDY_CODEC.from_json({**STUDY_CODEC.to_json(SMALL), **change})
    assert error.value.what and error.value.cure


def test_a_gan_without_labels_and_a_network_that_reads_no_digits_are_refused() -> None:
    with pytest.raises(SpecError, match="no labels"):
        check_study(replace(SMALL, gan=RECIPES["dcgan"].gan))
    with pytest.raises(SpecError, match="generator reads no digits"):
        check_study(replace(SMALL, network=GAN.generator))
    with pytest.raises(SpecError, match="Study: this cannot be read"):
        STUDY_CODEC.from_json(None)
