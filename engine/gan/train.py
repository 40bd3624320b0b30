"""The training stream of a GAN: two networks against each other, with an event for every round."""

import math
from collections.abc import Generator, Iterator

import torch
from torch import Tensor

from engine.data.batches import batches, shuffle
from engine.gan import quality as gan_quality
from engine.gan.config import GanSpec
from engine.gan.duel import ALONE, Board, Duel
from engine.gan.events import (
    GanEvaluated,
    GanEvent,
    GanFinished,
    GanStarted,
    GanStep,
    RoundShown,
)
from engine.gan.health import Health
from engine.gan.sampling import SHEET, GanModels, contact_sheet, draw, fixed_z, frame_of, from_pixels
from engine.gan.slow_motion import Slow
from engine.text import Text
from engine.training.events import Diverged, FrameDrawn
from engine.training.facts import fact, misfit
from engine.training.saving import fill_module, module_state
from engine.training.streams import Clock, Controls, State, Stream, combine_states

FIXED_SEED = 2026
FIRST_FRAMES = 0.2  # seconds between frames of the film at first, of busy time
LAST_FRAMES = 2.0
FRAMES_GROW = 25  # the gap is the time so far divided by this
EVALUATE_AFTER = (2.5, 5.0, 10.0, 15.0, 20.0)
EVALUATE_EVERY = 10.0
COUNTS, TIMES = ("epoch", "seen", "frames", "evaluations", "filmed"), ("last_frame", "next_evaluation")
EVALUATE_IMAGES, FINAL_IMAGES = 1000, 2000


def train_gan(
    models: GanModels,
    gan: GanSpec,
    images: Tensor,
    labels: Tensor,
    controls: Controls | None = None,
    resume: State | None = None,
) -> Stream[GanEvent | Diverged | None]:
    """Train both networks in place on images uint8 (N, 28, 28) and labels int64 (N,), and report; the last event is
    GanFinished or Diverged. None means "in the middle of a round or an evaluation, nothing to report".

    The same seed gives the same GanSteps to the last bit on the same kind of machine with the same number of threads;
    when frames and evaluations come depends on how fast it is. The stream has a state right after a GanStep; from such
    a state, `resume`, it continues with the next round. Raises SpecError for a state that does not fit.
    """
    clock = Clock()
    game = Game(models, gan, images, labels, controls or Controls(), clock)
    if resume is not None:
        game.resume(resume)
    return Stream(game.stream(), gan.config.seed, clock, game.state, resume, game.device)


