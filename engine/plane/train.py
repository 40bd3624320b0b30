"""The training stream of a GAN in the plane: two small networks, with an event for every round."""

import math
import time
from collections.abc import Callable, Iterator
from itertools import islice, pairwise

import torch
from torch import Tensor, nn

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, choose
from engine.gan.duel import ALONE, Batch, Board, Duel
from engine.gan.events import GanStep
from engine.gan.sampling import GanModels
from engine.network.build import seeded
from engine.plane.config import TARGETS, PlaneGan, check_plane
from engine.plane.events import PlaneFinished, PlaneStarted
from engine.plane.frame import (
    COMPARED,
    EXTENT,
    SAMPLED,
    frame,
    frame_bytes,
    measure_agreement,
    real_points,
    round_scaled,
)
from engine.text import Text
from engine.training.events import Diverged, FrameDrawn, SettingChanged
from engine.training.facts import fact, misfit
from engine.training.streams import Clock, Controls, State, Stream, combine_states

STRETCH = 4.0  # PyTorch's first weights are small for points within 1 of the middle: D would be too smooth for long
FIXED_SEED = 2026
SHOWN, FINAL_POINTS = 200, 1000
FIRST_FRAMES, LAST_FRAMES = 0.125, 2.0  # seconds of busy time between frames, at first and at most
FRAMES_GROW = 40  # the gap is the time so far divided by this
STOOD = 0.2  # seconds of standing still, after which a round has a frame of its own

PlaneEvent = PlaneStarted | GanStep | FrameDrawn | SettingChanged | PlaneFinished | Diverged


class Stretched(nn.Module):
    """Multiplies its input by STRETCH."""

    def forward(self, points: Tensor) -> Tensor:
        return STRETCH * points


def make_plane(plane: PlaneGan) -> GanModels:
    """Make both networks, their weights drawn from the seed alone, on the processor, which is faster for them."""
    with seeded(plane.seed):
        generator = nn.Sequential(*_layers(plane.z, plane, nn.ReLU), nn.Linear(plane.units, 2))
        hidden = _layers(2, plane, lambda: nn.LeakyReLU(0.2))
        return GanModels(generator, nn.Sequential(Stretched(), *hidden, nn.Linear(plane.units, 1)), None)


def _layers(inputs: int, plane: PlaneGan, activation: Callable[[], nn.Module]) -> list[nn.Module]:
    widths = [inputs, *[plane.units] * plane.layers]
    return [part for a, b in pairwise(widths) for part in (nn.Linear(a, b), activation())]


def train_plane(
    plane: PlaneGan,
    controls: Controls | None = None,
    models: GanModels | None = None,
    resume: State | None = None,
) -> Stream[PlaneEvent | None]:
    """Train both networks, fresh ones unless given, and report; the last event is PlaneFinished or Diverged.

    The same seed gives the same GanSteps to the last bit on the same kind of machine; when frames come depends on how
    fast it is. None means "in the middle of a round". The stream has a state right after a GanStep; from such a state,
    `resume`, it continues with the next round. Raises SpecError for a state that does not fit.
    """
    clock = Clock()
    game = PlaneGame(models or make_plane(plane), plane, controls or Controls(), clock)
    if resume is not None:
        game.resume(resume)
    return Stream(game.stream(), plane.seed, clock, game.state, resume)


