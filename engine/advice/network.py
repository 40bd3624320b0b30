"""What can be said of a classifier before it trains, from its layers and its settings alone. No torch."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from engine.advice.advice import Advice, advice_by
from engine.catalogue.augmentation import changes_meaning
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice
from engine.network.spec import NetworkSpec, layer
from engine.text import Text
from engine.training.advice import tried_rate
from engine.training.config import SETTINGS
from engine.training.kind import LR, Classification, with_lr
from engine.training.range_test import is_range_test

WEIGHTED = {"Linear", "Conv1d", "Conv2d"}
TRANSPARENT = {"Flatten", "Dropout"}  # keep a chain of weighted layers linear
ENDS = {"ReLU": Text("below zero"), "ReLU6": Text("below zero"), "Sigmoid": Text("outside of 0 to 1")}
MOST_DROPPED = 0.7
TOO_FAST = 30  # times the rate at which every preset learned
SLOPES = {"Sigmoid", "Hardsigmoid"}
DEEP = 4  # so many in a row, each of which passes on a quarter at most
FEW = 4  # pictures in a batch, whose mean and spread say little of the others
HEAVY = {"l2": 0.01, "l1": 0.001}  # no network of ours learns well with more
DECAY = 0.1  # likewise, of the optimizers whose decay goes by way of the gradient
ROLLING = 0.99  # momentum: a step still counts a hundred steps later
MOST_WRONG = 30  # per cent of the labels
MOST_TIMES = 10  # as many pictures of one class as of another
MOST_NOISE = 1.5  # the pixels themselves have a standard deviation of 1


def advise(job: Classification) -> list[Advice]:
    """All that stands out, what weighs most first; nothing for every preset. `job` must fit together."""
    return advice_by(RULES, job)


def _put(job: Classification, place: int, *layers: Choice) -> Classification:
    """The job with these layers in the place of one."""
    there = job.network.layers
    return _with(job, (*there[:place], *layers, *there[place + 1 :]))


def _with(job: Classification, layers: Iterable[Choice]) -> Classification:
    return replace(job, network=replace(job.network, layers=tuple(layers)))


def _named(network: NetworkSpec, place: int) -> str:
    return f"{place + 1} ({network.layers[place].kind})"


def zero_weights(job: Classification) -> Iterator[Advice]:
    if job.network.init == "zeros" and sum(choice.kind in WEIGHTED for choice in job.network.layers) > 1:
        saw = Text("All weights begin at zero.")
        why = Text("Every unit of a layer then gets the same gradient, and they stay alike for ever: one unit learns.")
        mended = replace(job, network=replace(job.network, init="default"))
        yield Advice("zero_weights", saw, why, Text("random initial weights"), mended)


def behind_the_scores(job: Classification) -> Iterator[Advice]:
    """A layer after the last weights that spoils the scores."""
    place = len(job.network.layers) - 1
    last = job.network.layers[place].kind if place >= 0 else ""
    change = Text("no {kind} at the end", kind=last)
    if last == "Dropout":
        saw = Text("Layer {layer} drops scores.", layer=_named(job.network, place))
        why = Text("It is the network's answer that is set to zero, even that of the right class.")
        yield Advice("dropout_last", saw, why, change, _put(job, place))
    if last in ENDS:
        saw = Text("Layer {layer} cuts off all scores {where}.", layer=_named(job.network, place), where=ENDS[last])
        why = Text("The loss wants scores without limits; where one is cut off, nothing is learned from it.")
        yield Advice("activation_last", saw, why, change, _put(job, place))


def nothing_between(job: Classification) -> Iterator[Advice]:
    """Two weighted layers of a kind in a row with no activation between."""
    before: int | None = None
    for place, choice in enumerate(job.network.layers):
        if choice.kind in WEIGHTED:
            if before is not None and job.network.layers[before].kind == choice.kind:
                names = {"first": _named(job.network, before), "second": _named(job.network, place)}
                saw = Text("Nothing that bends stands between layers {first} and {second}.", **names)
                why = Text("Two linear layers in a row are one linear layer: the second adds weights, but nothing new.")
                bent = _put(job, before, job.network.layers[before], layer("ReLU"))
                yield Advice("nothing_between", saw, why, Text("a ReLU between them"), bent)
                return
            before = place
        elif choice.kind not in TRANSPARENT:
            before = None


def bottleneck(job: Classification) -> Iterator[Advice]:
    places = [place for place, choice in enumerate(job.network.layers) if choice.kind in WEIGHTED]
    for place in places[:-1]:
        choice = job.network.layers[place]
        if choice.kind == "Linear" and choice["units"] == 1:
            saw = Text("Layer {layer} has one unit.", layer=_named(job.network, place))
            why = Text("All that the network knows of a picture must pass through a single number.")
            yield Advice("bottleneck", saw, why, Text("32 units there"), _put(job, place, choice.but(units=32)))
            return


def heavy_dropout(job: Classification) -> Iterator[Advice]:
    for place, choice in enumerate(job.network.layers):
        if choice.kind == "Dropout" and float(choice["p"]) > MOST_DROPPED:
            saw = Text(
                "Layer {layer} drops {share:.0f} % of its inputs.",
                layer=_named(job.network, place),
                share=100 * float(choice["p"]),
            )
            why = Text("So little comes through that the network can hardly learn; half is usual at most.")
            yield Advice("heavy_dropout", saw, why, Text("half"), _put(job, place, choice.but(p=0.5)))
            return


def sigmoids_in_a_row(job: Classification) -> Iterator[Advice]:
    places = [place for place, choice in enumerate(job.network.layers) if choice.kind in SLOPES]
    if len(places) >= DEEP and not any("Norm" in choice.kind for choice in job.network.layers):
        saw = Text("{count} sigmoids stand one behind the other.", count=len(places))
        why = Text("Each passes on a quarter of the gradient at most: little is left for the first layers.")
        layers = (layer("ReLU") if choice.kind in SLOPES else choice for choice in job.network.layers)
        yield Advice("sigmoids_in_a_row", saw, why, Text("ReLU in their place"), _with(job, layers))


def wild_rate(job: Classification) -> Iterator[Advice]:
    optimizer = job.config.optimizer
    tried, rate = tried_rate(optimizer.kind), float(optimizer["lr"])
    if rate > TOO_FAST * tried and not is_range_test(job.config):
        saw = Text("The learning rate is {rate:n}.", rate=rate)
        why = Text(
            "With {optimizer} every network of ours learned at {tried:n}.", optimizer=optimizer.kind, tried=tried
        )
        yield Advice("wild_rate", saw, why, Text("the rate {rate:n}", rate=tried), with_lr(job, LR, tried))


def one_step_an_epoch(job: Classification) -> Iterator[Advice]:
    config = job.config
    if config.step_images >= config.train_images and config.epochs < 50:
        saw = Text(
            "A batch of {batch:,} holds all {images:,} training pictures.",
            batch=config.step_images,
            images=config.train_images,
        )
        why = Text("There is one step in each epoch, {steps:,} in all: too few to learn much.", steps=config.steps)
        size = max(1, config.train_images // 32)
        yield Advice(
            "one_step_an_epoch",
            saw,
            why,
            Text("batches of {size:,}", size=size),
            replace(job, config=replace(config, batch_size=size, accumulation=1)),
        )


def norm_of_few(job: Classification) -> Iterator[Advice]:
    size = job.config.batch_size
    if size < FEW and any(choice.kind.startswith("BatchNorm") for choice in job.network.layers):
        saw = Text("Batch norm takes its mean and spread from {count} pictures.", count=size)
        why = Text("From so few they jump about with every batch, and in the test others are used.")
        mended = replace(job, config=replace(job.config, batch_size=64))
        yield Advice("norm_of_few", saw, why, Text("batches of {size:,}", size=64), mended)


def heavy_penalty(job: Classification) -> Iterator[Advice]:
    """A penalty that weighs more than the pictures."""
    config, decay = job.config, float(job.config.optimizer.get("weight_decay", 0.0))
    why = Text("Small weights then count for more than right answers: the network is held back from learning.")
    for name, most in HEAVY.items():
        if (value := float(getattr(config, name))) > most:
            saw = Text("The {penalty} is {value:n}.", penalty=SETTINGS[name].label, value=value)
            less: dict[str, Any] = {name: most / 10}
            mended = replace(job, config=replace(config, **less))
            yield Advice("heavy_penalty", saw, why, Text("{value:n} there", value=most / 10), mended)
            return
    if decay > DECAY and not OPTIMIZERS[config.optimizer.kind].decoupled:
        saw = Text("The weight decay of {optimizer} is {value:n}.", optimizer=config.optimizer.kind, value=decay)
        mended = replace(job, config=replace(config, optimizer=config.optimizer.but(weight_decay=DECAY / 1000)))
        yield Advice("heavy_penalty", saw, why, Text("{value:n} there", value=DECAY / 1000), mended)


def wild_momentum(job: Classification) -> Iterator[Advice]:
    momentum = float(job.config.optimizer.get("momentum", 0.0))
    if momentum >= ROLLING:
        saw = Text("The momentum is {momentum:n}.", momentum=momentum)
        why = Text(
            "Every step goes on for {count:,.0f} steps: the network rolls past what it should stop at.",
            count=1 / (1 - momentum),
        )
        mended = replace(job, config=replace(job.config, optimizer=job.config.optimizer.but(momentum=0.9)))
        yield Advice("wild_momentum", saw, why, Text("momentum {momentum:n}", momentum=0.9), mended)


def other_digits(job: Classification) -> Iterator[Advice]:
    """Augmentation that makes other digits of some."""
    config = job.config
    if not job.network.reads.is_digits:
        return
    why = next(changes_meaning(config), None)
    if why is None:
        return
    if config.horizontal_flip:
        saw, change = Text("Every other picture is mirrored."), Text("no mirrored pictures")
        config = replace(config, horizontal_flip=False)
    elif config.vertical_flip:
        saw, change = Text("Every other picture is upside down."), Text("no picture upside down")
        config = replace(config, vertical_flip=False)
    else:
        saw = Text("Pictures are turned by up to {angle:n} degrees.", angle=config.rotation_range)
        change = Text("{angle:n} degrees at most", angle=10)
        config = replace(config, rotation_range=10.0)
    yield Advice("other_digits", saw, why, change, replace(job, config=config))


def wrong_labels(job: Classification) -> Iterator[Advice]:
    share = job.config.label_noise
    if share > MOST_WRONG:
        saw = Text("{share:.0f} % of the training pictures have a wrong label.", share=share)
        why = Text("It can still find the rule while the right label is the most frequent one, but it needs longer.")
        yield Advice(
            "wrong_labels", saw, why, Text("right labels"), replace(job, config=replace(job.config, label_noise=0.0))
        )


def few_of_a_class(job: Classification) -> Iterator[Advice]:
    classes = job.network.reads.classes
    counts = job.config.class_images(len(classes))
    if counts and min(counts) * MOST_TIMES < max(counts):
        saw = Text(
            "The class {most} has {many:,} pictures, the class {least} only {few:,}.",
            most=classes[0],
            many=max(counts),
            least=classes[-1],
            few=min(counts),
        )
        why = Text("To read the class that is rare as another one costs little loss, so that it is hardly learned.")
        balanced = replace(job, config=replace(job.config, imbalance=1.0))
        yield Advice("few_of_a_class", saw, why, Text("as many of each"), balanced)


def drowned_pictures(job: Classification) -> Iterator[Advice]:
    noise = job.config.input_noise
    if noise > MOST_NOISE:
        saw = Text("The noise on the pictures is {times:.1f} times as strong as the pictures.", times=noise)
        why = Text("A little noise hinders learning by heart. So much hides the digits themselves.")
        mended = replace(job, config=replace(job.config, input_noise=0.3))
        yield Advice("drowned_pictures", saw, why, Text("noise of {value:n}", value=0.3), mended)


RULES: tuple[Callable[[Classification], Iterator[Advice]], ...] = (
    zero_weights,
    behind_the_scores,
    nothing_between,
    bottleneck,
    heavy_dropout,
    sigmoids_in_a_row,
    wild_rate,
    one_step_an_epoch,
    norm_of_few,
    heavy_penalty,
    wild_momentum,
    other_digits,
    wrong_labels,
    few_of_a_class,
    drowned_pictures,
)
