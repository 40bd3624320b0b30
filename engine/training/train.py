"""The training stream of a classifier: gradient descent with an event for every step. Knows no threads and no
screens."""

import math
from collections.abc import Callable, Generator, Iterator
from functools import partial

import torch
from torch import Tensor, nn

from engine.catalogue.schedules import factor
from engine.data.batches import batches, shuffle
from engine.data.mnist import Data, normalise, split
from engine.text import Text
from engine.training.advice import advise_lr
from engine.training.config import TrainConfig
from engine.training.events import (
    Clipped,
    Diverged,
    EpochDone,
    Evaluated,
    Event,
    Finished,
    SettingChanged,
    Started,
    StepDone,
    TargetReached,
    WeightsRestored,
)
from engine.training.facts import fact, misfit
from engine.training.layer_stats import LayerMeter, measured_steps
from engine.training.objective import Scores, evaluate, loss_function, make_optimizer, update_of
from engine.training.regularise import Regulariser
from engine.training.saving import fill_module, fill_optimizer, module_state, optimizer_state
from engine.training.slow_motion import Slow
from engine.training.streams import Clock, Controls, State, Stream, combine_states

GLANCE_IMAGES = 500
EXPLODED = 1000.0
SLOW = "slow"  # the order for a step in slow motion
FIGURES = ("base_lr", "first_loss", "loss_sum", "correct_sum")


def train(
    model: nn.Sequential,
    config: TrainConfig,
    data: Data,
    controls: Controls | None = None,
    resume: State | None = None,
) -> Stream[Event | None]:
    """Train `model` where its parameters are, and report; the last event is Finished or Diverged.

    None means "still evaluating, nothing to report". The same seed gives the same losses to the last bit on the same
    kind of machine with the same number of threads, whatever else uses torch's random generator between two events. The
    stream has a state right after a StepDone. From such a state, `resume`, it continues with the next step as if it had
    never stopped. Raises SpecError for a state that does not fit.
    """
    clock = Clock()
    training = _Training(model, config, data, controls or Controls(), clock)
    if resume is not None:
        training.resume(resume)
    return Stream(training.stream(), config.seed, clock, training.state, resume, training.device)