class PlaneGame:
    """One training of a GAN in the plane; `Game` in engine/gan/train.py does the same with pictures."""

    def __init__(self, models: GanModels, plane: PlaneGan, controls: Controls, clock: Clock) -> None:
        self.plane, self.controls, self.clock = plane, controls, clock
        self.generator, self.discriminator = models.generator, models.discriminator
        optimizers = (_adam(plane.generator_lr, plane.beta1), _adam(plane.discriminator_lr, plane.beta1))
        board = Board(_batches(plane), self.make, lambda points, _: self.discriminator(points), scale=STRETCH)
        self.duel = Duel((self.generator, self.discriminator), plane, optimizers, board, plane.seed)
        chance = torch.Generator().manual_seed(FIXED_SEED)
        self.z = torch.randn(SAMPLED, plane.z, generator=chance)
        self.real = real_points(plane, COMPARED, chance)
        self.frames = 0
        self.last_frame = -math.inf
        self.left = math.inf

    @property
    def step(self) -> int:
        return self.duel.done.step

    def make(self, labels: Tensor) -> Tensor:
        """Make points (B, 2) from new z, as many as there are labels, which have no meaning here."""
        made: Tensor = self.generator(torch.randn(len(labels), self.plane.z))
        return made

    def stream(self) -> Iterator[PlaneEvent | None]:
        """Train round after round until the planned end, a stop or losses that are no numbers."""
        if not self.step:
            yield self.started()
            yield self.film()
        while self.step < self.plane.steps and not self.controls.stop and not self.has_exploded:
            order, self.controls.in_step = self.controls.order, True
            by_hand = order in ALONE or self.clock.resumed - self.left > STOOD
            yield from self.duel.change(self.controls.changes)
            for _ in self.duel.round(ALONE.get(order, "both")):
                yield None
            if not self.has_exploded and (by_hand or self.clock.seconds - self.last_frame >= self.frame_gap()):
                yield self.film()  # before the round's own event, so that a single step ends with its picture
            self.left = time.perf_counter()
            self.controls.in_step = False
            yield self.duel.done
        if self.has_exploded:
            yield self.diverged()
            return
        yield self.film()
        yield self.finished()

    @property
    def has_exploded(self) -> bool:
        return self.duel.has_exploded

    def state(self, newest: PlaneEvent | None) -> State | None:
        """The state to resume from after `newest`, which must be a round."""
        if newest is not self.duel.done:
            return None
        return combine_states(
            duel=self.duel.state(), game=State(facts={"frames": self.frames, "last_frame": self.last_frame})
        )

    def resume(self, state: State) -> None:
        """Restore `state`. Raises SpecError."""
        self.duel.resume(state.part("duel"))
        game = state.part("game").facts
        self.frames, self.last_frame = fact(game, "frames", int), fact(game, "last_frame", float)
        if not 1 <= self.step <= self.plane.steps:
            raise misfit()

    def started(self) -> PlaneStarted:
        plane, real = self.plane, tuple(round_scaled(self.real[:SHOWN], 1000))
        modes = len(TARGETS[plane.target].centres)
        return PlaneStarted(plane.steps, *self.duel.parameters, plane.z, "cpu", real, EXTENT, modes)

    def frame_gap(self) -> float:
        return min(LAST_FRAMES, max(FIRST_FRAMES, self.clock.seconds / FRAMES_GROW))

    def film(self) -> FrameDrawn:
        """Draw the next frame, always from the same z, so that changes show how G learns."""
        content = frame_bytes(frame(self.plane, self.generator, self.discriminator, self.z, self.real))
        self.frames += 1
        self.last_frame = self.clock.seconds
        return FrameDrawn(self.step, self.last_frame, self.frames, "application/json", content)

    def diverged(self) -> Diverged:
        why = Text(
            "The losses are no longer usable numbers at round {step:,}: D and G overshoot each other.", step=self.step
        )
        return Diverged(self.step, why, Text("Try learning rates ten times smaller."))

    def finished(self) -> PlaneFinished:
        chance = torch.Generator().manual_seed(FIXED_SEED + 1)
        with torch.no_grad():
            made = self.generator(torch.randn(FINAL_POINTS, self.plane.z, generator=chance))
        found = measure_agreement(self.plane, made, real_points(self.plane, FINAL_POINTS, chance))
        figures = round(found.near, 4), round(found.covered, 4), found.modes_hit
        modes, stopped = len(TARGETS[self.plane.target].centres), self.controls.stop
        return PlaneFinished(self.step, self.clock.seconds, *figures, modes, self.frames, stopped)


def _adam(lr: float, beta1: float) -> Choice:
    return choose(OPTIMIZERS, "Adam", {"lr": lr, "beta1": beta1}, Text("Optimizer"))


def _batches(plane: PlaneGan) -> Iterator[Batch]:
    no_labels = torch.zeros(plane.batch_size, dtype=torch.int64)
    while True:
        yield real_points(plane, plane.batch_size), no_labels


def untrained(plane: PlaneGan) -> tuple[PlaneStarted, FrameDrawn]:
    """The frame that a run of `plane` shows before its first round. Raises SpecError."""
    check_plane(plane)
    started, drawn = islice(train_plane(plane), 2)
    assert isinstance(started, PlaneStarted) and isinstance(drawn, FrameDrawn)
    return started, drawn
