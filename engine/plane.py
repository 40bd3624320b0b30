"""The training stream of a GAN in the plane: two small networks, points instead of pictures, told round by round."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice, pairwise

import torch
from torch import Tensor, nn

from engine.events import Diverged
from engine.gan import GanControls, GanModels
from engine.gan_events import FrameDrawn, GanStep, SettingChanged
from engine.gan_objective import discriminator_loss, generator_loss, gradient_penalty, verdict
from engine.objective import make_optimizer, update_of
from engine.optimizers import OPTIMIZERS
from engine.params import choose
from engine.plane_config import TARGETS, PlaneGan, check_plane
from engine.plane_events import PlaneFinished, PlaneStarted
from engine.plane_frame import COMPARED, EXTENT, SAMPLED, frame, frame_bytes, whole
from engine.plane_points import agreement, real_points
from engine.streams import Clock, undisturbed

STRETCH = 4.0  # PyTorch's first weights are small for points within 1 of the middle: D would be too smooth for long
FIXED_SEED = 2026
SHOWN, FINAL_POINTS = 200, 1000
FIRST_FRAMES, LAST_FRAMES = 0.125, 2.0  # seconds of busy time between frames, at first and at most
FRAMES_GROW = 40  # the gap is the time so far divided by this
STOOD = 0.2  # seconds after which whoever steps by hand has a frame for each round
EXPLODED = 1e6

PlaneEvent = PlaneStarted | GanStep | FrameDrawn | SettingChanged | PlaneFinished | Diverged


class Stretched(nn.Module):
    """Its input, STRETCH times as large."""

    def forward(self, points: Tensor) -> Tensor:
        return STRETCH * points


def make_plane(plane: PlaneGan) -> GanModels:
    """Fresh networks, their weights drawn from the seed alone; they stay on the processor, which is faster for them."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(plane.seed)
        generator = nn.Sequential(*_layers(plane.z, plane, nn.ReLU), nn.Linear(plane.units, 2))
        hidden = _layers(2, plane, lambda: nn.LeakyReLU(0.2))
        return GanModels(generator, nn.Sequential(Stretched(), *hidden, nn.Linear(plane.units, 1)), None)


def _layers(inputs: int, plane: PlaneGan, activation: Callable[[], nn.Module]) -> list[nn.Module]:
    widths = [inputs, *[plane.units] * plane.layers]
    return [part for a, b in pairwise(widths) for part in (nn.Linear(a, b), activation())]


def train_plane(
    plane: PlaneGan, controls: GanControls | None = None, models: GanModels | None = None
) -> Iterator[PlaneEvent | None]:
    """Train both networks, fresh ones unless given, and report; the last event is PlaneFinished or Diverged.

    The same seed gives the same GanSteps to the last bit on the same kind of machine; when frames come depends on how
    fast it is. None means "in the middle of a round".
    """
    clock = Clock()
    game = PlaneGame(models or make_plane(plane), plane, controls or GanControls(), clock)
    return undisturbed(game.stream(), plane.seed, clock)


