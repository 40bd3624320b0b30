"""Experiments: a few trainings side by side that differ in one thing, each answering a question. No torch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.catalogue.names import MAX_NAME
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice
from engine.network.spec import NetworkSpec, layer
from engine.text import Text
from engine.training.architectures.deep import resnet
from engine.training.config import MOST_EPOCHS, TRAIN_IMAGES, TrainConfig
from engine.training.presets import optimizer

DEPTHS = (8, 20, 56)
HIDDEN, UNITS = 8, 64
HALF, DELAY = 14, 14  # rows that are read, and rows of noise after them
RATES = (0.01, 0.1, 1.0, 10.0, 100.0)  # times the rate that is set
RACERS = {
    "SGD": ("SGD", {"lr": 0.05}),
    "SGD, momentum 0.9": ("SGD", {"lr": 0.05, "momentum": 0.9}),
    "RMSprop": ("RMSprop", {"lr": 1e-3}),
    "Adam": ("Adam", {"lr": 1e-3}),
}
AMOUNTS = (300, 1_000, 10_000, 60_000)
SEEDS, FOLDS = 3, 5
FEW, MANY, VALIDATED = 500, 12_000, 500  # pictures: to train on, and held back
SEEN = 30_000  # pictures that each network trains on, seen anew or again
Training = tuple[NetworkSpec, TrainConfig]


@dataclass(frozen=True, slots=True)
class Experiment:
    """`question` is what one guesses first; `trainings` differ in one thing, and their networks' names say in which.
    `source` is the address of the paper whose figure it repeats, if there is one."""

    title: Text
    question: Text
    doc: Text
    trainings: tuple[Training, ...]
    source: str = ""


def _depth() -> Iterator[Training]:
    config = TrainConfig(batch_size=128, epochs=4, images=12_000, optimizer=optimizer("SGD", lr=0.05, momentum=0.9))
    for has_shortcuts in (False, True):
        for depth in DEPTHS:
            yield resnet(depth, has_shortcuts), config


def _vanishing() -> Iterator[Training]:
    config = TrainConfig(batch_size=64, epochs=3, images=24_000, optimizer=optimizer("SGD", lr=0.05))
    for kind in ("Sigmoid", "Tanh", "ReLU"):
        hidden = [part for _ in range(HIDDEN) for part in (layer("Linear", units=UNITS), layer(kind))]
        yield (
            NetworkSpec((layer("Flatten"), *hidden, layer("Linear", units=10)), "xavier", f"{HIDDEN} x {kind}"),
            config,
        )


def _memory() -> Iterator[Training]:
    config = TrainConfig(batch_size=64, epochs=6, images=12_000, optimizer=optimizer("Adam", lr=2e-3))
    given = (layer("RowsAsSteps"), layer("Delay", kept=HALF, steps=DELAY))
    for kind in ("RNN", "LSTM", "GRU"):
        yield NetworkSpec((*given, layer(kind, units=UNITS), layer("Linear", units=10)), name=kind), config


def _overfit(images: int = FEW, **cure: Any) -> TrainConfig:
    """A training in which so many pictures are seen again and again, with a cure."""
    total = images + VALIDATED
    plain = TrainConfig(batch_size=50, epochs=round(SEEN / images), images=total, validation_share=VALIDATED / total)
    return replace(plain, **cure)


def _wide(name: str, dropout: float = 0.0) -> NetworkSpec:
    """A network with hundreds of times as many parameters as there are pictures."""
    drop = (layer("Dropout", p=dropout),) if dropout else ()
    hidden = [part for _ in range(2) for part in (layer("Linear", units=256), layer("ReLU"), *drop)]
    return NetworkSpec((layer("Flatten"), *hidden, layer("Linear", units=10)), "he", name)


def _with_and_without(cure: str, network: NetworkSpec, config: TrainConfig) -> tuple[Training, ...]:
    return (_wide("Without"), _overfit()), (replace(network, name=cure), config)


AUGMENTED: dict[str, Any] = {
    "rotation_range": 10.0,
    "width_shift_range": 0.1,
    "height_shift_range": 0.1,
    "shear_range": 10.0,
    "zoom_range": 0.1,
}
OVERFITTING: dict[str, Experiment] = {
    "few": Experiment(
        Text("500 pictures or 12,000?"),
        Text("Which reads more digits that it never saw?"),
        Text(
            "The same network trains for as many steps. With 500 pictures it sees each one 60 times: soon it knows "
            "them by heart, and the validation loss rises while the training loss falls. That is over-fitting. More "
            "pictures are the best cure; the next experiments have others."
        ),
        ((_wide("500 pictures"), _overfit()), (_wide("12,000 pictures"), _overfit(MANY))),
    ),
    "dropout": Experiment(
        Text("Does dropout help against over-fitting?"),
        Text("Which reads more digits that it never saw?"),
        Text(
            "500 pictures, each seen 60 times. One network leaves out half of its hidden units in every step, others "
            "each time (Srivastava 2014)."
        ),
        _with_and_without("Dropout 0.5", _wide("", 0.5), _overfit()),
        "https://jmlr.org/papers/v15/srivastava14a.html",
    ),
    "l2": Experiment(
        Text("Does an L2 penalty help against over-fitting?"),
        Text("Which reads more digits that it never saw?"),
        Text(
            "500 pictures, each seen 60 times. One network pays for large weights: 0.003 times the sum of w * w. Watch "
            "the validation loss more than the digits read: it tells how sure a network is of its mistakes."
        ),
        _with_and_without("L2 0.003", _wide(""), _overfit(l2=3e-3)),
    ),
    "augmentation": Experiment(
        Text("Does augmentation help against over-fitting?"),
        Text("Which reads more digits that it never saw?"),
        Text(
            "500 pictures, each seen 60 times. One network never sees the same one twice: each is turned, slanted, "
            "zoomed and shifted a little, anew each time."
        ),
        _with_and_without("Augmentation", _wide(""), _overfit(**AUGMENTED)),
    ),
}
EXPERIMENTS: dict[str, Experiment] = {
    "depth": Experiment(
        Text("Does depth help?"),
        Text("Which of the six reads the most digits in the end?"),
        Text(
            "The same layers three times: 8, 20 and 56 deep, once plain and once with a shortcut around every two "
            "convolutions (He 2015, figure 1 and 6). All start from seed 0, with the same settings, and see 12,000 "
            "pictures four times."
        ),
        tuple(_depth()),
        "https://arxiv.org/abs/1512.03385",
    ),
    "vanishing": Experiment(
        Text("Where does the gradient go?"),
        Text("Which learns best? One of them does not learn at all."),
        Text(
            "The slope of a sigmoid is at most 1/4. Through eight of them the gradient shrinks to nothing before it "
            "reaches the first layers (Glorot 2010). The three networks differ in their activation alone."
        ),
        tuple(_vanishing()),
        "https://proceedings.mlr.press/v9/glorot10a.html",
    ),
    "memory": Experiment(
        Text("Who remembers?"),
        Text("Which still knows the digit at the end? One of them forgets it."),
        Text(
            "The upper half of a digit is read row by row; then come as many rows of noise, and only after the last "
            "may the network answer. A plain RNN writes its memory anew at every step; an LSTM and a GRU have gates "
            "that keep it (Hochreiter and Schmidhuber 1997). The three networks differ in this layer alone."
        ),
        tuple(_memory()),
        "https://doi.org/10.1162/neco.1997.9.8.1735",
    ),
}


def races(network: NetworkSpec, config: TrainConfig, most: int = TRAIN_IMAGES) -> dict[str, Experiment]:
    """The races that one network can run against itself: all else is as it is set, also the seed, so that all start
    from the same weights and see the same batches. Its data set has `most` pictures to train on."""
    amounts = (*([amount for amount in AMOUNTS if amount < most] or [most // 4, most // 2]), most)

    def all_of(configs: Mapping[str, TrainConfig]) -> tuple[Training, ...]:
        return tuple((replace(network, name=_with(network.name, name)), each) for name, each in configs.items())

    return {
        "optimizers": Experiment(
            Text("Which optimizer is fastest?"),
            Text("Which is ahead in the end?"),
            Text("Your network four times, from the same weights and with the same batches; each with a usual rate."),
            all_of({name: replace(config, optimizer=optimizer(kind, **set_)) for name, (kind, set_) in RACERS.items()}),
        ),
        "rates": Experiment(
            Text("How large should a step be?"),
            Text("Which learning rate learns best?"),
            Text(
                "Your network with a hundredth of its learning rate, a tenth, its own, ten and a hundred times as much."
            ),
            all_of({f"{rate['lr']:.3g}": replace(config, optimizer=rate) for rate in _rates(config.optimizer)}),
        ),
        "amounts": Experiment(
            Text("How many pictures does it need?"),
            Text("Which of them reads the most pictures it never saw?"),
            Text(
                "Your network with {amounts} pictures. The fewer there are, the more often each is seen, at most 100 "
                "times.",
                amounts=", ".join(f"{amount:,}" for amount in amounts),
            ),
            all_of({f"{count:,}": _of(config, count, most) for count in amounts}),
        ),
        "folds": Experiment(
            Text("How sure is its accuracy?"),
            Text("Which fold will look best? There is no reason for any of them."),
            Text(
                "Your network {count} times. Each holds back another fifth of the pictures to validate on and trains "
                "on the rest: {count}-fold cross-validation. The mean over the folds is the accuracy to tell; their "
                "spread says how far to trust it.",
                count=FOLDS,
            ),
            all_of(
                {f"fold {fold}": replace(config, validation_share=1 / FOLDS, fold=fold) for fold in range(1, FOLDS + 1)}
            ),
        ),
        "seeds": Experiment(
            Text("How much is chance?"),
            Text("Which will be the best? There is no reason for any of them."),
            Text(
                "Your network three times, from other first weights. A difference between two networks that is "
                "smaller than that between these says nothing."
            ),
            all_of({f"{config.seed + i}": replace(config, seed=config.seed + i) for i in range(SEEDS)}),
        ),
    }


def _with(name: str, what: str) -> str:
    """The name of a network in a race; a long one gives way to what is raced."""
    return f"{name[: MAX_NAME - len(what) - 2]}: {what}"


def _rates(chosen: Choice) -> list[Choice]:
    """The optimizer at RATES, as far as its catalogue allows them."""
    param, rate = OPTIMIZERS[chosen.kind].params["lr"], float(chosen["lr"])
    return [chosen.but(lr=rate * by) for by in RATES if param.low <= rate * by <= param.high]


def _of(config: TrainConfig, images: int, most: int) -> TrainConfig:
    """The training with so many pictures, each seen so often that the steps are about as many."""
    epochs = min(MOST_EPOCHS, round(config.epochs * most / images))
    return replace(config, images=images, epochs=epochs)
