"""The stream of a study: does a classifier with few real pictures read better with a GAN's pictures added?"""

from collections.abc import Generator, Iterator
from statistics import fmean, stdev

import torch
from torch import Tensor, nn

from engine.data.mnist import Data
from engine.gan.sampling import contact_sheet, draw
from engine.network.build import best_device, build
from engine.network.spec import CLASSES, plan
from engine.study.config import Study
from engine.study.events import StudyEvent, StudyFinished, StudyScored, StudyStarted, StudyWent
from engine.training.events import Diverged, Finished, StepDone
from engine.training.facts import fact, misfit
from engine.training.predict import data_url
from engine.training.streams import Clock, Controls, State, Stream
from engine.training.train import train

AT_ONCE = 100  # pictures
TELL_EVERY = 10  # steps

Pictures = tuple[Tensor, Tensor]


def run_study(
    study: Study, maker: nn.Module, data: Data, controls: Controls | None = None, resume: State | None = None
) -> Stream[StudyEvent | Diverged | None]:
    """Train pair after pair on real pictures alone and on real and made ones by the generator `maker`, and report; the
    last event is StudyFinished or Diverged. None means "still at work, nothing to report". Same seed, same accuracies.

    From its first score on the stream always has a state; from such a state, `resume`, it starts the unfinished
    training again. Raises SpecError for a state that does not fit.
    """
    clock = Clock()
    one = _Study(study, maker, data, controls or Controls(), clock)
    if resume is not None:
        one.resume(resume)
    return Stream(one.stream(), study.seed, clock, one.state, resume)


class _Study:
    """One study."""

    def __init__(self, study: Study, maker: nn.Module, data: Data, controls: Controls, clock: Clock) -> None:
        self.study, self.maker, self.data, self.controls, self.clock = study, maker, data, controls, clock
        self.scores: dict[bool, list[float]] = {False: [], True: []}

    @property
    def training(self) -> int:
        """The number of the current training, from 1."""
        return 1 + sum(map(len, self.scores.values()))

    def stream(self) -> Iterator[StudyEvent | Diverged | None]:
        if self.training == 1:
            yield self.started()
        pairs = range(len(self.scores[True]), self.study.seeds)
        for seed in (self.study.seed + pair for pair in pairs):
            real = choose_pictures(self.data, self.study.per_digit, seed)
            made = yield from self.made(seed)
            alone_is_known = len(self.scores[False]) > len(self.scores[True])
            for with_made in (True,) if alone_is_known else (False, True):
                pictures = together(real, made) if with_made else repeat(real, self.study.pictures)
                score = yield from self.one_training(pictures, seed)
                if isinstance(score, Diverged):
                    yield score
                    return
                if score is None:
                    yield self.finished()
                    return
                self.scores[with_made].append(score)
                yield StudyScored(seed, with_made, score)
        yield self.finished()

    def state(self, _: object) -> State | None:
        """The scores so far; None before the first."""
        return (
            State(facts={"alone": [*self.scores[False]], "with_made": [*self.scores[True]]})
            if self.training > 1
            else None
        )

    def resume(self, state: State) -> None:
        """Restore the scores of `state`. Raises SpecError."""
        alone, with_made = (fact(state.facts, name, list) for name in ("alone", "with_made"))
        in_turn = len(with_made) <= len(alone) <= len(with_made) + 1 and 1 <= len(alone) <= self.study.seeds
        if not in_turn or not all(type(score) is float for score in (*alone, *with_made)):
            raise misfit()
        self.scores = {False: [*alone], True: [*with_made]}

    def started(self) -> StudyStarted:
        study = self.study
        z = torch.randn(
            CLASSES, study.gan.generator.input_shape[0], generator=torch.Generator().manual_seed(study.seed)
        )
        strip = data_url(contact_sheet(draw(self.maker, z, torch.arange(CLASSES), conditional=True)))
        steps, seen = study.training(study.seed).steps, study.gan.config.images
        device = str(best_device())
        return StudyStarted(2 * study.seeds, steps, study.per_digit, study.added_per_digit, seen, device, strip)

    def made(self, seed: int) -> Generator[None, None, Pictures]:
        """Make the pictures to add, equally many of each digit: uint8 (N, 28, 28), with the labels that G was given."""
        labels = torch.arange(CLASSES).repeat_interleave(self.study.added_per_digit)
        chance = torch.Generator().manual_seed(seed + 1_000_003)
        z = torch.randn(len(labels), self.study.gan.generator.input_shape[0], generator=chance)
        parts = []
        for some, which in zip(torch.split(z, AT_ONCE), torch.split(labels, AT_ONCE), strict=True):
            parts.append(draw(self.maker, some, which, conditional=True))
            yield None
        return torch.cat(parts), labels

    def one_training(
        self, pictures: Pictures, seed: int
    ) -> Generator[StudyEvent | None, None, float | Diverged | None]:
        """Train once; returns the test accuracy, or None when the visitor stopped the study."""
        config, model = self.study.training(seed), build(plan(self.study.network), seed).to(best_device())
        for event in train(model, config, Data(*pictures, self.data.test_images, self.data.test_labels)):
            if self.controls.stop:
                return None
            match event:
                case Finished():
                    return event.test_accuracy
                case Diverged():
                    return event
                case StepDone() if event.step % TELL_EVERY == 0:
                    yield StudyWent(self.training, event.step)
                case _:
                    yield None
        raise AssertionError("a training ends with its figures")

    def finished(self) -> StudyFinished:
        pairs = list(zip(self.scores[False], self.scores[True], strict=False))
        real, mixed = [without for without, _ in pairs], [with_made for _, with_made in pairs]
        gains = [b - a for a, b in pairs]
        gain = _summarise(gains)
        agree = sum(one * gain[0] > 0 for one in gains)
        seconds, stopped = self.clock.seconds, self.controls.stop
        return StudyFinished(len(pairs), *_summarise(real), *_summarise(mixed), *gain, agree, seconds, stopped)


def choose_pictures(data: Data, per_digit: int, seed: int) -> Pictures:
    """Choose `per_digit` training pictures of each digit at random: uint8 (N, 28, 28), and their labels."""
    chance = torch.Generator().manual_seed(seed)
    places = [(data.train_labels == digit).nonzero().flatten() for digit in range(CLASSES)]
    some = torch.cat([p[torch.randperm(len(p), generator=chance)[:per_digit]] for p in places])
    return data.train_images[some], data.train_labels[some]


def together(real: Pictures, made: Pictures) -> Pictures:
    return torch.cat([real[0], made[0]]), torch.cat([real[1], made[1]])


def repeat(real: Pictures, count: int) -> Pictures:
    """Repeat the real pictures until there are `count`, each nearly equally often."""
    places = torch.arange(count) % len(real[1])
    return real[0][places], real[1][places]


def _summarise(scores: list[float]) -> tuple[float, float]:
    """The mean and sample standard deviation; 0 where there are too few scores."""
    return fmean(scores) if scores else 0.0, stdev(scores) if len(scores) > 1 else 0.0