class PlaneGame:
    """One GAN in the plane on its way; see Game in engine/gan.py for the same with pictures."""

    def __init__(self, models: GanModels, plane: PlaneGan, controls: GanControls, clock: Clock) -> None:
        self.plane, self.controls, self.clock = plane, controls, clock
        self.generator, self.discriminator = models.generator, models.discriminator
        self.g_weights, self.d_weights = list(self.generator.parameters()), list(self.discriminator.parameters())
        self.g_optimizer = self.optimizer(plane.generator_lr, self.g_weights)
        self.d_optimizer = self.optimizer(plane.discriminator_lr, self.d_weights)
        self.g_update, self.d_update = update_of(self.g_optimizer), update_of(self.d_optimizer)
        self.penalty_points = torch.Generator().manual_seed(plane.seed + 2)
        chance = torch.Generator().manual_seed(FIXED_SEED)
        self.z = torch.randn(SAMPLED, plane.z, generator=chance)
        self.real = real_points(plane, COMPARED, chance)
        self.step = self.frames = 0
        self.last_frame = -math.inf
        self.left = math.inf
        nothing = float("nan")
        self.done = GanStep(0, nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, 0)

    def optimizer(self, lr: float, weights: list[nn.Parameter]) -> torch.optim.Optimizer:
        return make_optimizer(choose(OPTIMIZERS, "Adam", {"lr": lr, "beta1": self.plane.beta1}, "Optimizer"), weights)

    def stream(self) -> Iterator[PlaneEvent | None]:
        """Round after round until the planned end, a wish to stop or figures that are no numbers."""
        yield self.started()
        yield self.film()
        while self.step < self.plane.steps and not self.controls.stop:
            stood = self.clock.resumed - self.left > STOOD
            yield from self.settings_changed()
            yield from self.round()
            if self.has_exploded():
                yield self.done
                yield self.diverged()
                return
            if stood or self.clock.seconds - self.last_frame >= self.frame_gap():
                yield self.film()  # before the round is told, so that a single step ends with its picture
            self.left = time.perf_counter()
            yield self.done
        yield self.film()
        yield self.finished()

    def started(self) -> PlaneStarted:
        plane = self.plane
        weights = [sum(w.numel() for w in side) for side in (self.g_weights, self.d_weights)]
        real = tuple(whole(self.real[:SHOWN], 1000))
        modes = len(TARGETS[plane.target].centres)
        return PlaneStarted(plane.steps, weights[0], weights[1], plane.z, "cpu", real, EXTENT, modes)

    def round(self) -> Iterator[None]:
        """D's updates, then G's; or those of one of them alone."""
        only, plane = self.controls.only, self.plane
        self.controls.slow = False
        self.step += 1
        d_steps = plane.discriminator_steps if only == "both" else int(only == "discriminator")
        g_steps = plane.generator_steps if only == "both" else int(only == "generator")
        d_lr, g_lr = (float(o.param_groups[0]["lr"]) for o in (self.d_optimizer, self.g_optimizer))
        trained = bool(d_steps) + 2 * bool(g_steps)
        self.done = replace(self.done, step=self.step, d_lr=d_lr, g_lr=g_lr, trained=trained)
        for i in range(d_steps):
            if i:
                yield None
            self.train_discriminator()
        for i in range(g_steps):
            if i or d_steps:
                yield None
            self.train_generator(judges_alone=not d_steps)

    def make(self) -> Tensor:
        """Points (B, 2) from new z."""
        made: Tensor = self.generator(torch.randn(self.plane.batch_size, self.plane.z))
        return made

    def judge(self, points: Tensor) -> Tensor:
        """D's scores (B, 1), through the noise that both kinds of points get."""
        if self.plane.instance_noise:
            points = points + self.plane.instance_noise * torch.randn_like(points)
        scores: Tensor = self.discriminator(points)
        return scores

    def train_discriminator(self) -> None:
        """One update of D: real up, made down."""
        loss_of, real = self.plane.loss, real_points(self.plane, self.plane.batch_size)
        with torch.no_grad():
            made = self.make()
        real_scores, made_scores = self.judge(real), self.judge(made)
        loss = discriminator_loss(loss_of, real_scores, made_scores, self.plane.label_smoothing)
        total = loss
        if loss_of.kind == "WassersteinGP":
            total = loss + loss_of["penalty"] * self.slopes(real, made)
        norm = _update(total, self.d_weights, self.d_update)
        judged_real, judged_made = (float(verdict(loss_of, s.detach()).mean()) for s in (real_scores, made_scores))
        self.done = replace(self.done, d_loss=loss.item(), real=judged_real, made=judged_made, d_gradient=norm)

    def slopes(self, real: Tensor, made: Tensor) -> Tensor:
        """The gradient penalty, on the scale on which D reads."""
        ends = STRETCH * real, STRETCH * made
        return gradient_penalty(lambda points: self.judge(points / STRETCH), *ends, self.penalty_points)

    def train_generator(self, judges_alone: bool) -> None:
        """One update of G, through a D that stays as it is."""
        self.discriminator.requires_grad_(False)
        scores = self.judge(self.make())
        loss = generator_loss(self.plane.loss, scores)
        norm = _update(loss, self.g_weights, self.g_update)
        self.discriminator.requires_grad_(True)
        made = float(verdict(self.plane.loss, scores.detach()).mean()) if judges_alone else self.done.made
        self.done = replace(self.done, g_loss=loss.item(), g_gradient=norm, made=made)

    def settings_changed(self) -> Iterator[SettingChanged]:
        while self.controls.changes:
            name, value = self.controls.changes.popitem()
            if name.endswith("_lr"):
                optimizer = self.g_optimizer if name == "generator_lr" else self.d_optimizer
                optimizer.param_groups[0]["lr"] = value
            whole_number = name.endswith("_steps")
            self.plane = replace(self.plane, **{name: int(value) if whole_number else value})  # type: ignore[arg-type]
            yield SettingChanged(self.step, name, value)

    def frame_gap(self) -> float:
        return min(LAST_FRAMES, max(FIRST_FRAMES, self.clock.seconds / FRAMES_GROW))

    def film(self) -> FrameDrawn:
        """The next frame: always of the same z, so that what moves is G."""
        content = frame_bytes(frame(self.plane, self.generator, self.discriminator, self.z, self.real))
        self.frames += 1
        self.last_frame = self.clock.seconds
        return FrameDrawn(self.step, self.last_frame, self.frames, "application/json", content)

    def has_exploded(self) -> bool:
        losses = [self.done.d_loss] * (self.done.trained & 1) + [self.done.g_loss] * (self.done.trained >> 1)
        return not all(abs(loss) <= EXPLODED for loss in losses)

    def diverged(self) -> Diverged:
        why = f"The losses are no longer usable numbers at round {self.step:,}: D and G overshoot each other."
        return Diverged(self.step, why, "Try learning rates ten times smaller.")

    def finished(self) -> PlaneFinished:
        chance = torch.Generator().manual_seed(FIXED_SEED + 1)
        with torch.no_grad():
            made = self.generator(torch.randn(FINAL_POINTS, self.plane.z, generator=chance))
        found = agreement(self.plane, made, real_points(self.plane, FINAL_POINTS, chance))
        figures = round(found.near, 4), round(found.covered, 4), found.modes_hit
        modes, stopped = len(TARGETS[self.plane.target].centres), self.controls.stop
        return PlaneFinished(self.step, self.clock.seconds, *figures, modes, self.frames, stopped)


def _update(loss: Tensor, weights: list[nn.Parameter], update: Callable[[], None]) -> float:
    """Backward and one step; the norm of the gradient."""
    for weight in weights:
        weight.grad = None
    loss.backward()  # type: ignore[no-untyped-call]
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    norm = torch.stack(torch._foreach_norm(gradients)).norm()
    update()
    return float(norm)


def untrained(plane: PlaneGan) -> tuple[PlaneStarted, FrameDrawn]:
    """What a run of `plane` would show before its first round. Raises SpecError."""
    check_plane(plane)
    started, drawn = islice(train_plane(plane), 2)
    assert isinstance(started, PlaneStarted) and isinstance(drawn, FrameDrawn)
    return started, drawn
