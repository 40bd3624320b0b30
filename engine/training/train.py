"""The training stream of a classifier: gradient descent with an event for every step. Knows no threads and no
screens."""

import math
from collections.abc import Generator, Iterator

import torch
from torch import Tensor, nn

from engine.catalogue.schedules import factor
from engine.data.batches import batches, shuffle
from engine.data.mnist import Mnist, normalise, split
from engine.text import Text
from engine.training.advice import advise_lr
from engine.training.config import TrainConfig
from engine.training.events import Diverged, EpochDone, Evaluated, Event, Finished, SettingChanged, Started, StepDone
from engine.training.facts import fact, misfit
from engine.training.objective import Scores, evaluate, loss_function, make_optimizer, update_of
from engine.training.saving import fill_module, fill_optimizer, module_state, optimizer_state
from engine.training.streams import Clock, Controls, State, Stream, combine_states

GLANCE_IMAGES = 500
EXPLODED = 1000.0
FIGURES = ("base_lr", "first_loss", "loss_sum", "correct_sum")


def train(
    model: nn.Sequential,
    config: TrainConfig,
    data: Mnist,
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

    def __init__(
        self, model: nn.Sequential, config: TrainConfig, data: Mnist, controls: Controls, clock: Clock
    ) -> None:
        self.model, self.config, self.data, self.controls, self.clock = model, config, data, controls, clock
        self.device = next(model.parameters()).device
        self.model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.loss_of = loss_function(config.loss, probabilities=isinstance(model[-1], nn.Softmax))
        self.weights = list(model.parameters())
        self.optimizer = make_optimizer(config.optimizer, self.weights)
        self.update = update_of(self.optimizer)
        self.train_indices, self.validation_indices = split(config, data.train_labels)
        self.parameters = sum(p.numel() for p in model.parameters())
        self.base_lr = float(config.optimizer["lr"])
        self.first_loss = math.inf
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
            if self.controls.stop:
                break
        yield from self.finish()

    def one_epoch(self) -> Iterator[Event | None]:
        """Train the rest of the epoch: first what follows its newest step, then step after step."""
        glances, batches = self.glance_steps(), self.batches()
        while True:
            if self.seen:
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
            self.one_step(*batch)
            yield self.done
        whole = yield from self.validate()
        if not self.controls.stop:
            loss, accuracy = (whole.loss, whole.accuracy) if whole else (None, None)
            means = self.loss_sum / self.seen, self.correct_sum / self.seen
            yield EpochDone(self.step, self.epoch, *means, loss, accuracy, self.clock.seconds)

    def one_step(self, images: Tensor, labels: Tensor) -> None:
        """Forward, loss, backward, update: the definition of a step of gradient descent."""
        step, config = self.step + 1, self.config
        lr = self.base_lr * factor(config.schedule, step, config.steps, config.steps_per_epoch)
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        outputs = self.model(images)
        loss = self.loss_of(outputs, labels)
        loss.backward()  # type: ignore[no-untyped-call]
        self.update()
        for weight in self.weights:
            weight.grad = None

        mean_loss = loss.item()
        correct = int((outputs.detach().argmax(1) == labels).sum())
        if step == 1:
            self.first_loss = mean_loss
        self.done = StepDone(step, self.epoch, mean_loss, correct / len(labels), lr)
        self.seen += len(labels)
        self.samples += len(labels)
        self.loss_sum += mean_loss * len(labels)
        self.correct_sum += self.done.accuracy * len(labels)

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the batches of the epoch that were not used yet: normalised pictures (B, 1, 28, 28) and labels (B,)."""
        order = self.train_indices[shuffle(len(self.train_indices), self.config.seed, self.epoch)]
        images, labels, size = self.data.train_images, self.data.train_labels, self.config.batch_size
        return batches(images, labels, order[self.seen :], size, normalise, self.device)

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
        return scores

    def scores(self, indices: Tensor) -> Generator[None, None, Scores]:
        images, labels = self.data.train_images[indices], self.data.train_labels[indices]
        return (yield from evaluate(self.model, images, labels, self.loss_of))

    def state(self, newest: Event | None) -> State | None:
        """The state to resume from after `newest`, which must be a step."""
        if newest is not self.done:
            return None
        figures = {name: getattr(self, name) for name in FIGURES}
        training = State(facts={**figures, "step": self.step, "loss": self.done.loss, "accuracy": self.done.accuracy})
        return combine_states(
            model=module_state(self.model), optimizer=optimizer_state(self.optimizer), training=training
        )

    def resume(self, state: State) -> None:
        """Restore `state`; the position in the epoch follows from the step. Raises SpecError."""
        training, config = state.part("training").facts, self.config
        step = fact(training, "step", int)
        if not 1 <= step <= config.steps:
            raise misfit()
        fill_module(self.model, state.part("model"))
        fill_optimizer(self.optimizer, config.optimizer, state.part("optimizer"))
        for name in FIGURES:
            setattr(self, name, fact(training, name, float))
        self.epoch = 1 + (step - 1) // config.steps_per_epoch
        within = step - (self.epoch - 1) * config.steps_per_epoch
        self.seen = min(within * config.batch_size, len(self.train_indices))
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
        seconds = self.clock.seconds
        test = yield from evaluate(self.model, self.data.test_images, self.data.test_labels, self.loss_of)
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
