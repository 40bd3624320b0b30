"""What a classifier's run shows while it trains and when it is over, from the events it has sent. No torch.

Thresholds follow AUTOTRAINER (Zhang et al., ICSE 2021) where it has one, and were held against our own presets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from engine.advice.advice import Advice, advice_by
from engine.network.spec import layer
from engine.text import Text
from engine.training.advice import advise_lr
from engine.training.kind import LR, Classification, with_lr
from engine.training.range_test import is_range_test

JUDGED = 0.3  # of its steps, after which a run has shown what it does
VANISHED, SMALL = 1e-3, 1e-4  # of the last layer's gradient; and absolutely
EXPLODED = 70.0
RESTING = 0.7
STILL, JUMPY = 1e-5, 0.1  # how far weights move in a step, as a share of their size
GAP, RISE = 0.05, 1.1  # between training and validation accuracy; of the validation loss above its lowest
POOR, BETTER = 0.9, 0.003
CLIPPED = 0.5
CHANCE = 0.05  # more than guessing reads
LEARNED = 0.98
MANY, FLAT = 6, 0.01  # epochs before a curve has a shape; a fall that is none, as a share of the loss
SWING = 0.02  # of the accuracy, from one epoch to the next
MORE_EPOCHS = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run has told: its events by their names, in their order."""

    job: Classification
    events: Mapping[str, Sequence[Mapping[str, Any]]]
    is_over: bool

    @property
    def late(self) -> list[Mapping[str, Any]]:
        """What its layers did since it can be judged."""
        begin = JUDGED * self.job.config.steps
        return [event for event in self.events.get("layers_measured", ()) if event["step"] >= begin]


def seen_in(job: Classification, message: Mapping[str, Any], is_over: bool) -> Seen:
    """What is in a run's history, as the service sends it."""
    events: dict[str, list[Mapping[str, Any]]] = {}
    for event in message["events"]:
        events.setdefault(event["event"], []).append(event)
    return Seen(job, events, is_over)


def advise(seen: Seen) -> list[Advice]:
    """All that stands out, what weighs most first."""
    return advice_by(RULES, seen)


def _rate(seen: Seen, rate: float) -> tuple[Text, Classification]:
    return Text("the learning rate {rate:n}", rate=rate), with_lr(seen.job, LR, rate)


def _times(seen: Seen, factor: float) -> tuple[Text, Classification]:
    return _rate(seen, float(f"{factor * _lr(seen):.1g}"))


def _lr(seen: Seen) -> float:
    return float(seen.job.config.optimizer[LR])


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _by_layer(seen: Seen, rows: str, values: str) -> list[tuple[str, float]]:
    """The mean of each layer since the run can be judged."""
    late = seen.late
    if not late:
        return []
    means = [_mean([event[values][place] for event in late]) for place in range(len(late[-1][rows]))]
    return [(name, mean) for name, mean in zip(late[-1][rows], means, strict=True) if mean is not None]


def diverged(seen: Seen) -> Iterator[Advice]:
    for event in seen.events.get("diverged", ()):
        saw = Text("The loss left all bounds at step {step:,}.", step=event["step"])
        why = Text("Each step went too far, and the next one had to go farther still.")
        yield Advice("diverged", saw, why, *_rate(seen, advise_lr(seen.job.config, _lr(seen))))


def exploding(seen: Seen) -> Iterator[Advice]:
    measured = seen.events.get("layers_measured", ())
    norms = [pair for event in measured for pair in zip(event["layers"], event["gradients"], strict=True)]
    layers = [(name, value) for name, value in norms if value is not None and value > EXPLODED]
    if layers and not seen.job.config.clips:
        name, value = max(layers, key=lambda pair: pair[1])
        saw = Text("The gradient of layer {layer} has the norm {value:,.0f}.", layer=name, value=value)
        why = Text("Gradients of such a size throw the weights about; above 70 they count as exploding.")
        change = Text("gradients clipped at the norm 1")
        yield Advice("exploding", saw, why, change, replace(seen.job, config=replace(seen.job.config, clip_norm=1.0)))


