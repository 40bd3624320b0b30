"""The training stream of a small network on points: an event for every step, the weights several times a second."""

import math
import time
from collections.abc import Iterator
from itertools import islice

import torch
from torch import Tensor

from engine.points.config import LR, PENALTIES, PERCEPTRON, PointsSpec, check_points
from engine.points.draw import draw_points, inputs_of
from engine.points.events import PointsEvent, PointsFinished, PointsMeasured, PointsShown, PointsStarted, PointsStep
from engine.points.network import loss_of, make_network, right_share, set_weights, weights_of
from engine.points.sets import EXTENT
from engine.text import Text
from engine.training.events import Diverged, SettingChanged
from engine.training.facts import fact, misfit
from engine.training.objective import make_optimizer, update_of
from engine.training.saving import fill_module, fill_optimizer, module_state, optimizer_state
from engine.training.streams import Clock, Controls, State, Stream, combine_states

SHOWN_SECONDS = 0.15  # between two sets of weights; browsers draw what lies between
MEASURED_PART = 30  # the figures are taken again after this part of the steps so far
EXPLODED = 1e6

Told = PointsEvent | SettingChanged | Diverged


def train_points(spec: PointsSpec, controls: Controls | None = None, resume: State | None = None) -> Stream[Told]:
    """Train a network and report; the last event is PointsFinished or Diverged.

    The same seed gives the same steps to the last bit on the same kind of machine; when weights are shown depends on
    the clock. The stream has a state right after a step; from such a state, `resume`, it goes on. Raises SpecError for
    one that does not fit.
    """
    clock = Clock()
    one = _Training(spec, controls or Controls(), clock)
    if resume is not None:
        one.resume(resume)
    return Stream(one.stream(), spec.seed, clock, one.state, resume)


