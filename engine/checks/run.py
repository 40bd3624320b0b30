"""The stream of checks before a long run, after Karpathy, "A Recipe for Training Neural Networks" (2019): three short
trainings, with an event for what each of them shows."""

import math
from collections.abc import Generator, Iterator
from statistics import fmean, median

import torch
from torch import Tensor, nn

from engine.checks.config import BY_HEART, BY_HEART_STEPS, STEPS, Checks
from engine.checks.events import CheckDone, ChecksEvent, ChecksFinished, ChecksStarted, ChecksWent
from engine.data.batches import shuffle
from engine.data.mnist import Data, normalise, split
from engine.network.build import best_device, build
from engine.network.spec import plan
from engine.text import Text
from engine.training.events import Diverged, Event, LayersMeasured, StepDone
from engine.training.facts import fact, misfit
from engine.training.objective import loss_function
from engine.training.streams import Clock, Controls, State, Stream
from engine.training.train import train

FIRST_LOSS, UPDATES, PICTURES, HEART = CHECK_NAMES = ("first_loss", "updates", "pictures", "by_heart")
TOLD_EVERY, LOOK_EVERY = 10, 10  # steps
LAST = 20  # steps whose mean loss counts
EARLY = 20  # the first steps, whose updates are not typical
LOW, HIGH = 0.7, 1.5  # of the loss of a guess, between which the first loss is usual
LEAST_RATIO, USUAL_RATIO, MOST_RATIO = 1e-4, 1e-3, 0.1  # of a layer's update to its weights
BETTER = 0.9  # of the loss on empty pictures, under which a network uses what it sees

Went = Generator[ChecksEvent | None, None, Diverged | None]


def run_checks(
    checks: Checks, data: Data, controls: Controls | None = None, resume: State | None = None
) -> Stream[ChecksEvent | None]:
    """Do one check after another on `data`, and report; the last event is ChecksFinished. None means "still at work,
    nothing to report". Same seed, same figures.

    After each check the stream has a state; from such a state, `resume`, it does the others. Raises SpecError for a
    state that does not fit.
    """
    clock = Clock()
    one = _Checks(checks, data, controls or Controls(), clock)
    if resume is not None:
        one.resume(resume)
    return Stream(one.stream(), checks.config.seed, clock, one.state, resume)