def vanishing(seen: Seen) -> Iterator[Advice]:
    layers = _by_layer(seen, "layers", "gradients")
    if len(layers) < 2:
        return
    (first, weak), (last, strong) = layers[0], layers[-1]
    if weak < VANISHED * strong and weak < SMALL:
        saw = Text(
            "The gradient of layer {first} is {times:,.0f} times smaller than that of layer {last}.",
            first=first,
            last=last,
            times=strong / max(weak, 1e-12),
        )
        why = Text("The first layers hardly learn: what the last ones are told does not reach them.")
        bent = ("Sigmoid", "Tanh", "Hardsigmoid", "Hardtanh")
        network = seen.job.network
        layers_now = tuple(layer("ReLU") if choice.kind in bent else choice for choice in network.layers)
        if layers_now == network.layers:
            yield Advice("vanishing", saw, why)
        else:
            job = replace(seen.job, network=replace(network, layers=layers_now))
            yield Advice("vanishing", saw, why, Text("ReLU in place of what flattens out"), job)


def resting(seen: Seen) -> Iterator[Advice]:
    layers = [pair for pair in _by_layer(seen, "units", "resting") if pair[1] >= RESTING]
    if layers:
        name, share = max(layers, key=lambda pair: pair[1])
        saw = Text("{share:.0f} % of the units of layer {layer} are at rest.", share=100 * share, layer=name)
        why = Text("A unit at rest passes no gradient on: it learns nothing, whatever comes.")
        yield Advice("resting", saw, why, *_times(seen, 0.1))