class _Training:
    def __init__(self, spec: PointsSpec, controls: Controls, clock: Clock) -> None:
        self.spec, self.controls, self.clock = spec, controls, clock
        self.points = draw_points(spec)
        self.inputs = inputs_of(spec.features, self.points.places)
        self.model = make_network(spec)
        self.optimizer = make_optimizer(spec.optimizer, self.model.parameters())
        self.update = update_of(self.optimizer)
        self.penalties = {name: float(getattr(spec, name)) for name in PENALTIES}
        self.done = PointsStep(0, 0.0)
        self.order, self.place = torch.arange(0), 0  # of the training points in this epoch, and how far it is through
        self.right_in_row = 0
        self.measure_at = 1
        self.shown = -math.inf

    @property
    def is_perceptron(self) -> bool:
        return self.spec.rule == PERCEPTRON

    @property
    def is_flawless(self) -> bool:
        return self.is_perceptron and self.right_in_row >= self.points.train

    def stream(self) -> Iterator[Told]:
        """Train step after step until the planned end, a stop, no mistake is left, or the loss explodes."""
        if not self.done.step:
            yield self.started()
            self._shuffle()
            yield self.show()
            yield self.measure()
        while self.done.step < self.spec.steps and not (self.controls.stop or self.is_flawless):
            by_hand, self.controls.in_step = self.controls.order != "", True
            yield from self._change()
            loss = self._perceptron_step() if self.is_perceptron else self._gradient_step()
            self.done = PointsStep(self.done.step + 1, loss)
            if not math.isfinite(loss) or loss > EXPLODED:
                yield self.diverged()
                return
            if by_hand or time.perf_counter() - self.shown >= SHOWN_SECONDS:
                yield self.show()  # before the step's own event, so that a single step ends with its picture
            if self.done.step >= self.measure_at:
                self.measure_at = self.done.step + max(1, self.done.step // MEASURED_PART)
                yield self.measure()
            self.controls.in_step = False
            yield self.done
        yield self.show()
        yield self.finished()

    def _gradient_step(self) -> float:
        if self.place >= self.points.train:
            self._shuffle()
        batch = self.order[self.place : self.place + self.spec.batch_size]
        self.place += len(batch)
        self.optimizer.zero_grad()
        loss = loss_of(self.spec.classes, self.model(self.inputs[batch]), self.points.targets[batch])
        loss.backward()  # type: ignore[no-untyped-call]
        self._penalise()
        self.update()
        return loss.item()

    def _penalise(self) -> None:
        """Add the gradients of the penalties, which leave biases alone."""
        l1, l2 = self.penalties["l1"], self.penalties["l2"]
        if l1 or l2:
            with torch.no_grad():
                for weight in self.model.parameters():
                    if weight.dim() > 1 and weight.grad is not None:
                        weight.grad.add_(weight, alpha=2 * l2).add_(weight.sign(), alpha=l1)

    def _perceptron_step(self) -> float:
        """Show the next point: where it is on the wrong side, add it to the weights, or take it away."""
        weight, bias = self.model.parameters()
        point = self.next_point()
        inputs, target = self.inputs[point], float(self.points.targets[point])
        with torch.no_grad():
            error = target - float(weight[0] @ inputs + bias[0] > 0)
            rate = float(self.optimizer.param_groups[0]["lr"])
            weight[0] += rate * error * inputs
            bias[0] += rate * error
        self.place += 1
        if self.place >= self.points.train:
            self._shuffle()
        self.right_in_row = 0 if error else self.right_in_row + 1
        return abs(error)

    def next_point(self) -> int:
        return int(self.order[self.place])

    def _shuffle(self) -> None:
        self.order, self.place = torch.randperm(self.points.train), 0

    def _change(self) -> Iterator[SettingChanged]:
        """Apply and clear the changes of the visitor; they hold from this step on."""
        while self.controls.changes:
            name, value = self.controls.changes.popitem()
            if name == LR:
                self.optimizer.param_groups[0]["lr"] = value
            elif name in PENALTIES:
                self.penalties[name] = value
            else:
                set_weights(self.spec, self.model, [(name, value)])
                self.right_in_row = 0
            yield SettingChanged(self.done.step, name, value)

    def started(self) -> PointsStarted:
        spec, points = self.spec, self.points
        places = tuple(round(100 * part) for part in points.places.flatten().tolist())
        scale = 1 if spec.classes else 1000
        targets = tuple(round(scale * target) for target in points.targets.tolist())
        return PointsStarted(spec.steps, spec.parameters, spec.classes, points.train, EXTENT, places, targets)

    def show(self) -> PointsShown:
        self.shown = time.perf_counter()
        return PointsShown(self.done.step, weights_of(self.model), self.next_point() if self.is_perceptron else -1)

    def measure(self) -> PointsMeasured:
        return PointsMeasured(self.done.step, *self._figures())

    def _figures(self) -> tuple[float, float | None, float | None, float | None]:
        """Loss on training and on test points, then the shares of both that are read correctly."""
        losses: list[float | None] = []
        shares: list[float | None] = []
        with torch.no_grad():
            outputs = self.model(self.inputs)
        for part in (slice(None, self.points.train), slice(self.points.train, None)):
            some, targets = outputs[part], self.points.targets[part]
            shares.append(right_share(some, targets) if len(some) and self.spec.classes else None)
            losses.append(self._loss(some, targets) if len(some) else None)
        return losses[0] or 0.0, losses[1], *shares  # type: ignore[return-value]

    def _loss(self, outputs: Tensor, targets: Tensor) -> float:
        """Of a perceptron, which minimises no loss, the share of its mistakes."""
        if self.is_perceptron:
            return 1 - right_share(outputs, targets)
        return float(loss_of(self.spec.classes, outputs, targets))

    def finished(self) -> PointsFinished:
        figures, stopped = self._figures(), self.controls.stop
        return PointsFinished(self.done.step, self.clock.seconds, *figures, self.is_flawless, stopped)

    def diverged(self) -> Diverged:
        why = Text("The loss is no longer a usable number at step {step:,}: each step overshoots.", step=self.done.step)
        return Diverged(self.done.step, why, Text("Try a learning rate ten times smaller."))

    def state(self, newest: Told | None) -> State | None:
        if newest is not self.done:
            return None
        rate = float(self.optimizer.param_groups[0]["lr"])
        facts = {
            "step": self.done.step,
            "loss": self.done.loss,
            "place": self.place,
            "rate": rate,
            "right_in_row": self.right_in_row,
            "measure_at": self.measure_at,
            **self.penalties,
        }
        return combine_states(
            model=module_state(self.model),
            optimizer=optimizer_state(self.optimizer),
            own=State({"order": self.order.clone()}, facts),
        )

    def resume(self, state: State) -> None:
        """Restore `state`. Raises SpecError."""
        fill_module(self.model, state.part("model"))
        fill_optimizer(self.optimizer, self.spec.optimizer, state.part("optimizer"))
        own = state.part("own")
        order, facts = own.tensors.get("order"), own.facts
        if order is None or order.dtype != torch.int64 or sorted(order.tolist()) != [*range(self.points.train)]:
            raise misfit()
        self.order = order
        self.done = PointsStep(fact(facts, "step", int), fact(facts, "loss", float))
        self.place, self.right_in_row = fact(facts, "place", int), fact(facts, "right_in_row", int)
        self.measure_at = fact(facts, "measure_at", int)
        self.optimizer.param_groups[0]["lr"] = fact(facts, "rate", float)
        self.penalties = {name: fact(facts, name, float) for name in PENALTIES}
        if not 1 <= self.done.step <= self.spec.steps or not 0 <= self.place <= self.points.train:
            raise misfit()


def untrained(spec: PointsSpec) -> tuple[PointsStarted, PointsShown]:
    """The points and the first weights that a run of `spec` shows before its first step. Raises SpecError."""
    check_points(spec)
    started, shown = islice(train_points(spec), 2)
    assert isinstance(started, PointsStarted) and isinstance(shown, PointsShown)
    return started, shown