class _Checks:
    """The checks of one network."""

    def __init__(self, checks: Checks, data: Data, controls: Controls, clock: Clock) -> None:
        self.checks, self.data, self.controls, self.clock = checks, data, controls, clock
        self.network, self.device = plan(checks.network), best_device()
        self.told: dict[str, bool] = {}  # whether all was well
        self.seen = math.inf  # the loss on pictures
        trained, _ = split(checks.config, data.train_labels, len(data.reads.classes))
        count = min(STEPS * checks.batch, len(trained) // checks.batch * checks.batch)
        chosen = trained[shuffle(len(trained), checks.config.seed, 0)[:count]]
        self.images, self.labels = data.train_images[chosen], data.train_labels[chosen]
        self.done, self.steps = 0, 2 * STEPS + BY_HEART_STEPS

    def stream(self) -> Iterator[ChecksEvent | None]:
        if not self.told:
            yield ChecksStarted(CHECK_NAMES, str(self.device))
        for checked, check in ((UPDATES, self.on_pictures), (PICTURES, self.on_empty_pictures), (HEART, self.by_heart)):
            if checked in self.told:
                continue
            failed = yield from check()
            if failed:
                yield from self.tell(checked, False, failed.why, failed.cure)
            if failed or self.controls.stop:
                break
        good, seconds = sum(self.told.values()), self.clock.seconds
        yield ChecksFinished(good, len(self.told), seconds, self.controls.stop)

    def state(self, _: object) -> State | None:
        """What was told so far; None before the first check."""
        return State(facts={"told": {**self.told}, "seen": self.seen}) if self.told else None

    def resume(self, state: State) -> None:
        """Restore `state`. Raises SpecError."""
        told = fact(state.facts, "told", dict)
        if tuple(told) != CHECK_NAMES[: len(told)] or not all(type(good) is bool for good in told.values()):
            raise misfit()
        self.told, self.seen = {**told}, fact(state.facts, "seen", float)

    def on_pictures(self) -> Went:
        """The first loss, how far the weights move, and the loss in the end."""
        ratios: dict[str, list[float]] = {}
        losses = list[float]()
        for event in self.training(self.images, self.labels, self.epochs):
            match event:
                case Diverged():
                    return event
                case LayersMeasured() if event.step > EARLY:
                    for layer, ratio in zip(event.layers, event.ratios, strict=True):
                        ratios.setdefault(layer, []).extend([] if ratio is None else [ratio])
                case StepDone():
                    losses.append(event.loss)
                    if event.step == 1:
                        yield from self.judge_first_loss(event.loss)
            yield self.went(event)
            if self.controls.stop:
                return None
        self.seen = fmean(losses[-LAST:])
        yield from self.judge_updates({layer: median(its) for layer, its in ratios.items() if its})
        return None

    def on_empty_pictures(self) -> Went:
        """The same training without anything to see."""
        losses = list[float]()
        empty = torch.full_like(self.images, self.data.reads.empty)
        for event in self.training(empty, self.labels, self.epochs):
            if isinstance(event, Diverged):
                losses = [math.inf]
                break
            if isinstance(event, StepDone):
                losses.append(event.loss)
            yield self.went(event)
            if self.controls.stop:
                return None
        yield from self.judge_pictures(fmean(losses[-LAST:]))
        return None

    def by_heart(self) -> Went:
        """A few pictures again and again, until it knows them all."""
        images, labels = self.images[:BY_HEART], self.labels[:BY_HEART]
        model, share, step = self.model(), 0.0, 0
        for event in self.training(images, labels, BY_HEART_STEPS, model):
            if isinstance(event, Diverged):
                return event
            if isinstance(event, StepDone) and (event.step % LOOK_EVERY == 0 or event.step == BY_HEART_STEPS):
                step, share = event.step, self.read(model, images, labels)
            yield self.went(event)
            if self.controls.stop:
                return None
            if share == 1:
                break
        yield from self.judge_by_heart(share, step, len(images))
        return None

    def judge_first_loss(self, loss: float) -> Iterator[CheckDone]:
        guess = self.loss_of_a_guess()
        values = {"loss": loss, "guess": guess}
        if not math.isfinite(loss):
            cure = Text("Choose smaller first weights.")
            yield from self.tell(FIRST_LOSS, False, Text("The first loss is no usable number."), cure)
        elif loss > HIGH * guess:
            said = Text(
                "The first loss is {loss:.3g}; a network that knows nothing has {guess:.3g}. It is sure before it has "
                "learned.",
                **values,
            )
            yield from self.tell(FIRST_LOSS, False, said, Text("Choose smaller first weights."))
        elif loss < LOW * guess:
            said = Text(
                "The first loss is {loss:.3g}; a network that knows nothing has {guess:.3g}. Nobody can know so much "
                "before the first step.",
                **values,
            )
            yield from self.tell(FIRST_LOSS, False, said, Text("Look whether a picture shows its label."))
        else:
            said = Text("The first loss is {loss:.3g}; a network that knows nothing has {guess:.3g}.", **values)
            yield from self.tell(FIRST_LOSS, True, said)

    def judge_updates(self, ratios: dict[str, float]) -> Iterator[CheckDone]:
        """`ratios` are those of the layers, each the median of its updates."""
        if not ratios:
            said = Text("None of its weights can be compared: all of them began at 0.")
            yield from self.tell(UPDATES, False, said, Text("Choose random first weights."))
            return
        least, most = min(ratios, key=ratios.__getitem__), max(ratios, key=ratios.__getitem__)
        values: dict[str, float] = {"least": ratios[least], "most": ratios[most], "usual": USUAL_RATIO}
        if ratios[most] > MOST_RATIO:
            said = Text(
                "A step changes the weights of {layer} by {most:.2g} of their size; {usual} is usual.",
                layer=most,
                **values,
            )
            yield from self.tell(UPDATES, False, said, Text("Lower the learning rate."))
        elif ratios[least] < LEAST_RATIO:
            said = Text(
                "A step changes the weights of {layer} by {least:.2g} of their size; {usual} is usual. So that layer "
                "learns very slowly.",
                layer=least,
                **values,
            )
            yield from self.tell(
                UPDATES, False, said, Text("Raise the learning rate, or see its gradient under Layers.")
            )
        else:
            said = Text(
                "A step changes the weights of a layer by {least:.2g} to {most:.2g} of their size; {usual} is usual.",
                **values,
            )
            yield from self.tell(UPDATES, True, said)

    def judge_pictures(self, blind: float) -> Iterator[CheckDone]:
        values = {"steps": STEPS, "seen": self.seen} | ({"blind": blind} if math.isfinite(blind) else {})
        if not math.isfinite(blind):
            said = Text("After {steps} steps the loss is {seen:.3g} on pictures; on empty ones it diverges.", **values)
            yield from self.tell(PICTURES, True, said)
        elif self.seen < BETTER * blind:
            said = Text(
                "After {steps} steps the loss is {seen:.3g} on pictures and {blind:.3g} on empty ones: it uses what it "
                "sees.",
                **values,
            )
            yield from self.tell(PICTURES, True, said)
        else:
            said = Text(
                "After {steps} steps the loss is {seen:.3g} on pictures and {blind:.3g} on empty ones: it hardly uses "
                "what it sees.",
                **values,
            )
            yield from self.tell(PICTURES, False, said, Text("Raise the learning rate, or look for a bottleneck."))

    def judge_by_heart(self, share: float, step: int, count: int) -> Iterator[CheckDone]:
        if share == 1:
            said = Text("It learned {count} pictures by heart in {steps} steps.", count=count, steps=step)
            yield from self.tell(HEART, True, said)
        else:
            said = Text(
                "After {steps} steps on the same {count} pictures it reads {share} % of them.",
                count=count,
                steps=step,
                share=round(100 * share),
            )
            cure = Text("Try another learning rate or more units: what cannot learn a few pictures cannot learn many.")
            yield from self.tell(HEART, False, said, cure)

    def tell(self, check: str, good: bool, said: Text, cure: Text | None = None) -> Iterator[CheckDone]:
        if check not in self.told:
            self.told[check] = good
            yield CheckDone(check, good, said, cure)

    def training(
        self, images: Tensor, labels: Tensor, epochs: int, model: nn.Sequential | None = None
    ) -> Iterator[Event | None]:
        """Train a network on so many pictures; no test comes after it."""
        config = self.checks.training(len(images), epochs)
        data = Data(images, labels, images[:1], labels[:1], self.data.reads)
        return train(model or self.model(), config, data)

    def model(self) -> nn.Sequential:
        return build(self.network, self.checks.config.seed).to(self.device)

    @property
    def epochs(self) -> int:
        """Those that make STEPS steps of the pictures."""
        return max(1, STEPS * self.checks.batch // len(self.images))

    def went(self, event: Event | None) -> ChecksWent | None:
        if not isinstance(event, StepDone):
            return None
        self.done += 1
        return ChecksWent(self.done, self.steps) if self.done % TOLD_EVERY == 0 else None

    def read(self, model: nn.Module, images: Tensor, labels: Tensor) -> float:
        """The share of the pictures that it reads."""
        model.eval()
        with torch.inference_mode():
            outputs = model(normalise(images.to(self.device), self.data.reads))
        model.train()
        return float((outputs.argmax(1).cpu() == labels).float().mean())

    def loss_of_a_guess(self) -> float:
        """The loss of a network that holds all classes for equally likely."""
        classes, gives_shares = len(self.data.reads.classes), self.checks.network.layers[-1].kind == "Softmax"
        outputs = torch.full((1, classes), 1 / classes if gives_shares else 0.0)
        loss = loss_function(self.checks.config.loss, probabilities=gives_shares)
        return float(loss(outputs, torch.zeros(1, dtype=torch.int64)))
