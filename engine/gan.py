"""The training stream of a GAN: two networks against each other, told round by round."""

import copy
import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from torch import Tensor, nn

from engine import gan_quality
from engine.build import best_device, build
from engine.events import Diverged
from engine.gan_config import GanConfig, GanSpec
from engine.gan_events import FrameDrawn, GanEvaluated, GanEvent, GanFinished, GanStarted, GanStep, SettingChanged
from engine.gan_health import Health
from engine.gan_objective import discriminator_loss, generator_loss, gradient_penalty, verdict
from engine.gan_sampling import SHEET, contact_sheet, draw, fixed_z, frame_of, from_pixels
from engine.gan_slow import Slow
from engine.network import plan
from engine.objective import make_optimizer, update_of
from engine.streams import Clock, undisturbed

Who = Literal["both", "discriminator", "generator"]
GATHER_IMAGES = 1024
FIXED_SEED = 2026
FIRST_FRAMES = 0.2  # seconds between frames of the film at first, of busy time
LAST_FRAMES = 2.0
FRAMES_GROW = 25  # the gap is the time so far divided by this
EVALUATE_AFTER = (2.5, 5.0, 10.0, 15.0, 20.0)
EVALUATE_EVERY = 10.0
EVALUATE_IMAGES, FINAL_IMAGES = 1000, 2000
EXPLODED = 1e6


