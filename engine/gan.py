"""The training stream of a GAN: two networks against each other, told round by round."""

import copy
import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from engine import gan_quality
from engine.build import best_device, build
from engine.events import Diverged
from engine.gan_config import GanSpec
from engine.gan_duel import Board, Duel, Who
from engine.gan_events import FrameDrawn, GanEvaluated, GanEvent, GanFinished, GanStarted, GanStep, RoundShown
from engine.gan_health import Health
from engine.gan_sampling import SHEET, contact_sheet, draw, fixed_z, frame_of, from_pixels
from engine.gan_slow import Slow
from engine.network import plan
from engine.streams import Clock, Stream

GATHER_IMAGES = 1024
FIXED_SEED = 2026
FIRST_FRAMES = 0.2  # seconds between frames of the film at first, of busy time
LAST_FRAMES = 2.0
FRAMES_GROW = 25  # the gap is the time so far divided by this
EVALUATE_AFTER = (2.5, 5.0, 10.0, 15.0, 20.0)
EVALUATE_EVERY = 10.0
EVALUATE_IMAGES, FINAL_IMAGES = 1000, 2000


@dataclass(slots=True)
class GanControls:
    """What whoever drives a stream may set between two events: who is trained in the next round, the wish to see it in
    slow motion, new values of LIVE_SETTINGS, or the wish to stop. The stream tells with `in_round` that it is in the
    middle of a round."""

    only: Who = "both"
    slow: bool = False
    stop: bool = False
    changes: dict[str, float] = field(default_factory=dict)
    in_round: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class GanModels:
    """Both networks, and the running mean of the generator's weights where the recipe asks for one."""

    generator: nn.Sequential
    discriminator: nn.Sequential
    average: nn.Sequential | None

    @property
    def maker(self) -> nn.Sequential:
        """The one that makes the pictures that are shown."""
        return self.average or self.generator


def make_gan(gan: GanSpec) -> GanModels:
    """Fresh networks, their weights drawn from the seed alone, on the best device here. Raises SpecError."""
    generator = build(plan(gan.generator), gan.config.seed).to(best_device())
    discriminator = build(plan(gan.discriminator), gan.config.seed + 1).to(best_device())
    return GanModels(generator, discriminator, copy.deepcopy(generator) if gan.config.ema else None)


def train_gan(
    models: GanModels, gan: GanSpec, images: Tensor, labels: Tensor, controls: GanControls | None = None
) -> Iterator[GanEvent | Diverged | None]:
    """Train both networks in place on images uint8 (N, 28, 28) and labels int64 (N,), and report; the last event is
    GanFinished or Diverged. None means "in the middle of a round or an evaluation, nothing to report".

    The same seed gives the same GanSteps to the last bit on the same kind of machine with the same number of threads;
    when frames and evaluations come depends on how fast it is.
    """
    clock = Clock()
    game = Game(models, gan, images, labels, controls or GanControls(), clock)
    return Stream(game.stream(), gan.config.seed, clock)