def moves(seen: Seen) -> Iterator[Advice]:
    """Weights that hardly move, or jump."""
    values = sorted(value for _, value in _by_layer(seen, "layers", "ratios"))
    if not values or is_range_test(seen.job.config):
        return
    middle = values[len(values) // 2]
    if middle < STILL:
        saw = Text("In a step the weights move by {share:.1e} of their size.", share=middle)
        why = Text("About a thousandth is healthy; so little hardly changes anything.")
        yield Advice("still", saw, why, *_times(seen, 100))
    if middle > JUMPY:
        saw = Text("In a step the weights move by {share:.0f} % of their size.", share=100 * middle)
        why = Text("About a thousandth is healthy; so much throws away what was learned.")
        yield Advice("jumpy", saw, why, *_times(seen, 0.01))


def over_fitting(seen: Seen) -> Iterator[Advice]:
    epochs = [event for event in seen.events.get("epoch_done", ()) if event["validation_loss"] is not None]
    if len(epochs) < 3:
        return
    last = epochs[-1]
    best = min(epochs, key=lambda event: event["validation_loss"])
    gap = last["train_accuracy"] - last["validation_accuracy"]
    if gap > GAP and last["validation_loss"] > RISE * best["validation_loss"] and not seen.job.config.patience:
        saw = Text(
            "It reads {train:.1f} % of the training pictures and {validation:.1f} % of the others, "
            "whose loss has risen since epoch {epoch}.",
            train=100 * last["train_accuracy"],
            validation=100 * last["validation_accuracy"],
            epoch=best["epoch"],
        )
        why = Text("It learns its pictures by heart: over-fitting. More pictures, augmentation or Dropout help, too.")
        config = replace(seen.job.config, patience=2)
        change = Text("early stopping, two epochs after the best")
        yield Advice("over_fitting", saw, why, change, replace(seen.job, config=config))


def at_chance(seen: Seen) -> Iterator[Advice]:
    if _has_learned_nothing(seen) and seen.is_over and not seen.events.get("diverged"):
        share = 100 * seen.events["epoch_done"][-1]["train_accuracy"]
        saw = Text("It reads {share:.0f} % of its training pictures, as guessing would.", share=share)
        why = Text("Nothing has been learned: the learning rate, the first weights or the layers keep it from that.")
        yield Advice("at_chance", saw, why, *_rate(seen, advise_lr(seen.job.config, _lr(seen))))


def _has_learned_nothing(seen: Seen) -> bool:
    epochs = seen.events.get("epoch_done", ())
    return bool(epochs) and epochs[-1]["train_accuracy"] < 1 / len(seen.job.network.reads.classes) + CHANCE


def under_fitting(seen: Seen) -> Iterator[Advice]:
    epochs = seen.events.get("epoch_done", ())
    if not (seen.is_over and epochs) or seen.events.get("diverged") or _has_learned_nothing(seen):
        return
    last, known = epochs[-1], [event for event in epochs if event["validation_accuracy"] is not None]
    if len(known) > 1 and known[-1]["validation_accuracy"] > known[-2]["validation_accuracy"] + BETTER:
        saw = Text(
            "Its last epoch still brought {gain:.1f} % of the validation pictures.",
            gain=100 * (known[-1]["validation_accuracy"] - known[-2]["validation_accuracy"]),
        )
        why = Text("It was stopped on its way: it had not learned all it can.")
        config = replace(seen.job.config, epochs=seen.job.config.epochs + MORE_EPOCHS)
        change = Text("{count} epochs more", count=MORE_EPOCHS)
        yield Advice("still_learning", saw, why, change, replace(seen.job, config=config))
    best = max(last["train_accuracy"], last["validation_accuracy"] or 0.0)  # noise and Dropout hinder in training alone
    if best < POOR and seen.job.network.reads.is_digits:
        saw = Text(
            "It reads {share:.0f} % of the very pictures that it trained on.", share=100 * last["train_accuracy"]
        )
        why = Text("It is too small or trains too timidly for this task: under-fitting. Let it be larger on Build.")
        yield Advice("under_fitting", saw, why)


def plateau(seen: Seen) -> Iterator[Advice]:
    """A loss that no longer falls though much is left to learn."""
    epochs = seen.events.get("epoch_done", ())
    if len(epochs) < MANY or seen.job.config.schedule.kind != "Constant":
        return
    before, last = epochs[-1 - len(epochs) // 3], epochs[-1]
    if (
        last["train_accuracy"] < LEARNED
        and not _has_learned_nothing(seen)
        and last["train_loss"] > (1 - FLAT) * before["train_loss"]
    ):
        saw = Text(
            "The training loss has stood at {loss:.3g} since epoch {epoch}.",
            loss=last["train_loss"],
            epoch=before["epoch"],
        )
        why = Text("It circles around a valley and its steps are too long to go down. A rate that falls helps as well.")
        yield Advice("plateau", saw, why, *_times(seen, 0.1))


def oscillating(seen: Seen) -> Iterator[Advice]:
    read = [event["validation_accuracy"] for event in seen.events.get("epoch_done", ())]
    if len(read) < MANY or None in read:
        return
    changes = [after - before for before, after in pairwise(read[len(read) // 3 :])]
    turns = sum(one * other < 0 for one, other in pairwise(changes))
    swing = sum(map(abs, changes)) / len(changes)
    if turns > len(changes) / 2 and swing > SWING:
        saw = Text(
            "The validation accuracy goes up and down from epoch to epoch, by {share:.1f} % each time.",
            share=100 * swing,
        )
        why = Text("Each epoch undoes a part of what the one before has learned: the steps are too long.")
        yield Advice("oscillating", saw, why, *_times(seen, 0.1))


def clipped(seen: Seen) -> Iterator[Advice]:
    events = seen.events.get("clipped", ())
    if events and events[-1]["share"] > CLIPPED:
        saw = Text("In {share:.0f} % of the steps the gradient was clipped.", share=100 * events[-1]["share"])
        why = Text("Clipping is for the rare wild step. Done all the time, it is a smaller learning rate in disguise.")
        name = "clip_norm" if seen.job.config.clip_norm else "clip_value"
        limit = 10 * getattr(seen.job.config, name)
        wider: dict[str, Any] = {name: limit}
        config = replace(seen.job.config, **wider)
        yield Advice("clipped", saw, why, Text("the limit {limit:n}", limit=limit), replace(seen.job, config=config))


RULES: tuple[Callable[[Seen], Iterator[Advice]], ...] = (
    diverged,
    exploding,
    vanishing,
    resting,
    moves,
    over_fitting,
    at_chance,
    under_fitting,
    plateau,
    oscillating,
    clipped,
)