class Game:
    """One training of a GAN. Each method is one idea; `stream` calls them in order."""

    def __init__(
        self, models: GanModels, gan: GanSpec, images: Tensor, labels: Tensor, controls: Controls, clock: Clock
    ) -> None:
        self.models, self.gan, self.controls, self.clock = models, gan, controls, clock
        self.images, self.labels = images[: gan.config.images], labels[: gan.config.images]
        self.conditional = gan.is_conditional
        self.device = next(models.generator.parameters()).device
        config, sides = gan.config, (models.generator.train(), models.discriminator.train())
        optimizers = config.generator_optimizer, config.discriminator_optimizer
        self.duel = Duel(sides, config, optimizers, Board(self.batches(), self.make, self.judge), config.seed)
        self.health = Health(gan)
        self.epoch = self.seen = 0  # epochs of the real pictures, and those used in this one
        self.frames = self.evaluations = 0
        self.last_frame, self.filmed = -math.inf, -1  # seconds and round of the newest frame
        self.next_evaluation = EVALUATE_AFTER[0]

    @property
    def step(self) -> int:
        return self.duel.done.step

    def stream(self) -> Iterator[GanEvent | Diverged | None]:
        """Train round after round until the planned end, a stop or losses that are no numbers."""
        if not self.step:
            yield self.started()
            yield self.film()
        while True:
            if self.step:
                yield from self.judge_health()
            if self.duel.has_exploded:
                return
            if self.step >= self.gan.config.steps or self.controls.stop:
                break
            for change in self.duel.change(self.controls.changes):
                self.health.after_change(change)
                yield change
            yield from self.round()
        yield from self.finish()

    def judge_health(self) -> Iterator[GanEvent | Diverged | None]:
        """Judge the health after a round."""
        if self.duel.has_exploded:
            told = self.health.diverged(self.duel.done)
            yield told
            yield Diverged(told.step, told.why, Text("Try learning rates ten times smaller, or spectral norm in D."))
            return
        yield from self.health.after_step(self.duel.done)
        if self.clock.seconds >= self.next_evaluation:
            yield from self.evaluate()

    def started(self) -> GanStarted:
        z, real = self.gan.generator.input_shape[0], gan_quality.real_distance(EVALUATE_IMAGES)
        steps, images, device = self.gan.config.steps, len(self.images), str(self.device)
        return GanStarted(steps, *self.duel.parameters, z, self.conditional, images, device, real)

    def round(self) -> Iterator[FrameDrawn | RoundShown | GanStep | None]:
        """Do a round of both networks or of one alone. Its pictures come before its figures, so that a step by hand
        ends with both."""
        order, self.controls.in_step = self.controls.order, True
        slow = Slow(self.gan, self.models, self.images, self.labels, self.step) if order == "slow" else None
        by_hand = slow is not None or order in ALONE
        for learned in self.duel.round(ALONE.get(order, "both")):
            if learned == "generator":
                self.average()
            elif slow:
                slow.after_discriminator()
            yield None
        if by_hand or self.clock.seconds - self.last_frame >= self.frame_gap():
            yield self.film()
        if slow:
            yield slow.shown(self.duel.done)
        self.controls.in_step = False
        yield self.duel.done

    def make(self, labels: Tensor) -> Tensor:
        """Make pictures (B, 1, 28, 28) from new z, with gradients."""
        z = torch.randn(len(labels), self.gan.generator.input_shape[0]).to(self.device)
        made: Tensor = self.models.generator(z, labels) if self.conditional else self.models.generator(z)
        return made

    def judge(self, pictures: Tensor, labels: Tensor) -> Tensor:
        discriminator = self.models.discriminator
        scores: Tensor = discriminator(pictures, labels) if self.conditional else discriminator(pictures)
        return scores

    def average(self) -> None:
        """Update the running mean of G's weights, faster at the beginning."""
        if self.models.average is None:
            return
        steps = self.duel.generator_steps
        memory = min(self.gan.config.ema, (1 + steps) / (10 + steps))
        pairs = zip(self.models.average.state_dict().values(), self.models.generator.state_dict().values(), strict=True)
        kept, new = zip(*((a, b) for a, b in pairs if a.is_floating_point()), strict=True)
        torch._foreach_lerp_(kept, new, 1 - memory)

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield real pictures (B, 1, 28, 28) from -1 to 1 and their labels, in a new order in each epoch."""
        config = self.gan.config
        while True:
            if not self.seen:
                self.epoch += 1
            left = shuffle(len(self.images), config.seed, self.epoch)[self.seen :]
            for batch in batches(self.images, self.labels, left, config.batch_size, from_pixels, self.device):
                self.seen += len(batch[1])
                if len(batch[1]) > 1 or config.batch_size == 1:
                    yield batch
            self.seen = 0

    def state(self, newest: GanEvent | Diverged | None) -> State | None:
        """The state to resume from after `newest`, which must be a round."""
        if newest is not self.duel.done:
            return None
        facts = {"health": self.health.kept(), **{name: getattr(self, name) for name in (*COUNTS, *TIMES)}}
        average = State() if self.models.average is None else module_state(self.models.average)
        return combine_states(duel=self.duel.state(), average=average, game=State(facts=facts))

    def resume(self, state: State) -> None:
        """Restore `state`. Raises SpecError."""
        self.duel.resume(state.part("duel"))
        if self.models.average is not None:
            fill_module(self.models.average, state.part("average"))
        game = state.part("game").facts
        self.health.resume(fact(game, "health", dict))
        for name in COUNTS:
            setattr(self, name, fact(game, name, int))
        for name in TIMES:
            setattr(self, name, fact(game, name, float))
        if not (1 <= self.step <= self.gan.config.steps and 0 <= self.seen <= len(self.images)):
            raise misfit()

    def frame_gap(self) -> float:
        return min(LAST_FRAMES, max(FIRST_FRAMES, self.clock.seconds / FRAMES_GROW))

    def film(self) -> FrameDrawn:
        """Draw the next frame, always from the same z and labels, so that changes show how G learns."""
        z, labels = fixed_z(self.gan, SHEET, FIXED_SEED)
        sheet = contact_sheet(draw(self.models.maker, z, labels, self.conditional))
        self.frames += 1
        self.last_frame, self.filmed = self.clock.seconds, self.duel.done.step
        return FrameDrawn(self.duel.done.step, self.last_frame, self.frames, *frame_of(sheet))

    def evaluate(self) -> Iterator[GanEvent | Diverged | None]:
        quality = yield from self.quality(EVALUATE_IMAGES)
        self.evaluations += 1
        later = EVALUATE_AFTER[self.evaluations :] or (self.clock.seconds + EVALUATE_EVERY,)
        self.next_evaluation = later[0]
        done = GanEvaluated(self.duel.done.step, self.clock.seconds, **quality.figures, images=EVALUATE_IMAGES)
        yield done
        yield from self.health.after_evaluation(done)

    def quality(self, count: int) -> Generator[None, None, gan_quality.Quality]:
        z, labels = fixed_z(self.gan, count, FIXED_SEED + 1 + self.duel.done.step)
        return (yield from gan_quality.measure(self.models.maker, z, labels, self.conditional))

    def finish(self) -> Iterator[GanEvent | Diverged | None]:
        seconds = self.clock.seconds
        if self.filmed != self.duel.done.step:
            yield self.film()
        quality = yield from self.quality(FINAL_IMAGES)
        done = GanFinished(
            self.duel.done.step,
            seconds,
            **quality.figures,
            images=FINAL_IMAGES,
            frames=self.frames,
            generator_steps=self.duel.generator_steps,
            stopped=self.controls.stop,
        )
        if self.health.is_alike:
            yield from self.health.after_evaluation(done)
        yield done