class Game:
    """One GAN on its way. Each method is one idea; `stream` puts them in order."""

    def __init__(
        self, models: GanModels, gan: GanSpec, images: Tensor, labels: Tensor, controls: GanControls, clock: Clock
    ) -> None:
        self.models, self.gan, self.controls, self.clock = models, gan, controls, clock
        self.images, self.labels = images[: gan.config.images], labels[: gan.config.images]
        self.conditional = gan.is_conditional
        self.device = next(models.generator.parameters()).device
        config, sides = gan.config, (models.generator.train(), models.discriminator.train())
        optimizers = config.generator_optimizer, config.discriminator_optimizer
        self.duel = Duel(sides, config, optimizers, Board(self.batches(), self.make, self.judge), config.seed)
        self.health = Health(gan)
        self.frames = self.evaluations = 0
        self.last_frame, self.filmed = -math.inf, -1  # seconds and round of the newest frame
        self.next_evaluation = EVALUATE_AFTER[0]

    def stream(self) -> Iterator[GanEvent | Diverged | None]:
        """Round after round until the planned end, a wish to stop or figures that are no numbers."""
        yield self.started()
        yield self.film()
        while self.duel.done.step < self.gan.config.steps and not self.controls.stop:
            for change in self.duel.change(self.controls.changes):
                self.health.after_change(change)
                yield change
            yield from self.round()
            if self.duel.has_exploded:
                told = self.health.diverged(self.duel.done)
                yield told
                yield Diverged(told.step, told.why, "Try learning rates ten times smaller, or spectral norm in D.")
                return
            yield from self.health.after_step(self.duel.done)
            if self.clock.seconds >= self.next_evaluation:
                yield from self.evaluate()
        yield from self.finish()

    def started(self) -> GanStarted:
        z, real = self.gan.generator.input_shape[0], gan_quality.real_distance(EVALUATE_IMAGES)
        steps, images, device = self.gan.config.steps, len(self.images), str(self.device)
        return GanStarted(steps, *self.duel.parameters, z, self.conditional, images, device, real)

    def round(self) -> Iterator[FrameDrawn | RoundShown | GanStep | None]:
        """A round of both sides or of one alone. Its pictures come before its figures: a step by hand has them."""
        slow = Slow(self) if self.controls.slow else None
        by_hand = slow is not None or self.controls.only != "both"
        self.controls.slow, self.controls.in_round = False, True
        for learned in self.duel.round(self.controls.only):
            if learned == "generator":
                self.average()
            elif slow:
                slow.after_discriminator()
            yield None
        self.controls.in_round = False
        if by_hand or self.clock.seconds - self.last_frame >= self.frame_gap():
            yield self.film()
        if slow:
            yield slow.shown(self.duel.done)
        yield self.duel.done

    def make(self, labels: Tensor) -> Tensor:
        """Pictures (B, 1, 28, 28) from new z, with their way back to G's weights."""
        z = torch.randn(len(labels), self.gan.generator.input_shape[0]).to(self.device)
        made: Tensor = self.models.generator(z, labels) if self.conditional else self.models.generator(z)
        return made

    def judge(self, pictures: Tensor, labels: Tensor) -> Tensor:
        discriminator = self.models.discriminator
        scores: Tensor = discriminator(pictures, labels) if self.conditional else discriminator(pictures)
        return scores

    def average(self) -> None:
        """Let the running mean follow; it follows faster at the beginning, when there is little to remember."""
        if self.models.average is None:
            return
        steps = self.duel.generator_steps
        memory = min(self.gan.config.ema, (1 + steps) / (10 + steps))
        pairs = zip(self.models.average.state_dict().values(), self.models.generator.state_dict().values(), strict=True)
        kept, new = zip(*((a, b) for a, b in pairs if a.is_floating_point()), strict=True)
        torch._foreach_lerp_(kept, new, 1 - memory)

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Real pictures (B, 1, 28, 28) from -1 to 1 and their labels, in a new order each time round."""
        size, epoch = self.gan.config.batch_size, 0
        while True:
            epoch += 1
            chance = torch.Generator().manual_seed(self.gan.config.seed * 1_000_003 + epoch)
            order = torch.randperm(len(self.images), generator=chance)
            for chosen in torch.split(order, max(1, GATHER_IMAGES // size) * size):
                images = from_pixels(self.images.index_select(0, chosen).to(self.device))
                labels = self.labels.index_select(0, chosen).to(self.device)
                for batch in zip(torch.split(images, size), torch.split(labels, size), strict=True):
                    if len(batch[1]) > 1 or size == 1:
                        yield batch

    def frame_gap(self) -> float:
        return min(LAST_FRAMES, max(FIRST_FRAMES, self.clock.seconds / FRAMES_GROW))

    def film(self) -> FrameDrawn:
        """The next frame: always the same z and labels, so that what changes is G."""
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
        return (yield from gan_quality.measured(self.models.maker, z, labels, self.conditional))

    def finish(self) -> Iterator[GanEvent | Diverged | None]:
        seconds = self.clock.seconds
        if self.filmed != self.duel.done.step:
            yield self.film()
        quality = yield from self.quality(FINAL_IMAGES)
        yield GanFinished(
            self.duel.done.step,
            seconds,
            **quality.figures,
            images=FINAL_IMAGES,
            frames=self.frames,
            generator_steps=self.duel.generator_steps,
            stopped=self.controls.stop,
        )