class _Training:
    """One training. Each method is one idea of the textbook; `stream` calls them in order."""

    def __init__(self, model: nn.Sequential, config: TrainConfig, data: Data, controls: Controls, clock: Clock) -> None:
        self.model, self.config, self.data, self.controls, self.clock = model, config, data, controls, clock
        self.device = next(model.parameters()).device
        self.model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.loss_of = loss_function(config.loss, probabilities=isinstance(model[-1], nn.Softmax))
        self.weights = [weight for weight in model.parameters() if weight.requires_grad]  # the others are frozen
        self.optimizer = make_optimizer(config.optimizer, self.weights)
        self.update = update_of(self.optimizer)
        self.train_indices, self.validation_indices = split(config, data.train_labels, len(data.reads.classes))
        self.regulariser = Regulariser(model, config, data.reads)
        self.train_labels = self.regulariser.spoil(data.train_labels, self.train_indices)
        self.parameters = sum(p.numel() for p in model.parameters())
        self.measured = measured_steps(config)
        self.base_lr = float(config.optimizer["lr"])
        self.first_loss = math.inf
        self.share, self.others = 1.0, torch.empty(0, dtype=torch.int64)  # of mixup
        self.exploded = False
        self.epoch = self.samples = 0
        self.begin_epoch()
        self.done = StepDone(0, 0, math.nan, math.nan, math.nan)

    def begin_epoch(self) -> None:
        self.seen, self.loss_sum, self.correct_sum = 0, 0.0, 0.0

    @property
    def step(self) -> int:
        return self.done.step

    def stream(self) -> Iterator[Event | None]:
        """Train epoch after epoch until the planned end, a stop or an exploded loss; then read the test set."""
        config = self.config
        if not self.step:
            images, validation = len(self.train_indices), len(self.validation_indices)
            yield Started(self.parameters, config.steps, config.steps_per_epoch, images, validation, str(self.device))
        self.model.train()
        for epoch in range(max(1, self.epoch), config.epochs + 1):
            if epoch != self.epoch:
                self.epoch = epoch
                self.begin_epoch()
            yield from self.one_epoch()
            if self.exploded:
                return
            if self.controls.stop or self.regulariser.is_out_of_patience or self.regulariser.is_range_over:
                break
            if self.regulariser.has_reached_target:
                yield TargetReached(self.step, self.epoch, self.regulariser.accuracy)
                break
        yield from self.finish()

    def one_epoch(self) -> Iterator[Event | None]:
        """Train the rest of the epoch: first what follows its newest step, then step after step."""
        glances, batches = self.glance_steps(), self.batches()
        while True:
            if self.seen:
                if self.regulariser.is_range_over:
                    return
                if not self.done.loss <= EXPLODED * max(self.first_loss, 1.0):
                    self.exploded = True
                    yield self.diverged(self.done)
                    return
                if self.controls.stop:
                    break
                if self.step in glances:
                    yield from self.glance()
            batch = next(batches, None)
            if batch is None:
                break
            lr = self.controls.changes.pop("lr", self.base_lr)
            if lr != self.base_lr:
                self.base_lr = lr
                yield SettingChanged(self.step, "lr", lr)
            images, labels = self.regulariser.disturb(batch[0]), batch[1]
            images, self.others, self.share = self.regulariser.mix(images, labels)
            if self.controls.order == SLOW or self.step + 1 in self.measured:
                yield from self.watched_step(images, labels)
            else:
                self.one_step(images, labels)
            yield self.done
        whole = yield from self.validate()
        if not self.controls.stop:
            loss, accuracy = (whole.loss, whole.accuracy) if whole else (None, None)
            means = self.loss_sum / self.seen, self.correct_sum / self.seen
            yield EpochDone(self.step, self.epoch, *means, loss, accuracy, self.clock.seconds)
            if self.config.clips:
                yield Clipped(self.step, self.epoch, self.regulariser.clipped_share())

    def watched_step(self, images: Tensor, labels: Tensor) -> Iterator[Event]:
        """Do the same step, and tell more of it before its figures, so that a step by hand ends with all of it."""
        is_slow = self.controls.in_step = self.controls.order == SLOW
        loss_of = partial(self.mean_loss, others=self.others)
        slow = Slow(self.model, self.config, loss_of, (images, labels)) if is_slow else None

        def after_backward(outputs: Tensor) -> None:
            meter.after_backward()
            if slow:
                slow.after_backward(outputs)

        with LayerMeter(self.model) as meter:
            self.one_step(images, labels, after_backward)
        if self.step in self.measured:
            yield meter.measured(self.step)
        if slow:
            yield slow.shown(self.done, meter)
        self.controls.in_step = False

    def one_step(self, images: Tensor, labels: Tensor, after_backward: Callable[[Tensor], None] | None = None) -> None:
        """Forward, loss, backward, update: the definition of a step of gradient descent."""
        step, config = self.step + 1, self.config
        lr = self.base_lr * factor(config.schedule, step, config.steps, config.steps_per_epoch)
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        outputs, loss = self.forward_and_backward(images, labels)
        self.regulariser.after_backward()
        if after_backward:
            after_backward(outputs)
        mean_loss = loss.item()
        self.regulariser.before_update(mean_loss)
        self.update()
        self.regulariser.after_update()
        for weight in self.weights:
            weight.grad = None

        correct = int((outputs.detach().argmax(1) == labels).sum())
        if step == 1:
            self.first_loss = mean_loss
        self.done = StepDone(step, self.epoch, mean_loss, correct / len(labels), lr)
        self.seen += len(labels)
        self.samples += len(labels)
        self.loss_sum += mean_loss * len(labels)
        self.correct_sum += self.done.accuracy * len(labels)

    def forward_and_backward(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Leave the gradient of the mean loss in the weights, batch after batch where a step has several; the outputs
        (N, classes) and that loss."""
        if len(images) <= self.config.batch_size:
            outputs = self.model(images)
            loss = self.mean_loss(outputs, labels, self.others)
            loss.backward()  # type: ignore[no-untyped-call]
            return outputs, loss
        several, total = [], torch.zeros((), device=self.device)
        parts = (torch.split(each, self.config.batch_size) for each in (images, labels, self.others))
        for batch, its, others in zip(*parts, strict=True):
            outputs = self.model(batch)
            loss = self.mean_loss(outputs, its, others) * (len(batch) / len(images))
            loss.backward()  # type: ignore[no-untyped-call]
            several.append(outputs.detach())
            total += loss.detach()
        return torch.cat(several), total

    def mean_loss(self, outputs: Tensor, labels: Tensor, others: Tensor) -> Tensor:
        """The mean loss of outputs (N, classes): of pictures that are mixed, the share of each of the two labels."""
        loss = self.loss_of(outputs, labels)
        return loss if self.share == 1 else self.share * loss + (1 - self.share) * self.loss_of(outputs, others)

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the pictures of each step of the epoch that is still to be done: normalised ones (B, C, H, W) and
        labels (B,)."""
        order = self.train_indices[shuffle(len(self.train_indices), self.config.seed, self.epoch)]
        images, labels, size = self.data.train_images, self.train_labels, self.config.step_images
        prepare = partial(normalise, reads=self.data.reads)
        return batches(images, labels, order[self.seen :], size, prepare, self.device)

    def glance_steps(self) -> set[int]:
        """The steps of this epoch after which a part of the validation set is read: each quarter, and early in the
        first."""
        per_epoch = self.config.steps_per_epoch
        parts = (16, 8, 4, 2, 4 / 3) if self.epoch == 1 else (4, 2, 4 / 3)
        inside = {int(per_epoch / part) for part in parts} - {0, per_epoch}
        return {(self.epoch - 1) * per_epoch + step for step in inside} if len(self.validation_indices) else set()

    def glance(self) -> Iterator[Event | None]:
        some = self.validation_indices[:: -(-len(self.validation_indices) // GLANCE_IMAGES)]
        scores = yield from self.scores(some)
        yield Evaluated(self.step, self.epoch, scores.loss, scores.accuracy, len(some), whole=False)

    def validate(self) -> Generator[Event | None, None, Scores | None]:
        if not len(self.validation_indices):
            return None
        scores = yield from self.scores(self.validation_indices)
        images = len(self.validation_indices)
        yield Evaluated(self.step, self.epoch, scores.loss, scores.accuracy, images, whole=True)
        self.regulariser.after_validation(self.epoch, scores.loss, scores.accuracy)
        return scores

    def scores(self, indices: Tensor) -> Generator[None, None, Scores]:
        images, labels = self.data.train_images[indices], self.data.train_labels[indices]
        return (yield from evaluate(self.regulariser.judged, images, labels, self.loss_of, self.data.reads))

    def state(self, newest: Event | None) -> State | None:
        """The state to resume from after `newest`, which must be a step."""
        if newest is not self.done:
            return None
        figures = {name: getattr(self, name) for name in FIGURES}
        training = State(facts={**figures, "step": self.step, "loss": self.done.loss, "accuracy": self.done.accuracy})
        parts = {"model": module_state(self.model), "optimizer": optimizer_state(self.optimizer), "training": training}
        if self.regulariser.remembers:
            parts["regulariser"] = self.regulariser.state()
        return combine_states(**parts)

    def resume(self, state: State) -> None:
        """Restore `state`; the position in the epoch follows from the step. Raises SpecError."""
        training, config = state.part("training").facts, self.config
        step = fact(training, "step", int)
        if not 1 <= step <= config.steps:
            raise misfit()
        fill_module(self.model, state.part("model"))
        fill_optimizer(self.optimizer, config.optimizer, state.part("optimizer"))
        if self.regulariser.remembers:
            self.regulariser.resume(state.part("regulariser"))
        for name in FIGURES:
            setattr(self, name, fact(training, name, float))
        self.epoch = 1 + (step - 1) // config.steps_per_epoch
        within = step - (self.epoch - 1) * config.steps_per_epoch
        self.seen = min(within * config.step_images, len(self.train_indices))
        self.samples = (self.epoch - 1) * len(self.train_indices) + self.seen
        lr = float(self.optimizer.param_groups[0]["lr"])
        self.done = StepDone(step, self.epoch, fact(training, "loss", float), fact(training, "accuracy", float), lr)

    def diverged(self, done: StepDone) -> Diverged:
        if math.isfinite(done.loss) and done.loss < 1e9:
            why = Text(
                "The loss has grown to {loss:,.0f} at step {step:,}: each step overshoots and makes it worse.",
                loss=done.loss,
                step=done.step,
            )
        else:
            why = Text(
                "The loss is no longer a usable number at step {step:,}: each step overshoots and makes it worse.",
                step=done.step,
            )
        cure = Text("Try the learning rate {lr:n}, or a warm-up.", lr=advise_lr(self.config, self.base_lr))
        return Diverged(done.step, why, cure)

    def finish(self) -> Iterator[Event | None]:
        """Give the model the weights that it ends with, of a range test the best ones; read the test set."""
        seconds, best = self.clock.seconds, self.regulariser
        best.settle(best.watch is not None or not self.controls.stop)
        if best.best_epoch and not self.controls.stop:
            found, patience, early = (best.best_epoch, best.best_loss), self.config.patience, best.is_out_of_patience
            yield WeightsRestored(self.step, self.epoch, *found, patience, early)
        data = self.data
        test = yield from evaluate(self.model, data.test_images, data.test_labels, self.loss_of, data.reads)
        yield Finished(
            self.step,
            self.epoch,
            test.loss,
            test.accuracy,
            test.confusion,
            self.parameters,
            self.samples / seconds,
            seconds,
            stopped=self.controls.stop,
        )