@dataclass(slots=True)
class GanControls:
    """What whoever drives a stream may set between two events: who is trained in the next round, the wish to see it in
    slow motion, new values of LIVE_SETTINGS, or the wish to stop."""

    only: Who = "both"
    slow: bool = False
    stop: bool = False
    changes: dict[str, float] = field(default_factory=dict)


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
    GanFinished or Diverged. None means "still evaluating, nothing to report".

    The same seed gives the same GanSteps to the last bit on the same kind of machine with the same number of threads;
    when frames and evaluations come depends on how fast it is.
    """
    clock = Clock()
    game = Game(models, gan, images, labels, controls or GanControls(), clock)
    return undisturbed(game.stream(), gan.config.seed, clock)


class Game:
    """One GAN on its way. Each method is one idea; `stream` puts them in order."""

    def __init__(
        self, models: GanModels, gan: GanSpec, images: Tensor, labels: Tensor, controls: GanControls, clock: Clock
    ) -> None:
        self.models, self.gan, self.controls, self.clock = models, gan, controls, clock
        self.images, self.labels = images[: gan.config.images], labels[: gan.config.images]
        self.config: GanConfig = gan.config
        self.conditional = gan.is_conditional
        self.device = next(models.generator.parameters()).device
        self.generator, self.discriminator = models.generator.train(), models.discriminator.train()
        self.g_weights, self.d_weights = list(self.generator.parameters()), list(self.discriminator.parameters())
        self.g_optimizer = make_optimizer(gan.config.generator_optimizer, self.g_weights)
        self.d_optimizer = make_optimizer(gan.config.discriminator_optimizer, self.d_weights)
        self.g_update, self.d_update = update_of(self.g_optimizer), update_of(self.d_optimizer)
        self.health = Health(gan)
        self.batches = self.endless_batches()
        self.penalty_points = torch.Generator().manual_seed(gan.config.seed + 2)
        self.step = self.frame = self.generator_steps = self.evaluations = 0
        self.last_frame = -math.inf
        self.next_evaluation = EVALUATE_AFTER[0]
        nothing = float("nan")
        self.done = GanStep(0, nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, 0)

    def stream(self) -> Iterator[GanEvent | Diverged | None]:
        """Round after round until the planned end, a wish to stop or figures that are no numbers."""
        yield self.started()
        yield self.film()
        while self.step < self.config.steps and not self.controls.stop:
            yield from self.settings_changed()
            yield from self.round()
            if self.has_exploded():
                yield self.diverged()
                return
            yield from self.health.after_step(self.done)
            if self.clock.seconds - self.last_frame >= self.frame_gap():
                yield self.film()
            if self.clock.seconds >= self.next_evaluation:
                yield from self.evaluate()
        yield from self.finish()

    def started(self) -> GanStarted:
        weights = [sum(w.numel() for w in side) for side in (self.g_weights, self.d_weights)]
        z = self.gan.generator.input_shape[0]
        real = gan_quality.real_distance(EVALUATE_IMAGES)
        steps, images = self.config.steps, len(self.images)
        return GanStarted(steps, weights[0], weights[1], z, self.conditional, images, str(self.device), real)

    def round(self) -> Iterator[GanEvent | Diverged | None]:
        """D's updates, then G's, on pictures that G has just made; or those of one of them alone."""
        only, slow = self.controls.only, Slow(self) if self.controls.slow else None
        self.controls.slow = False
        self.step += 1
        d_steps = self.config.discriminator_steps if only == "both" else int(only == "discriminator")
        g_steps = self.config.generator_steps if only == "both" else int(only == "generator")
        d_lr, g_lr = (float(o.param_groups[0]["lr"]) for o in (self.d_optimizer, self.g_optimizer))
        trained = bool(d_steps) + 2 * bool(g_steps)
        self.done = replace(self.done, step=self.step, d_lr=d_lr, g_lr=g_lr, trained=trained)
        made, labels = None, None
        for _ in range(d_steps):
            images, labels = next(self.batches)
            made = self.make(labels)
            self.train_discriminator(images, made, labels)
        if slow:
            slow.after_discriminator()
        for i in range(g_steps):
            if i or made is None or labels is None:
                _, labels = next(self.batches)
                made = self.make(labels)
            self.train_generator(made, labels)
        if slow:
            yield slow.shown(self.done)
        yield self.done

    def make(self, labels: Tensor) -> Tensor:
        """Pictures (B, 1, 28, 28) from new z, with their way back to G's weights."""
        z = torch.randn(len(labels), self.gan.generator.input_shape[0]).to(self.device)
        made: Tensor = self.generator(z, labels) if self.conditional else self.generator(z)
        return made

    def judge(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """D's scores (B, 1), through the noise that both kinds of pictures get."""
        if self.config.instance_noise:
            pictures = pictures + self.config.instance_noise * torch.randn_like(pictures)
        scores: Tensor = self.discriminator(pictures, labels) if self.conditional else self.discriminator(pictures)
        return scores

    def train_discriminator(self, images: Tensor, made: Tensor, labels: Tensor) -> None:
        """One update of D: real up, made down. The made ones are only looked at: nothing flows back to G."""
        made = made.detach()
        real_scores, made_scores = self.judge(images, labels), self.judge(made, labels)
        loss_of = self.config.loss
        loss = discriminator_loss(loss_of, real_scores, made_scores, self.config.label_smoothing)
        total = loss
        if loss_of.kind == "WassersteinGP":
            slopes = gradient_penalty(lambda x: self.judge(x, labels), images, made, self.penalty_points)
            total = loss + loss_of["penalty"] * slopes
        norm = self.update(total, self.d_weights, self.d_update)
        real, judged = (float(verdict(loss_of, scores.detach()).mean()) for scores in (real_scores, made_scores))
        self.done = replace(self.done, d_loss=loss.item(), real=real, made=judged, d_gradient=norm)

    def train_generator(self, made: Tensor, labels: Tensor) -> None:
        """One update of G, through a D that stays as it is."""
        self.discriminator.requires_grad_(False)
        scores = self.judge(made, labels)
        loss = generator_loss(self.config.loss, scores)
        norm = self.update(loss, self.g_weights, self.g_update)
        self.discriminator.requires_grad_(True)
        self.generator_steps += 1
        self.average()
        changes = {"g_loss": loss.item(), "g_gradient": norm}
        if not self.done.trained & 1:  # D was not asked before
            changes["made"] = float(verdict(self.config.loss, scores.detach()).mean())
        self.done = replace(self.done, **changes)  # type: ignore[arg-type]

    @staticmethod
    def update(loss: Tensor, weights: list[nn.Parameter], update: Callable[[], None]) -> float:
        """Backward and one step; the norm of the gradient."""
        for weight in weights:
            weight.grad = None
        loss.backward()  # type: ignore[no-untyped-call]
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        norm = torch.stack(torch._foreach_norm(gradients)).norm()
        update()
        return float(norm)

    def average(self) -> None:
        """Let the running mean follow; it follows faster at the beginning, when there is little to remember."""
        if self.models.average is None:
            return
        memory = min(self.config.ema, (1 + self.generator_steps) / (10 + self.generator_steps))
        pairs = zip(self.models.average.state_dict().values(), self.generator.state_dict().values(), strict=True)
        kept, new = zip(*((a, b) for a, b in pairs if a.is_floating_point()), strict=True)
        torch._foreach_lerp_(kept, new, 1 - memory)

    def endless_batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Real pictures (B, 1, 28, 28) from -1 to 1 and their labels, in a new order each time round."""
        size, epoch = self.config.batch_size, 0
        while True:
            epoch += 1
            chance = torch.Generator().manual_seed(self.config.seed * 1_000_003 + epoch)
            order = torch.randperm(len(self.images), generator=chance)
            for chosen in torch.split(order, max(1, GATHER_IMAGES // size) * size):
                images = from_pixels(self.images.index_select(0, chosen).to(self.device))
                labels = self.labels.index_select(0, chosen).to(self.device)
                for batch in zip(torch.split(images, size), torch.split(labels, size), strict=True):
                    if len(batch[1]) > 1 or size == 1:
                        yield batch

    def settings_changed(self) -> Iterator[GanEvent]:
        while self.controls.changes:
            name, value = self.controls.changes.popitem()
            if name.endswith("_lr"):
                optimizer = self.g_optimizer if name == "generator_lr" else self.d_optimizer
                optimizer.param_groups[0]["lr"] = value
            else:
                whole = name.endswith("_steps")
                self.config = replace(self.config, **{name: int(value) if whole else value})  # type: ignore[arg-type]
            change = SettingChanged(self.step, name, value)
            self.health.after_change(change)
            yield change

    def frame_gap(self) -> float:
        return min(LAST_FRAMES, max(FIRST_FRAMES, self.clock.seconds / FRAMES_GROW))

    def film(self) -> FrameDrawn:
        """The next frame: always the same z and labels, so that what changes is G."""
        z, labels = fixed_z(self.gan, SHEET, FIXED_SEED)
        sheet = contact_sheet(draw(self.models.maker, z, labels, self.conditional))
        self.frame += 1
        self.last_frame = self.clock.seconds
        return FrameDrawn(self.step, self.last_frame, self.frame, *frame_of(sheet))

    def evaluate(self) -> Iterator[GanEvent | Diverged | None]:
        quality = yield from self.quality(EVALUATE_IMAGES)
        self.evaluations += 1
        later = EVALUATE_AFTER[self.evaluations :] or (self.clock.seconds + EVALUATE_EVERY,)
        self.next_evaluation = later[0]
        done = GanEvaluated(self.step, self.clock.seconds, **quality.figures, images=EVALUATE_IMAGES)
        yield done
        yield from self.health.after_evaluation(done)

    def quality(self, count: int) -> Generator[None, None, gan_quality.Quality]:
        z, labels = fixed_z(self.gan, count, FIXED_SEED + 1 + self.step)
        return (yield from gan_quality.measured(self.models.maker, z, labels, self.conditional))

    def has_exploded(self) -> bool:
        losses = [self.done.d_loss] * (self.done.trained & 1) + [self.done.g_loss] * (self.done.trained >> 1)
        return not all(abs(loss) <= EXPLODED for loss in losses)

    def diverged(self) -> Diverged:
        why = f"The losses are no longer usable numbers at round {self.step:,}: D and G overshoot each other."
        return Diverged(self.step, why, "Try learning rates ten times smaller, or spectral norm in D.")

    def finish(self) -> Iterator[GanEvent | Diverged | None]:
        seconds = self.clock.seconds
        yield self.film()
        quality = yield from self.quality(FINAL_IMAGES)
        yield GanFinished(
            self.step,
            seconds,
            **quality.figures,
            images=FINAL_IMAGES,
            frames=self.frame,
            generator_steps=self.generator_steps,
            stopped=self.controls.stop,
        )
